"""viz: back-propagation made visible.

Reading order: `formula` and `local_derivative` (what stands on an edge), `names`, `diagram` (a
graph as plain data), `dot`, `render`, `drawing` (its picture), `draw`, `dot_graph`. Then
`layers` and `backprop_view` (a network layer by layer), `chain`, `layer_terms` and `explain`
(the chain rule for one value), `gradients`, `notation`, `output`, and `cli` with `demo`.
"""

from autograd.views import announce as _announce

from .backprop_view import draw_backprop as draw_backprop
from .diagram import Cluster as Cluster
from .diagram import Diagram as Diagram
from .diagram import DiagramEdge as DiagramEdge
from .diagram import DiagramNode as DiagramNode
from .diagram import diagram as diagram
from .draw import draw as draw
from .draw import draw_dot as draw_dot
from .drawing import Drawing as Drawing
from .explain import Explanation as Explanation
from .explain import explain as explain
from .output import FigureError as FigureError
from .output import OutputError as OutputError
from .output import RendererError as RendererError

# What the engine's own objects can be shown as, found when it is asked for.
_announce("drawing", "viz.draw:draw")
