"""The activations g by name: the lecture's, and those in use since.

The lecture's are linear, step, relu, sigmoid, tanh and softmax; the others leaky_relu, elu, gelu,
silu and softplus. All but the first are ops of the engine, which keeps their derivatives. The
sigmoid is 1/(1+e^(-z)), with values in the open interval (0, 1) and g'(z) = a(1-a). Settings
have PyTorch's defaults: leaky_relu's slope is 0.01 (Keras: 0.2), gelu is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import elu as elu
from autograd import gelu as gelu
from autograd import leaky_relu as leaky_relu
from autograd import relu as relu
from autograd import sigmoid as sigmoid
from autograd import silu as silu
from autograd import softmax as softmax
from autograd import softplus as softplus
from autograd import step as step
from autograd import tanh as tanh

from .lookup import named

Activation = Callable[[Any], Any]


def linear(z: Any) -> Any:
    """The net input itself, z: no node is added to the graph."""
    return z


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    "step": step,
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softmax": softmax,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "gelu": gelu,
    "silu": silu,
    "softplus": softplus,
}
#: Other names that are in use.
ALIASES = {"swish": "silu", "logistic": "sigmoid", "identity": "linear"}


def get(activation: str | Activation) -> Activation:
    """The activation of that name; a function of one Value is taken as it is.

    >>> get("tanh") is tanh
    True

    Raises:
        ValueError: no activation has that name.
        TypeError: neither a name nor a function.
    """
    if callable(activation):
        return activation
    other = " or a function of one Value; for none, use 'linear'"
    found: Activation = named("activation", activation, ACTIVATIONS, other, ALIASES)
    return found


def name_of(activation: Activation) -> str:
    """The name under which ``get`` finds it, or the function's own name."""
    for name, known in ACTIVATIONS.items():
        if known is activation:
            return name
    return getattr(activation, "__name__", type(activation).__name__)
