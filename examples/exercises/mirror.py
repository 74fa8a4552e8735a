"""Mirror: the graph of an exercise on autograd's own Value, traced, to be stepped through."""

from __future__ import annotations

from types import SimpleNamespace

import autograd as ag
from autograd.tracing import Contribution, Trace

from .exercise import Exercise

#: The names of the exercises on autograd's Value.
NAMES = SimpleNamespace(
    Value=ag.Value,
    sub=ag.subtract,
    div=ag.divide,
    power=ag.power,
    relu=ag.relu,
    tanh=ag.tanh,
    exp=ag.exp,
    log=ag.log,
    sigmoid=ag.sigmoid,
)


def mirrored(exercise: Exercise) -> Trace | None:
    """The right run of the exercise's graph, forward and backward; None if it has no graph."""
    if exercise.graph is None:
        return None
    with ag.trace() as run:
        exercise.graph(NAMES).backward()
    return run


def place_of(trace: Trace, divergence: str) -> int:
    """The contribution that a divergence is about; the first one if none is named in it."""
    edges = [event for event in trace if isinstance(event, Contribution)]
    for event in edges:
        from_here = f": {event.node.label} = " in divergence
        if from_here and f" → {event.input.label} = " in divergence:
            return event.index
    arriving = [event for event in edges if f": {event.input.label} = " in divergence]
    return (arriving or edges)[-1 if arriving else 0].index
