"""Running: a function, or a block of code, run under a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..node import Node
from .trace import Trace


def trace(function: Callable[..., Any] | None = None, *args: Any, **kwargs: Any) -> Trace:
    """Trace of ``function(*args, **kwargs)``; without a function, of the ``with`` block.

    Everything that this thread computes and differentiates is recorded as plain events: each op
    (``forward``), the start of each backward pass (``seed``), what each edge passes back
    (``contribution``: upstream δ, local derivative, product), each addition to a gradient
    (``accumulate``: before, after), and assignments to gradients (``zero``) and data (``update``).
    What the function returns is ``.result``. An exception goes through, with the trace so far as
    its ``.trace``.

    >>> import autograd as ag
    >>> w, x = ag.Value(2.0, label="w"), ag.Value(3.0, label="x")
    >>> with ag.trace() as t:
    ...     J = w * x
    ...     J.backward()
    >>> for event in t:
    ...     print(event)
    Forward(0, u1 = w * x = 6.0)
    Seed(1, δ(u1) = 1.0)
    Contribution(2, u1 → w: upstream 1.0 · local 3.0 = 3.0)
    Accumulate(3, δ(w): — → 3.0)
    Contribution(4, u1 → x: upstream 1.0 · local 2.0 = 2.0)
    Accumulate(5, δ(x): — → 2.0)
    >>> t.at(2).grad(w) is None, t.at(3).grad(w)
    (True, np.float64(3.0))
    """
    made = Trace()
    if function is None:
        if args or kwargs:
            raise TypeError("trace() got arguments but no function; expected trace(fn, *args).")
        return made
    if isinstance(function, Node | np.ndarray | list | tuple | int | float):
        raise TypeError(
            f"trace() got {type(function).__name__}; expected a function, whose run it records. "
            f"The sum of a diagonal is np.trace(v) or v.trace()."
        )
    with made:
        made.result = function(*args, **kwargs)
    return made
