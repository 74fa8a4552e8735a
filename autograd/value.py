"""Value: what one can do with a value. Each operation computes, and records what it did."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np

from . import debugger_view, ops
from .array_methods import ArrayMethods
from .backprop import run_backward
from .copying import copy_graph, reduce_graph
from .data import UntraceableError, as_array, as_constant, as_data, as_untraceable
from .error_notes import note_forward
from .hooks import HookHandle
from .modes import thread
from .node import Constants, Node, Operands, data_of, next_order, operands_of
from .numpy_dispatch import SPELLINGS, function_call, plain_function, spelling_call, ufunc_call
from .ops import Op
from .ops.products import dot_product
from .origin import LIBRARY, users_frame
from .shape_errors import shape_error
from .views import bundle, view


def binary(op: type[Op], a: Any, b: Any) -> Value:
    """Recorded result of an op of two inputs; either may be a plain number or array."""
    try:
        data_a = a._array if isinstance(a, Node) else (a := as_constant(a, op.name))
        data_b = b._array if isinstance(b, Node) else (b := as_constant(b, op.name))
        return node(op, a, b, None, op.forward(data_a, data_b))
    except Exception as error:
        return node(op, a, b, None, untraced(op, (a, b), None, error))


def unary(a: Any, op: type[Op], settings: dict[str, Any] | None = None) -> Value:
    """Recorded result of an op of one input, with settings where it has some."""
    try:
        data_a = a._array if isinstance(a, Node) else (a := as_array(a, op.name))
        data = op.forward(data_a) if settings is None else op.forward(data_a, **settings)
        return node(op, a, None, settings, data if data.ndim else data[()])
    except Exception as error:
        return node(op, a, None, settings, untraced(op, (a,), settings, error))


def ternary(op: type[Op], a: Any, b: Any, c: Any) -> Value:
    """Recorded result of an op of three inputs; each may be a plain array."""
    try:
        data_a = a._array if isinstance(a, Node) else (a := as_constant(a, op.name))
        data_b = b._array if isinstance(b, Node) else (b := as_constant(b, op.name))
        data_c = c._array if isinstance(c, Node) else (c := as_constant(c, op.name))
        data = op.forward(data_a, data_b, data_c)
    except Exception as error:
        data = untraced(op, (a, b, c), None, error)
    needed = getattr(a, GRAD, NO) or getattr(b, GRAD, NO) or getattr(c, GRAD, NO)
    return node(op, (Operands if needed else Constants)((a, b, c)), None, None, data)


def record(op: type[Op], inputs: tuple[Any, ...], settings: dict[str, Any] | None = None) -> Value:
    """Recorded result of any op, with any number of inputs and with settings."""
    operands, arrays, needed = [], [], False
    for x in inputs:
        if isinstance(x, Node):
            arrays.append(x._array)
            needed = needed or x.requires_grad
        else:
            x = as_constant(x, op.name)
            arrays.append(x)
        operands.append(x)
    try:
        data = op.forward(*arrays) if settings is None else op.forward(*arrays, **settings)
    except Exception as error:
        data = untraced(op, tuple(operands), settings, error)
    if len(operands) > 2:
        a, b = (Operands if needed else Constants)(operands), None
    else:
        a, b = operands if len(operands) == 2 else (operands[0], None)
    data = data if data.__class__ is np.ndarray and data.ndim else result_of(op, data)
    return node(op, a, b, settings, data)


def result_of(op: type[Op], data: Any) -> Any:
    """What a forward rule gave, as data of a value: also where it is a Python number or a list."""
    if hasattr(data, "ndim"):
        return data if data.ndim else data[()]
    return as_data(data, None, f"a Value, from the forward rule of {op.name},")


def untraced(op: type[Op], operands: Any, settings: dict[str, Any] | None, error: Exception) -> Any:
    """The op's result as one call, where its forward rule cannot be traced; else its error.

    The error says which op it comes from, on which operands, and which line of the user's.
    """
    if isinstance(error, ValueError | IndexError | UntraceableError):
        if (untraceable := as_untraceable(error)) is not None:
            return untraceable.tape.call(op.forward, [data_of(x) for x in operands], settings)
        raise note_forward(shape_error(op, operands, settings or {}, error), op, operands) from None
    note_forward(error, op, operands)
    raise error


def record_checked(
    op: type[Op], inputs: tuple[Any, ...], settings: dict[str, Any] | None = None
) -> Value:
    """As `record`, for any op, a user's too: its result has to be data of a value."""
    out = record(op, inputs, settings)
    if out._array.dtype.kind != "f":
        raise TypeError(
            f"the forward rule of {op.name} gave dtype {out._array.dtype}; expected a floating "
            f"type, since gradients are defined on real numbers."
        )
    return out


GRAD, NO = "requires_grad", False
new = Node.__new__


