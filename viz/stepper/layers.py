"""The δ of the layers: δ^l = ∂J/∂z^l, where z^l is the net input of layer l."""

from __future__ import annotations

from autograd.tracing import State, Trace, TraceNode
from autograd.tracing.events import written

from .conditions import in_layer


def net_inputs(trace: Trace, sweep: int) -> dict[str, list[TraceNode]]:
    """By layer, in order: the values z that backward pass ``sweep`` goes through.

    z is what an op with an input called ``weight`` computed, or what is labelled z…; a layer of
    neurons in scalars has several.
    """
    found: dict[str, list[TraceNode]] = {}
    if not sweep:
        return found
    reached = trace.history.uses(sweep)
    for place in sorted(reached):
        node = trace.nodes[place]
        named = bool(node.label) and str(node.label).startswith("z")
        weighted = node.block is not None and "weight" in node.block.input_names
        if node.scope and (named or weighted):
            found.setdefault(node.scope, []).append(node)
    return found


def deltas(trace: Trace, state: State, layer: str = "") -> list[str]:
    """δ of each layer now, or of one by name or number, one line each."""
    layers = net_inputs(trace, state.sweep or (1 if trace.history.sweeps else 0))
    lines = []
    for number, (scope, nodes) in enumerate(layers.items(), start=1):
        if layer and layer != str(number) and not in_layer(scope, layer):
            continue
        parts = [written(state.delta(node)) for node in nodes]
        vector = parts[0] if len(parts) == 1 else f"[{', '.join(parts)}]"
        names = nodes[0].name if len(nodes) == 1 else f"{nodes[0].name} … {nodes[-1].name}"
        lines.append(f"δ^{number} = ∂J/∂{names} = {vector}   ({scope})")
    return lines
