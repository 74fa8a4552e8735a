"""Assembly: the engine of exercises 16 to 20 put together into one class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

#: Names that the kit itself gives to exercises.
PROVIDED = ("mean_squared_error",)
#: The exercises that teach operators on Values, and un-broadcasting.
OPERATORS, ARRAYS = 19, 20
#: Which function of exercise 19 stands behind which method.
METHODS = {"sub": "__sub__", "div": "__truediv__", "power": "__pow__"}
SIGNS = {"sub": "-", "div": "/", "power": "**"}
FUNCTIONS = ("relu", "tanh", "exp", "log", "sigmoid")


def assemble(value_class: Any, given: Any) -> Any:
    """The class ``Value`` with what the exercises before ``given.level`` have taught it.

    The class itself is extended, so that functions written against it make values of it.
    """
    if given.level > OPERATORS and not hasattr(value_class, "relu"):
        add_operators(value_class, given)
    if given.level > ARRAYS and not hasattr(value_class, "__matmul__"):
        value_class.__matmul__ = signed(given.matmul, "@")
        fit_gradients(value_class, given.unbroadcast)
    return value_class


def add_operators(value_class: Any, given: Any) -> None:
    """Give the class its operators, the functions of exercise 19, and ``backward()``."""
    for name, method in METHODS.items():
        setattr(value_class, method, signed(given.of(OPERATORS, name), SIGNS[name]))
    for name in FUNCTIONS:
        setattr(value_class, name, signed(given.of(OPERATORS, name), name))
    for method, sign in (("__add__", "+"), ("__mul__", "*")):
        setattr(value_class, method, signed(getattr(value_class, method), sign))
    sub, div = given.of(OPERATORS, "sub"), given.of(OPERATORS, "div")

    def from_number(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def reflected(self: Any, other: Any) -> Any:
            return operation(value_class(other), self)

        return reflected

    def negative(self: Any) -> Any:
        return sub(value_class(0.0), self)

    value_class.__rsub__, value_class.__rtruediv__ = from_number(sub), from_number(div)
    value_class.__neg__ = negative
    value_class.backward = given.backward


def signed(operation: Callable[..., Any], sign: str) -> Callable[..., Any]:
    """The operation, whose results know their op by its sign, for pictures."""

    def named(*operands: Any) -> Any:
        out = operation(*operands)
        if out is not NotImplemented:
            out._op = f"**{operands[1]}" if sign == "**" else sign
        return out

    return named


def fit_gradients(value_class: Any, unbroadcast: Callable[[Any, Any], Any]) -> None:
    """Let each rule's result have the shape of its input, by the learner's ``unbroadcast``."""
    plain_init = value_class.__init__

    def fitted(rule: Callable[[Any], Any], x: Any) -> Callable[[Any], Any]:
        def fitted_rule(delta: Any) -> Any:
            return unbroadcast(rule(delta), np.shape(x.data))

        return fitted_rule

    def fitted_init(self: Any, data: Any, inputs: Any = (), rules: Any = ()) -> None:
        pairs = zip(rules, inputs, strict=True)
        plain_init(self, data, inputs, tuple(fitted(rule, x) for rule, x in pairs))

    value_class.__init__ = fitted_init


def mean_squared_error(y_hat: Any, y: Any) -> Any:
    """J = 1/N Σ (ŷᵢ − yᵢ)², as a Value of whatever engine ``y_hat`` comes from.

    ``y_hat`` holds one prediction per sample.
    """
    y = np.asarray(y, dtype=float).reshape(np.shape(y_hat.data))
    if not hasattr(y_hat, "rules"):
        difference = y_hat - y
        return (difference * difference).mean()
    error = y_hat.data - y
    count = max(1, np.size(error))
    J = float(np.sum(error * error) / count)
    return type(y_hat)(J, (y_hat,), (lambda delta: delta * 2 * error / count,))
