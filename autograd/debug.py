"""Debug mode: slower, and suspicious of everything."""

from __future__ import annotations

from .modes import observing
from .staleness import remember_inputs


class debug(observing):
    """Inside, each op keeps a checksum of its operands; ``backward()`` compares them.

    It catches what assignment to ``.data`` cannot show: a raw write into the array itself
    between forward and backward, as in ``v.data[0] = 5.0``. A context manager and a decorator,
    local to its thread.
    """

    def __init__(self) -> None:
        super().__init__(remember_inputs)

    def _recreate_cm(self) -> debug:
        return debug()
