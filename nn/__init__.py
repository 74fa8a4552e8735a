"""nn: neural networks on the engine, in the lecture's notation.

Reading order: `neuron` (one unit), `layers`, `models` (the MLP), `unrolled` (the same network in
scalars), `module` (how parameters are found), `activations`, `initializers`, `losses` (with
`loss_checks`), `metrics`, `gradient_descent`, `optimizers` (with `optimizer`, `optimizer_state`,
`schedules`, `clipping`), `regularizers`, `data`, `playground`, `training` (the loop). `labels`,
`inputs` and `lookup` serve the others.

Keras's way stands beside it (``import nn as keras`` runs the lecture's listings): `lazy_layer`
(what a layer is), `unit_layer` and `dense`, `core_layers`, `merging_layers`, `spatial` with
`convolution_layers` and `pooling_layers`, `recurrent_layer` and `recurrent_layers`,
`normalization_layers`, `embedding_layer`, `constraints`, `symbolic` and `functional` (layers
called on ``Input``), `sequential`, `model`, `fit` (compile, fit, evaluate, predict), `objective`,
`compiled_step`, `batches`, `callbacks`, `progress`, `summary`; `saving` puts weights and models
into files, `exchange` carries weights to PyTorch and Keras; `estimators` are scikit-learn's.
"""

from pathlib import Path as _Path
from typing import TYPE_CHECKING, Any

# First of all: is the imported autograd this project's engine?
from . import _engine_check as _engine_check
from . import activations as activations
from . import callbacks as callbacks
from . import constraints as constraints
from . import initializers as initializers
from . import layers as layers
from . import losses as losses
from . import metrics as metrics
from . import models as models
from . import optimizers as optimizers
from . import regularizers as regularizers
from . import saving as saving
from . import schedules as schedules
from .core_layers import Input as Input
from .data import Iris as Iris
from .data import Standardizer as Standardizer
from .data import load_iris as load_iris
from .data import minibatches as minibatches
from .data import train_test_split as train_test_split
from .exchange import from_keras_weights as from_keras_weights
from .exchange import from_torch_state as from_torch_state
from .exchange import to_keras_weights as to_keras_weights
from .exchange import to_torch_state as to_torch_state
from .gradient_descent import Descent as Descent
from .gradient_descent import gradient_descent as gradient_descent
from .layers import Layer as Layer
from .lazy_layer import LazyLayer as LazyLayer
from .losses import cross_entropy as cross_entropy
from .losses import mse as mse
from .metrics import accuracy as accuracy
from .model import Model as Model
from .models import MLP as MLP
from .module import Module as Module
from .neuron import Neuron as Neuron
from .optimizers import SGD as SGD
from .optimizers import Adagrad as Adagrad
from .optimizers import Adam as Adam
from .optimizers import AdamW as AdamW
from .optimizers import RMSprop as RMSprop
from .playground import Playground as Playground
from .playground import playground as playground
from .playground import playground_features as playground_features
from .playground import playground_loss as playground_loss
from .saving import WeightsError as WeightsError
from .saving import load_weights as load_weights
from .saving import save_weights as save_weights
from .saving.model_file import load as load
from .saving.model_file import save as save
from .sequential import Sequential as Sequential
from .training import Epoch as Epoch
from .training import evaluate as evaluate
from .training import train as train
from .unrolled import Unrolled as Unrolled
from .unrolled import unroll as unroll

# A trace that asks where the user's code updated a weight looks past this package.
_engine_check.autograd.origin.count_as_library(str(_Path(__file__).parent))

if TYPE_CHECKING:
    from .estimators import MLPClassifier as MLPClassifier
    from .estimators import MLPRegressor as MLPRegressor

#: Names that need scikit-learn: their module is imported when one of them is used.
ESTIMATORS = ("MLPClassifier", "MLPRegressor")


def __getattr__(name: str) -> Any:
    if name in ESTIMATORS:
        from . import estimators

        return getattr(estimators, name)
    raise AttributeError(f"module 'nn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *ESTIMATORS])
