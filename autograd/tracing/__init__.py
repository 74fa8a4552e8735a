"""tracing: a run recorded as plain events, which every front end and every question reads.

Reading order: `events` (what can happen), `nodes` (what it happens to), `recorder` (how it is
noted down), `history` (what each value held when), `state`, `trace` (what one can ask), `running`
(how one makes one). The answers: `search`, `ledger`, `blame`, `numeric`, `compare`, `replay`.
Then `files` with `encoding` and `schema`, `breakpoints` and `post_mortem`.
"""

from .breakpoints import Stop as Stop
from .breakpoints import breakpoints as breakpoints
from .events import Accumulate as Accumulate
from .events import Contribution as Contribution
from .events import Event as Event
from .events import Forward as Forward
from .events import Seed as Seed
from .events import Update as Update
from .events import Zero as Zero
from .files import TraceFileError as TraceFileError
from .nodes import TraceNode as TraceNode
from .post_mortem import post_mortem as post_mortem
from .running import trace as trace
from .state import State as State
from .trace import Trace as Trace
