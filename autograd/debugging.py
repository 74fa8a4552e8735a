"""Debug mode: slower, and suspicious of everything."""

from __future__ import annotations

from typing import Any

import numpy as np

from .modes import observing, thread
from .nonfinite import FiniteWatch, check_forward
from .staleness import remember_inputs
from .watching import add_watch


class debug(observing):
    """Inside, NaN and infinity are reported where they are born, and raw writes are caught.

    Forward, each op that makes a NaN or infinity out of finite operands raises a NonFiniteError
    with the op, its operands and the line. Backward (if ``backward()`` is called inside), so does
    each contribution of an edge and each sum of contributions, with the path from the loss.

    Each op also keeps a checksum of its operands, which ``backward()`` compares: a raw write
    into an array, as in ``v.data[0] = 5.0``, raises a StaleValueError.

    NumPy's own warnings of these are silent inside. A context manager and a decorator, local to
    its thread.

    >>> import autograd as ag
    >>> try:
    ...     with ag.debug():
    ...         ag.Value(-1.0, label="x").sqrt()
    ... except ag.NonFiniteError as error:
    ...     print(str(error)[:42])
    NaN born in the forward pass of sqrt at <d
    """

    def __init__(self) -> None:
        super().__init__(inspect)
        self._outer: list[tuple[Any, np.errstate]] = []

    def _recreate_cm(self) -> debug:
        return debug()

    def __enter__(self) -> None:
        super().__enter__()
        quiet = np.errstate(all="ignore")
        quiet.__enter__()
        self._outer.append((add_watch(FiniteWatch()), quiet))

    def __exit__(self, *exception: object) -> None:
        thread.state.watch, quiet = self._outer.pop()
        quiet.__exit__(None, None, None)
        super().__exit__(*exception)


def inspect(value: Any) -> Any:
    """What debug mode does with each new value."""
    return remember_inputs(check_forward(value))
