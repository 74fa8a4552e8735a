"""nn: neural networks on the engine, in the lecture's notation.

Reading order: `neuron` (one unit), `layers`, `models` (the MLP), `unrolled` (the same network
in scalars), `module` (how parameters are found), `activations`, `initializers`, `losses`,
`metrics`, `optimizers`. `labels` and `inputs` serve the others.
"""

# First of all: is the imported autograd this project's engine?
from . import _engine_check as _engine_check
from . import activations as activations
from . import initializers as initializers
from .layers import Layer as Layer
from .losses import cross_entropy as cross_entropy
from .losses import mse as mse
from .metrics import accuracy as accuracy
from .models import MLP as MLP
from .module import Module as Module
from .neuron import Neuron as Neuron
from .optimizers import SGD as SGD
from .unrolled import Unrolled as Unrolled
from .unrolled import unroll as unroll
