"""Node: what a value is. Its data, its gradient, the op and inputs that made it, and where."""

from __future__ import annotations

import itertools
import sys
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .data import as_data
from .modes import scope, tapes, thread
from .ops import Op
from .origin import Origin, resolve, users_frame

#: Creation order. It counts down, so that the smallest number is the most recent value
#: and a heap of these numbers gives the reverse of creation.
next_order: Callable[[], int] = itertools.count(0, -1).__next__

#: Last overwrites of a value, of which it remembers the moment; all are counted.
REMEMBERED = 16


#: The moment of the last overwrite of any value: what was made since has no stale operand.
last_overwrite = [0]


class Rare:
    """What only few values carry: overwrites, a gradient of their own, checksums."""

    __slots__ = (
        "after_accumulation", "changed", "fingerprints", "hooks", "overwrites", "owned_grad",
        "version",
    )  # fmt: skip

    def __init__(self) -> None:
        #: Moment of the last overwrite, in creation order; 0 is later than no moment.
        self.changed = 0
        self.overwrites: deque[int] = deque(maxlen=REMEMBERED)
        #: How many overwrites there were.
        self.version = 0
        #: The gradient array that belongs to this value alone.
        self.owned_grad: Any = None
        self.fingerprints: list[int] | None = None
        #: Called with the complete gradient; may return another one in its place.
        self.hooks: list[Callable[[Any], Any]] | None = None
        #: Called with the value after a backward pass added to its gradient.
        self.after_accumulation: list[Callable[[Any], Any]] | None = None


