"""Compiling: a function traced once, forward and backward, and replayed as flat NumPy code.

Reading order: `traced` (what stands for an array in a trace), `symbols` and `tape` (what is
recorded), `tracing` (one run, forward and backward), `passes` (fewer calls), `written`, `naming`,
`comments`, `borrowed` and `program` (the code), `lowering`, `scheduling`, `blocks` and `buffered`
(the form that runs), `results`, `replaying` and `compiled` (calling it).
"""

from .compiled import Compiled as Compiled
from .compiled import compile as compile
from .errors import TraceError as TraceError

__all__ = ["Compiled", "TraceError", "compile"]
