"""Functions of functions: from f to its gradient, products with its Jacobian, its Hessian.

Each takes a function of positional arguments (numbers, arrays, Values, nested lists, tuples
and dicts of them) that computes Values; what is given by keyword is handed to it as it is. Given
plain numbers and arrays the results are plain; given Values they are Values, recorded, so that
the transforms nest to any order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import ops
from .backprop import gradients
from .containers import leaves_of, rebuild, same_form, shape_of
from .modes import set_grad_enabled
from .value import Value, record


def grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The function that gives ∂f/∂argument, in the form of that argument; f gives a scalar.

    ``argnums`` is one position, or several for a tuple of gradients. An argument that f does not
    depend on gets zeros.

    >>> grad(lambda x: x**3)(2.0)
    np.float64(12.0)
    >>> grad(grad(grad(lambda x: x**4)))(1.0)
    np.float64(24.0)

    Raises:
        TypeError: f does not return a Value.
        ValueError: f does not return a scalar; an argument number is out of range.
    """
    both = value_and_grad(f, argnums)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return gradient


def value_and_grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that gives the pair of f's value and ∂f/∂argument.

    With ``has_aux`` f returns ``(scalar, anything)``; the pair is ``((value, anything), grad)``.

    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
    (np.float64(6.0), (np.float64(3.0), np.float64(2.0)))
    """
    checked_function(f, "grad()")

    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        variables = Variables(args, argnums, "grad()")
        with set_grad_enabled(True):
            result = f(*variables.args, **kwargs)
            if has_aux and not (isinstance(result, tuple) and len(result) == 2):
                raise TypeError(
                    f"value_and_grad(has_aux=True) got a function that returns "
                    f"{type(result).__name__}; expected a pair (scalar, anything)."
                )
            scalar, aux = result if has_aux else (result, None)
            scalar = checked_output(scalar, "grad()", scalar_only=True)
            found = variables.gradients(scalar)
        value = variables.given_form(scalar)
        return ((value, aux) if has_aux else value), variables.unpack(found)

    return value_and_gradient


def vjp(f: Callable[..., Any], *args: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """f's value, and the function that takes δ = ∂J/∂value to the tuple of δ · ∂f/∂argument.

    The product of a vector with the Jacobian: one backward pass. δ has the value's shape.

    >>> value, pullback = vjp(lambda x: x * x, np.array([1.0, 2.0]))
    >>> pullback(np.array([1.0, 10.0]))
    (array([ 2., 40.]),)
    """
    variables = Variables(args, tuple(range(len(args))), "vjp()")
    with set_grad_enabled(True):
        out = checked_output(f(*variables.args), "vjp()")

    def pullback(delta: Any) -> tuple[Any, ...]:
        if shape_of(delta) != out.shape:
            raise ValueError(
                f"the pullback of vjp() got a vector of shape {shape_of(delta)}; expected the "
                f"shape of f's value, {out.shape}."
            )
        record = variables.nested or isinstance(delta, Value)
        return variables.unpack(variables.gradients(out, delta, record))

    return variables.given_form(out), pullback


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """f's value at ``primals``, and its change along ``tangents``: Σ ∂f/∂argument · tangent.

    The product of the Jacobian with a vector. δ ↦ δ · ∂f/∂x is linear in δ, and its own
    transpose is what is asked for: two backward passes.

    >>> jvp(lambda x: x * x, (3.0,), (1.0,))
    (np.float64(9.0), np.float64(6.0))
    """
    primals, tangents = tuple(primals), tuple(tangents)
    if not same_form(primals, tangents):
        raise ValueError(
            "jvp() got tangents that differ in form or shape from the primals; expected one "
            "tangent for each primal, of the same shape."
        )
    variables = Variables(primals, tuple(range(len(primals))), "jvp()")
    with set_grad_enabled(True):
        out = checked_output(f(*variables.args), "jvp()")
        delta = Value(np.zeros(out.shape), dtype=out.dtype)
        pulled = variables.gradients(out, delta, create_graph=True)
        along = Value(0.0)
        for gradient, tangent in zip(pulled, leaves_of(tangents), strict=True):
            along = along + (gradient * tangent).sum()
        (change,) = gradients(along, [delta], create_graph=variables.nested)
    if change is None:
        change = np.zeros(out.shape, out.dtype)[()]
    return variables.given_form(out), change


def jacobian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The function that gives ∂f/∂argument, of shape ``f's shape + the argument's shape``.

    One backward pass per element of f's value. A nested argument gives a nest of Jacobians.

    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    checked_function(f, "jacobian()")

    def jacobian_of_f(*args: Any, **kwargs: Any) -> Any:
        variables = Variables(args, argnum, "jacobian()")
        with set_grad_enabled(True):
            out = checked_output(f(*variables.args, **kwargs), "jacobian()")
            rows = []
            for index in np.ndindex(out.shape):
                delta = np.zeros(out.shape, out.dtype)
                delta[index] = 1
                rows.append(variables.gradients(out, delta[()]))
            columns = []
            for k, leaf in enumerate(variables.leaves):
                stacked = join([row[k] for row in rows], out.shape, leaf)
                columns.append(stacked)
        return variables.unpack(columns)

    return jacobian_of_f


def join(rows: list[Any], shape: tuple[int, ...], leaf: Value) -> Any:
    """Gradients of the elements of a value, as one array of ``shape + leaf.shape``."""
    if any(isinstance(row, Value) for row in rows):
        return record(ops.Stack, tuple(rows), {"axis": 0}).reshape(shape + leaf.shape)
    if any(hasattr(row, "__traced__") for row in rows):
        return np.stack(rows).reshape(shape + leaf.shape)
    return np.array(rows, dtype=leaf.dtype).reshape(shape + leaf.shape)[()]


def hessian(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The function that gives ∂²f/∂argument², of shape ``argument's shape`` twice; f is scalar.

    >>> hessian(lambda x: (x**3).sum())(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    return jacobian(grad(f, argnum), argnum)


def hvp(f: Callable[..., Any], args: Sequence[Any], vectors: Sequence[Any]) -> tuple[Any, ...]:
    """The Hessian of scalar f at ``args`` times ``vectors``, without forming the Hessian.

    One vector per argument; the gradient's change along them, in two backward passes.

    >>> hvp(lambda x: (x**3).sum(), (np.array([1.0, 2.0]),), (np.array([1.0, 1.0]),))
    (array([ 6., 12.]),)
    """
    args, vectors = tuple(args), tuple(vectors)
    if not same_form(args, vectors):
        raise ValueError(
            "hvp() got vectors that differ in form or shape from the arguments; expected one "
            "vector for each argument, of the same shape."
        )
    everywhere = tuple(range(len(args)))

    def slope(*points: Any) -> Value:
        steps = leaves_of(vectors)
        total = Value(0.0, requires_grad=False)
        for gradient in leaves_of(grad(f, everywhere)(*points)):
            total = total + (gradient * next(steps)).sum()
        return total

    return grad(slope, everywhere)(*args)


class Variables:
    """The arguments to differentiate with respect to, as values of their own.

    A plain argument becomes a new leaf. A Value (a transform inside a transform) becomes a copy
    that depends on it: its other uses inside f are not this argument.
    """

    def __init__(self, args: Sequence[Any], argnums: int | Sequence[int], name: str) -> None:
        self.single = isinstance(argnums, int)
        self.argnums = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        for number in self.argnums:
            if not isinstance(number, int):
                raise TypeError(
                    f"{name} got argnums={argnums!r}; expected a position, or several in a tuple."
                )
            if not -len(args) <= number < len(args):
                raise ValueError(
                    f"{name} got argnums={number}; expected a position among the "
                    f"{len(args)} positional arguments."
                )
        chosen = [args[number] for number in self.argnums]
        given = list(leaves_of(chosen))
        self.nested = any(isinstance(leaf, Value) and leaf.requires_grad for leaf in given)
        self.leaves: list[Value] = []
        for leaf in given:
            fresh = leaf.copy() if isinstance(leaf, Value) else Value(leaf)
            self.leaves.append(fresh if fresh.requires_grad else Value(fresh.data))
        self.chosen = rebuild(chosen, iter(self.leaves))
        self.args = list(args)
        for number, variable in zip(self.argnums, self.chosen, strict=True):
            self.args[number] = variable

    def gradients(self, out: Value, delta: Any = None, create_graph: bool | None = None) -> Any:
        """Gradient of ``out`` for each leaf: recorded Values in a nest, plain arrays outside."""
        record = self.nested if create_graph is None else create_graph
        if not out.requires_grad:
            return [np.zeros(leaf.shape, leaf.dtype)[()] for leaf in self.leaves]
        found = gradients(out, self.leaves, delta, record)
        for k, leaf in enumerate(self.leaves):
            if found[k] is None:
                found[k] = np.zeros(leaf.shape, leaf.dtype)[()]
            elif isinstance(found[k], np.ndarray):
                found[k] = found[k].copy()
        return found

    def unpack(self, results: list[Any]) -> Any:
        """``results``, one per leaf, in the form of the chosen argument or tuple of them."""
        packed = rebuild(self.chosen, iter(results))
        return packed[0] if self.single else tuple(packed)

    def given_form(self, out: Value) -> Any:
        """f's value: a Value inside a nest, plain numbers outside."""
        return out if self.nested else out.data


def checked_function(f: Any, name: str) -> None:
    """An error for what cannot be called, before anything else is asked of it."""
    if not callable(f):
        raise TypeError(
            f"{name} got {type(f).__name__}; expected a function that computes a Value from its "
            f"arguments."
        )


def checked_output(out: Any, name: str, scalar_only: bool = False) -> Value:
    """What f returned, or the error that says what it should have been."""
    if not isinstance(out, Value):
        raise TypeError(
            f"{name} got a function that returns {type(out).__name__}; expected a Value computed "
            f"from its arguments. Did .data, float() or .item() cut the graph?"
        )
    if scalar_only and out.shape != ():
        raise ValueError(
            f"{name} got a function that returns shape {out.shape}; expected a scalar. "
            f"Reduce it, for example .sum(), or use jacobian() or vjp()."
        )
    return out