class Node:
    """A value in the graph: data, gradient, and the op and inputs that it came from."""

    # No dict, no tuple of inputs: each object less per node is one less for the garbage
    # collector to walk, which on scalar graphs takes longer than the arithmetic.
    __slots__ = (
        "__weakref__",
        "_array",
        "_code",
        "_first",
        "_grad",
        "_lasti",
        "_order",
        "_rare",
        "_second",
        "label",
        "op",
        "requires_grad",
        "scope",
        "settings",
    )

    _array: Any
    _grad: Any
    _order: int
    _first: Any
    _second: Any
    _code: Any
    _lasti: int
    _rare: Rare | None
    label: str | None
    op: type[Op] | None
    settings: dict[str, Any] | None
    scope: scope | None
    requires_grad: bool

    def __init__(
        self, data: Any, label: str | None = None, requires_grad: bool = True, dtype: Any = None
    ) -> None:
        if label is not None and not isinstance(label, str):
            raise TypeError(f"Value() got a label of type {type(label).__name__}; expected a str.")
        self._array = as_data(data, dtype)
        self._order = next_order()
        self._grad = self._rare = self.op = self.settings = None
        self._first = self._second = None
        self.label = label
        if not isinstance(requires_grad, (bool, np.bool_)):
            raise TypeError(f"Value() got requires_grad={requires_grad!r}; expected True or False.")
        self.requires_grad = bool(requires_grad)
        self.scope = thread.state.scope
        frame = users_frame(sys._getframe(1))
        self._code, self._lasti = frame.f_code, frame.f_lasti

    # -- where it came from

    @property
    def inputs(self) -> tuple[Any, ...]:
        """Operands of the op that made this value, in order: Values, and plain constants.

        Empty for a leaf.
        """
        if self.op is None:
            return ()
        if self._second is not None:
            return (self._first, self._second)
        if isinstance(self._first, tuple):
            return self._first
        return (self._first,)

    @property
    def is_leaf(self) -> bool:
        """True for a value that no recorded op made."""
        return self.op is None

    @property
    def origin(self) -> Origin:
        """The line and sub-expression of the user's code that made this value."""
        if isinstance(self._code, Origin):
            return self._code
        return resolve(self._code, self._lasti)

    # -- data

    @property
    def data(self) -> Any:
        """The number or array: a ``np.float64`` (or float32, float16) scalar or an ndarray.

        Assigning overwrites it, keeping shape and dtype. A later ``backward()`` through ops
        that had used the old data raises a StaleValueError.
        """
        if tapes and (tape := thread.state.tape) is not None:
            tape.adopt(self)
        data = self._array
        # A reshaped or broadcast result looks into its operand's array; who writes gets its own.
        if data.__class__ is np.ndarray and data.base is not None:
            data = self._array = data.copy()
        return data

    @data.setter
    def data(self, new: Any) -> None:
        if tapes and (tape := thread.state.tape) is not None:
            tape.adopt(self)
        if new is not self._array:
            self._replace(new)
        note_overwrites((self,))

    def _replace(self, new: Any) -> None:
        """Take ``new`` as data, in the dtype of the old, if it has its shape."""
        old = self._array
        new = as_data(new, old.dtype, what="assignment to .data")
        if new.shape != old.shape:
            raise ValueError(
                f"assignment to .data of {self.describe()} got shape {new.shape}; expected "
                f"{old.shape}. Make a new Value to change the shape."
            )
        self._array = new

    @property
    def version(self) -> int:
        """How many times the data has been overwritten."""
        return 0 if self._rare is None else self._rare.version

    def version_at(self, order: int) -> int:
        """The version of the data when the value of that creation order was made."""
        moments = () if self._rare is None else self._rare.overwrites
        return self.version - sum(1 for moment in moments if moment < order)

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis; ``()`` for a scalar."""
        return self._array.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._array.ndim

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._array.size

    @property
    def dtype(self) -> Any:
        """NumPy dtype of the data (and of the gradient)."""
        return self._array.dtype

    # -- gradient

    @property
    def grad(self) -> Any:
        """∂J/∂this from the last backward pass; None until one reaches this value.

        A leaf adds up the passes; an interior value shows the last one. Assigning takes None,
        or data of this value's shape; a single number fills the shape.
        """
        if tapes and (tape := thread.state.tape) is not None:
            tape.adopt(self)
        grad = self._grad
        # Between two values the sweep hands arrays on without copying; who looks gets their own.
        if self.op is not None and type(grad) is np.ndarray and not self._owns_grad():
            grad = self._grad = grad.copy()
            self._make_rare().owned_grad = grad
        return grad

    @grad.setter
    def grad(self, new: Any) -> None:
        if new is None:
            self.zero_grad()
            return
        if tapes and (tape := thread.state.tape) is not None:
            tape.adopt(self)
        if isinstance(new, Node):
            new = new._array
        new = as_data(new, self.dtype, what="assignment to .grad")
        if new.shape == ():
            new = np.full(self.shape, new)[()]
        if new.shape != self.shape:
            raise ValueError(
                f"assignment to .grad of {self.describe()} got shape {new.shape}; expected the "
                f"shape of the value, {self.shape}, a single number, or None."
            )
        self._grad = new
        self._make_rare().owned_grad = new
        if (watch := thread.state.watch) is not None:
            watch.grad_assigned(self)

    def _owns_grad(self) -> bool:
        return self._rare is not None and self._rare.owned_grad is self._grad

    def _make_rare(self) -> Rare:
        if self._rare is None:
            self._rare = Rare()
        return self._rare

    def zero_grad(self) -> None:
        """Forget the gradient: ``.grad`` is None until the next backward pass."""
        state = thread.state
        if state.tape is not None:
            state.tape.adopt(self)
            state.tape.reset(self)
        self._grad = None
        if state.watch is not None:
            state.watch.grad_assigned(self)

    # -- text

    def describe(self) -> str:
        """Name of this value for an error message: label, or the expression that made it."""
        if self.label is not None:
            return repr(self.label)
        origin = self.origin
        kind = "the value" if self.op is None else f"the {self.op.name}"
        return f"{kind} from {origin}"

    def __repr__(self) -> str:
        parts = [short_text(self._array)]
        if self._array.shape:
            parts.append(f"shape={self._array.shape}")
        if self._array.dtype != np.float64:
            parts.append(f"dtype={self._array.dtype}")
        if self.label is not None:
            parts.append(f"label={self.label!r}")
        if not self.requires_grad:
            parts.append("requires_grad=False")
        elif self._grad is None:
            parts.append("grad=—")
        else:
            grad = (
                self._grad
                if isinstance(self._grad, np.ndarray | np.floating)
                else self._grad._array
            )
            parts.append(f"grad={short_text(grad)}")
        if self.op is not None:
            parts.append(f"{self.op.name} at {self.origin}")
        return f"Value({', '.join(parts)})"


class Operands(tuple[Any, ...]):
    """The inputs of an op that has more than two, one of which needs a gradient."""

    __slots__ = ()
    requires_grad = True


class Constants(Operands):
    """The inputs of an op that has more than two, none of which needs a gradient."""

    __slots__ = ()
    requires_grad = False


def note_overwrites(values: Sequence[Node]) -> None:
    """Note that the data of these values was overwritten, all at one moment: now."""
    last_overwrite[0] = moment = next_order()
    for value in values:
        rare = value._rare or value._make_rare()
        rare.changed = moment
        rare.overwrites.append(moment)
        rare.version += 1
    if (watch := thread.state.watch) is not None:
        for value in values:
            watch.overwritten(value)


def operands_of(a: Any, b: Any) -> tuple[Any, ...]:
    """The operands as a tuple, from the two places that a node has for them."""
    return (a, b) if b is not None else a if isinstance(a, Operands) else (a,)


def data_of(x: Any) -> Any:
    """The bare numbers of a value; a plain number or array as it is."""
    return x._array if isinstance(x, Node) else x


def short_text(data: Any) -> str:
    """Data on one line, abridged."""
    if data.shape == ():
        return f"{float(data):.6g}" if data.dtype != np.float64 else repr(float(f"{data:.6g}"))
    if data.size > 1000 or data.ndim > 2:
        data = data[tuple(slice(0, 3) for _ in data.shape)]
        return _one_line(data)[:60].rstrip() + " …"
    return _one_line(data)


def _one_line(data: Any) -> str:
    text = np.array2string(data, precision=4, threshold=12, edgeitems=2, separator=", ")
    return " ".join(text.split())
