"""plots: curves of training and of what flows through a network, as matplotlib figures.

Each function draws into ``ax`` where it is given, and returns the axes. matplotlib comes with the
extra ``plots``. Reading order: `axes` (where one draws), `history`, `flow` (gradients, saturation),
`weights`, `boundary`.
"""

from .boundary import plot_decision_boundary as plot_decision_boundary
from .flow import plot_gradient_flow as plot_gradient_flow
from .flow import plot_saturation as plot_saturation
from .history import plot_history as plot_history
from .weights import plot_weights as plot_weights