def node(op: type[Op], a: Any, b: Any, settings: dict[str, Any] | None, data: Any) -> Value:
    """A new value that knows what made it: op, inputs, settings, and the line of user code.

    That line is three frames up (the user's, the method or function, the recorder, this), or
    further out where a function of the project's own stands there. Where nothing is recorded
    (``no_grad``, or no input needs a gradient) it is a constant.
    """
    out = new(Value)
    out._array, out._order, out._grad, out._rare, out.label = data, next_order(), None, None, None
    if not ((state := thread.state).recording and (getattr(a, GRAD, NO) or getattr(b, GRAD, NO))):
        if state.tape is not None:
            state.tape.follow(out, op, operands_of(a, b), settings)
        return unrecorded(out)
    out.op, out._first, out._second, out.settings, out.requires_grad = op, a, b, settings, True
    if (at := sys._getframe(3)).f_code.co_filename in LIBRARY:
        at = state.caller or users_frame(at)
    out._code, out._lasti, out.scope = at.f_code, at.f_lasti, state.scope
    return out if state.observer is None else state.observer(out)


def unrecorded(out: Value, depth: int = 4) -> Value:
    """The new value as a constant: no op, no inputs; the user's frame is ``depth`` up."""
    out.op = out._first = out._second = out.settings = None
    out.requires_grad = False
    data = out._array
    if type(data) in (int, float) or data.base is not None or data.dtype.kind != "f":
        # Python numbers and integers, from constant operands; views into another value's data.
        out._array = as_array(data, "a constant")
    frame = users_frame(sys._getframe(depth))
    out._code, out._lasti, out.scope = frame.f_code, frame.f_lasti, thread.state.scope
    return out


