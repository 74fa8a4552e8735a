"""viz: back-propagation made visible.

Reading order: `chain_rule` (what stands on an edge, and on a path), `diagrams` (what a picture
shows, as plain data), `renderers` (how it is drawn), `draw` and `draw_dot` (the pictures to ask
for), `stepper` (a trace, step by step), `page` (the same in a browser), `debuggers` (values in
an editor's), `plots` and `profile_chart`, `shown` (how values show themselves in a notebook).

Below them: `notation` and `conventions` (how numbers and symbols are written), `typesetting`,
`cleaning`, `output` (files); above them the commands: `cli`, `demo`, `draw_command`, with
`program` (a user's script, run).
"""

from autograd.views import announce as _announce

from .chain_rule.explain import explain as explain
from .chain_rule.explanation import Explanation as Explanation
from .diagrams.diagram import Cluster as Cluster
from .diagrams.diagram import Diagram as Diagram
from .diagrams.diagram import DiagramEdge as DiagramEdge
from .diagrams.diagram import DiagramNode as DiagramNode
from .diagrams.graph_view import diagram as diagram
from .draw import compare as compare
from .draw import draw as draw
from .draw import draw_backprop as draw_backprop
from .draw import draw_derivative as draw_derivative
from .draw import draw_network as draw_network
from .draw_dot import draw_dot as draw_dot
from .output import FigureError as FigureError
from .output import OutputError as OutputError
from .output import RendererError as RendererError
from .plots import plot_decision_boundary as plot_decision_boundary
from .plots import plot_gradient_flow as plot_gradient_flow
from .plots import plot_history as plot_history
from .plots import plot_saturation as plot_saturation
from .plots import plot_weights as plot_weights
from .profile_chart import profile_chart as profile_chart
from .renderers.drawing import Drawing as Drawing

# What the engine's own objects can be shown as, found when it is asked for.
_announce("drawing", "viz.draw:draw")
_announce("value in a notebook", "viz.shown:value_bundle")
_announce("value in a debugger", "viz.shown:value_debug_json")
_announce("model in a notebook", "viz.shown:model_bundle")
_announce("trace in a notebook", "viz.shown:trace_bundle")
_announce("page", "viz.page.page:save")
_announce("notebook", "viz.page.page:notebook")
_announce("stepper", "viz.stepper.terminal:debug")
