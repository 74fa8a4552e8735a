"""autograd: a NumPy ``Value`` that records what you compute and differentiates it.

Reading order: `value` (what one can do), `node` (what a value is), `ops` (the rules, one
block per op), `backprop` (the reverse sweep), `graph` (the recorded graph). Then `modes`,
`debugging`, `nonfinite` and `staleness`, `numpy_dispatch`, `functions`, `gradcheck`, `copying`, `origin`.
"""

from .backprop import sweep as sweep
from .debugging import debug as debug
from .functions import absolute as absolute
from .functions import add as add
from .functions import affine as affine
from .functions import broadcast_to as broadcast_to
from .functions import divide as divide
from .functions import exp as exp
from .functions import expand_dims as expand_dims
from .functions import getitem as getitem
from .functions import log as log
from .functions import log_softmax as log_softmax
from .functions import matmul as matmul
from .functions import max as max
from .functions import mean as mean
from .functions import mean_squared_error as mean_squared_error
from .functions import multiply as multiply
from .functions import negative as negative
from .functions import power as power
from .functions import relu as relu
from .functions import reshape as reshape
from .functions import scatter as scatter
from .functions import sigmoid as sigmoid
from .functions import softmax as softmax
from .functions import softmax_cross_entropy as softmax_cross_entropy
from .functions import sqrt as sqrt
from .functions import stack as stack
from .functions import subtract as subtract
from .functions import sum as sum
from .functions import swapaxes as swapaxes
from .functions import tanh as tanh
from .functions import transpose as transpose
from .functions import where as where
from .gradcheck import GradientCheck as GradientCheck
from .gradcheck import check_gradients as check_gradients
from .gradcheck import numeric_gradient as numeric_gradient
from .graph import Edge as Edge
from .graph import Graph as Graph
from .modes import no_grad as no_grad
from .modes import scope as scope
from .modes import set_grad_enabled as set_grad_enabled
from .nonfinite import NonFiniteError as NonFiniteError
from .origin import Origin as Origin
from .staleness import StaleValueError as StaleValueError
from .transforms import grad as grad
from .transforms import hessian as hessian
from .transforms import hvp as hvp
from .transforms import jacobian as jacobian
from .transforms import jvp as jvp
from .transforms import value_and_grad as value_and_grad
from .transforms import vjp as vjp
from .value import Value as Value

#: Tells this package from others that are installed under the name ``autograd``.
PROJECT = "glassgrad"
