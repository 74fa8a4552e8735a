"""Draw: the pictures that a user asks for, each a diagram handed to the renderers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.node import Node

from .diagrams.backprop_view import backprop_diagram
from .diagrams.comparison import compare_states
from .diagrams.derivative_view import derivative_diagram
from .diagrams.diagram import Diagram
from .diagrams.foreign_view import foreign_diagram, is_foreign
from .diagrams.graph_view import LIMIT, diagram
from .diagrams.network_view import network_diagram
from .renderers.drawing import Drawing


def check_rankdir(rankdir: str) -> str:
    """``rankdir``, if it is LR or TB."""
    if rankdir not in ("LR", "TB"):
        raise ValueError(f"rankdir={rankdir!r}; expected 'LR' (left to right) or 'TB' (downwards).")
    return rankdir


def draw(
    root: Node,
    rankdir: str = "LR",
    limit: int = LIMIT,
    *,
    backward: bool = False,
    depth: int | None = None,
    collapse: str | Sequence[str] = (),
    expand: str | Sequence[str] = (),
    heatmaps: bool = True,
    notation: str = "lecture",
    palette: str = "default",
    theme: str = "light",
) -> Drawing:
    """The graph under ``root``: values, gradients, and the local derivative on every edge.

    A gradient that no backward pass has reached is ``—``, never 0. What stops a gradient (a dead
    or saturated unit, a zero factor, ``detach()``) is marked ⊘ with the factor that does it. With
    ``backward`` a second arrow for each use carries its contribution, δ times local derivative.

    Parts made inside ``autograd.scope(name)`` are framed: ``depth`` says how many nested scopes
    are open, ``collapse`` and ``expand`` close and open scopes by their path (``"encoder.*"``).
    A graph of more than ``limit`` values is folded, and a note says how. Arrays show as heatmaps,
    white at zero. ``notation`` is lecture, nielsen, cs224n or cs231n.

    ``root`` may also be a value of another engine, micrograd's or one's own, with ``data``,
    ``grad`` and its operands in ``inputs`` or ``_prev``: it is drawn op by op.

    >>> from autograd import Value
    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> print(draw(w * x))
    graph of u₁
      w   value 2   δ —
      x   value 3   δ —
      u₁ = w · x   value 6   δ —
        from w: ∂u₁/∂w = x = 3
        from x: ∂u₁/∂x = w = 2
    """
    if not isinstance(root, Node) and is_foreign(root):
        shown = foreign_diagram(root, limit)
        return Drawing(shown, check_rankdir(rankdir), palette, theme)
    shown = diagram(
        root, limit, backward=backward, depth=depth, collapse=collapse, expand=expand,
        heatmaps=heatmaps, notation=notation,
    )  # fmt: skip
    return Drawing(shown, check_rankdir(rankdir), palette, theme)


def draw_backprop(
    model: Callable[[Any], Any],
    x: Any,
    y: Any = None,
    loss: Callable[[Any, Any], Any] | None = None,
    *,
    notation: str = "lecture",
    palette: str = "default",
    theme: str = "light",
) -> Drawing:
    """Forward x → z¹ → a¹ → … → J, and back: δ^l, ∂J/∂W^l, ∂J/∂b^l, with shapes and numbers.

    ``loss(model(x), y)`` gives J; by default the cross-entropy where ``y`` holds integers, the
    mean squared error otherwise. The gradients of the model's parameters stay as they were.
    Instead of a model a Value may be given, a loss computed in ``autograd.scope("layer 1")``, …

    Raises:
        ValueError: no layer is found: no scope holds a net input z.
    """
    return Drawing(backprop_diagram(model, x, y, loss, notation), "TB", palette, theme)


def draw_network(
    model: Callable[[Any], Any],
    x: Any = None,
    y: Any = None,
    loss: Callable[[Any, Any], Any] | None = None,
    *,
    row: int = 0,
    rankdir: str = "LR",
    notation: str = "lecture",
    palette: str = "default",
    theme: str = "light",
) -> Drawing:
    """Neurons in columns, weights as lines: dashed where negative, wide where large.

    With ``x`` each unit shows its activation for row number ``row``, with ``y`` also its δ = ∂J/∂z.
    A circle with 1 is the bias unit. Of a large layer the first units and the last are drawn.

    Raises:
        ValueError: no fully connected layer is found, or the model has no weights yet.
    """
    shown = network_diagram(model, x, y, loss, row, notation)
    return Drawing(shown, check_rankdir(rankdir), palette, theme)


def draw_derivative(
    root: Node,
    rankdir: str = "LR",
    limit: int = LIMIT,
    *,
    notation: str = "lecture",
    palette: str = "default",
    theme: str = "light",
) -> Drawing:
    """The backward pass as a graph of its own, mirrored below the forward graph.

    It is what ``backward(create_graph=True)`` records: every op of every rule, the gradients in
    line with their values. Dotted lines show which forward values are read again. No ``.grad``
    is changed.

    Raises:
        ValueError: more than ``limit`` values, forward and backward together.
    """
    shown = derivative_diagram(root, limit, notation)
    return Drawing(shown, check_rankdir(rankdir), palette, theme)


def compare(
    one: Any,
    two: Any,
    rankdir: str = "LR",
    *,
    notation: str = "lecture",
    palette: str = "default",
    theme: str = "light",
    **options: Any,
) -> Compared:
    """Two states of graphs of one shape on one layout: before and after a step, two batches, …

    Each is a Value (with the data and gradients that it has now), a trace whose function returned
    the loss (its last state), or a state of such a trace. The picture shows ``before → after`` in
    each box that differs, and how much; ``.before`` and ``.after`` are drawn in the same places.
    Further ``options`` are those of ``diagram``.

    Raises:
        ValueError: the graphs differ in shape.
    """
    found = compare_states(one, two, notation=notation, **options)
    check_rankdir(rankdir)
    whole = found.difference
    before = Drawing(found.before, rankdir, palette, theme, like=whole)
    after = Drawing(found.after, rankdir, palette, theme, like=whole)
    return Compared(before, after, whole, rankdir, palette, theme)


class Compared(Drawing):
    """The picture of two states; ``before`` and ``after`` are each alone, in the same places."""

    def __init__(
        self, before: Drawing, after: Drawing, whole: Diagram, rankdir: str, *look: str
    ) -> None:
        palette, theme = look
        super().__init__(whole, rankdir, palette, theme, like=whole)
        self.before, self.after = before, after