class Value(ArrayMethods):
    """A number or array that records what is computed from it, for reverse-mode derivatives.

    ``data`` becomes a ``np.float64`` scalar or an array of float64; float32 and float16 are
    kept. ``label`` names the value in diagrams and messages. ``requires_grad=False`` makes a
    constant. After ``J.backward()`` each value that J depends on has ``.grad`` = ∂J/∂value.

    >>> x, w = Value(3.0, label="x"), Value(2.0, label="w")
    >>> J = (x * w - 1) ** 2
    >>> J.backward()
    >>> print(w.grad)
    30.0
    """

    __slots__ = ()
    __hash__ = object.__hash__
    _unary = unary
    _binary = staticmethod(binary)

    def backward(
        self, gradient: Any = None, create_graph: bool = False, inputs: Any = None
    ) -> None:
        """Fill ``.grad`` of every value that this one was computed from.

        Leaves add up over calls; interior values show the last one. A value that is not a
        scalar needs ``gradient`` = ∂J/∂this, of its own shape. With ``create_graph`` the
        gradients are Values, recorded and differentiable in turn. ``inputs`` names the
        leaves to add to; by default all.

        Raises:
            ValueError: no gradient given for a non-scalar, or one of another shape.
            StaleValueError: data was overwritten after the graph had used it.
        """
        run_backward(self, gradient, create_graph, inputs)

    def register_hook(self, hook: Callable[[Any], Any]) -> HookHandle:
        """Call ``hook(gradient)`` in each backward pass when this value's gradient is complete.

        What it returns, if not None, takes the gradient's place from here on down. The handle
        that comes back takes the hook away: ``handle.remove()``, or use it in a ``with``.
        """
        if not self.requires_grad:
            raise ValueError(
                f"register_hook() on {self.describe()}, a constant, which no gradient reaches; "
                f"expected a value that requires a gradient."
            )
        rare = self._make_rare()
        if rare.hooks is None:
            rare.hooks = []
        return HookHandle(rare.hooks, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Value], Any]) -> HookHandle:
        """Call ``hook(self)`` after each backward pass that added to this leaf's ``.grad``."""
        if self.op is not None:
            raise ValueError(
                f"register_post_accumulate_grad_hook() on {self.describe()}, which is no leaf; "
                f"expected a leaf. Use register_hook() for values in between."
            )
        rare = self._make_rare()
        if rare.after_accumulation is None:
            rare.after_accumulation = []
        return HookHandle(rare.after_accumulation, hook)

    def detach(self) -> Value:
        """A constant with a copy of the data, cut off from the graph."""
        out = new(Value)
        out._array, out._order, out._grad, out._rare = self._array.copy(), next_order(), None, None
        out.label = self.label
        return unrecorded(out, depth=2)

    # -- in notebooks and debuggers

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return bundle(self, "value in a notebook")

    def debug_json(self) -> str:
        """The graph under this value as JSON for VS Code's "Debug Visualizer" extension.

        While one steps through ``backward()``, the picture follows.
        """
        return view("value in a debugger")(self)

    # -- operators

    def __add__(self, other: Any) -> Value:
        return binary(ops.Add, self, other)

    def __radd__(self, other: Any) -> Value:
        return binary(ops.Add, other, self)

    def __sub__(self, other: Any) -> Value:
        return binary(ops.Subtract, self, other)

    def __rsub__(self, other: Any) -> Value:
        return binary(ops.Subtract, other, self)

    def __mul__(self, other: Any) -> Value:
        return binary(ops.Multiply, self, other)

    def __rmul__(self, other: Any) -> Value:
        return binary(ops.Multiply, other, self)

    def __truediv__(self, other: Any) -> Value:
        return binary(ops.Divide, self, other)

    def __rtruediv__(self, other: Any) -> Value:
        return binary(ops.Divide, other, self)

    def __pow__(self, other: Any) -> Value:
        return binary(ops.Power, self, other)

    def __rpow__(self, other: Any) -> Value:
        return binary(ops.Power, other, self)

    def __matmul__(self, other: Any) -> Value:
        return binary(ops.Matmul, self, other)

    def __rmatmul__(self, other: Any) -> Value:
        return binary(ops.Matmul, other, self)

    def dot(self, other: Any) -> Value:
        """Sum of products over the last axis of this and the last but one (or only) of other."""
        op, settings = dot_product(self._array.shape, np.shape(data_of(other)))
        return record(op, (self, other), settings)

    def __neg__(self) -> Value:
        return unary(self, ops.Negative)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return unary(self, ops.Absolute)

    def __getitem__(self, index: Any) -> Value:
        return unary(self, ops.Getitem, {"index": own_index(index)})

    def __setitem__(self, index: Any, new: Any) -> NoReturn:
        raise TypeError(
            f"writing into elements of {self.describe()}: ops that used it would not know. Use "
            f"autograd.where(mask, new, v) for a value with some elements changed, or assign the "
            f"whole array to .data."
        )

    # -- comparisons answer on the data: boolean, no graph

    def __eq__(self, other: object) -> Any:
        return self._array == data_of(other)

    def __ne__(self, other: object) -> Any:
        return self._array != data_of(other)

    def __lt__(self, other: Any) -> Any:
        return self._array < data_of(other)

    def __le__(self, other: Any) -> Any:
        return self._array <= data_of(other)

    def __gt__(self, other: Any) -> Any:
        return self._array > data_of(other)

    def __ge__(self, other: Any) -> Any:
        return self._array >= data_of(other)

    # -- as a Python number or sequence

    def item(self) -> float:
        """The number of a value of one element, as a Python float."""
        return float(self._array.item())

    def tolist(self) -> Any:
        """The numbers as (nested lists of) Python floats."""
        return self._array.tolist()

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)

    def __float__(self) -> float:
        return float(self._array)

    def __int__(self) -> int:
        return int(self._array)

    def __bool__(self) -> bool:
        return bool(self._array)

    def __len__(self) -> int:
        if self._array.ndim == 0:
            raise TypeError(f"len() of {self.describe()}, a scalar; expected at least one axis.")
        return len(self._array)

    def __iter__(self) -> Iterator[Value]:
        if self._array.ndim == 0:
            raise TypeError(
                f"iteration over {self.describe()}, a scalar; expected at least one axis."
            )
        parts = []
        for i in range(len(self._array)):
            parts.append(unary(self, ops.Getitem, {"index": i}))
        return iter(parts)

    def safely_stringify_for_pudb(self) -> str:
        """One line for pudb's list of variables, which asks for it by this name."""
        return debugger_view.line(self)

    # -- NumPy

    #: How a rule that meets Values uses another op: it is recorded.
    __record__ = staticmethod(record_checked)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        op = ufunc_call(ufunc, method, inputs, kwargs)
        if ufunc in SPELLINGS:
            return SPELLINGS[ufunc](*inputs)
        if op is None:
            return plain_function(ufunc, inputs, kwargs)
        return record(op, inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function in SPELLINGS:
            return spelling_call(function, args, kwargs)
        call = function_call(function, args, kwargs)
        if call is None:
            return plain_function(function, args, kwargs)
        return record(*call)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if self.requires_grad:
            raise TypeError(
                f"a NumPy function would turn {self.describe()} into a plain array and lose its "
                f"graph. Use .data for the numbers, .detach() for a constant, or autograd.stack() "
                f"to join several Values."
            )
        return np.array(self._array, dtype=dtype)

    # -- copies

    def __copy__(self) -> NoReturn:
        raise TypeError(
            "a shallow copy of a Value would share its gradient; use copy.deepcopy(v) for an "
            "independent copy of the graph, or v.detach() for a constant with the same data."
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        return copy_graph(self, memo)

    def __reduce__(self) -> Any:
        return reduce_graph(self)


def own_index(index: Any) -> Any:
    """``index`` with arrays and lists copied, so that later changes to them do no harm."""
    if isinstance(index, tuple):
        return tuple(own_index(part) for part in index)
    if hasattr(index, "__traced__"):
        return index.as_index()
    if isinstance(index, list | np.ndarray):
        array = np.array(index)
        return array if array.size or isinstance(index, np.ndarray) else array.astype(np.intp)
    if isinstance(index, Node):
        raise TypeError(
            f"indexing got {index.describe()}, a Value, as index; expected integers, slices, "
            f"or integer or boolean arrays. Use .data.astype(int) if it holds positions."
        )
    return index
