"""divergence: the first edge of a backward pass that is wrong, and what kind of wrong it is.

Reading order: `edges` (what one calls), `own` (graphs of this engine), `learner` and `forward`
(graphs of a class that somebody else wrote), `mistakes` (what is tried as an explanation),
`result`. The finite difference of one op is `autograd.one_op`.
"""

from .edges import first_divergence as first_divergence
from .result import Divergence as Divergence
