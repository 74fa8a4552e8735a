"""Exercise 7: linear layers collapse into one."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Probe, call

STUB = '''
import numpy as np


def collapse(layers):
    """(W, b) of the one linear layer that equals a stack of linear layers.

    layers: [(W¹, b¹), (W², b²), …], the first layer first; W^l is (units, inputs).
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    product_reversed: bool = False,
    inner_bias_dropped: bool = False,
    outer_W_not_on_bias: bool = False,
) -> tuple[Any, ...]:
    def collapse(layers):
        W, b = layers[0]
        for W_next, b_next in layers[1:]:
            W = W @ W_next if product_reversed else W_next @ W
            if inner_bias_dropped:
                b = b_next
            else:
                b = (b if outer_W_not_on_bias else W_next @ b) + b_next
        return W, b

    return (collapse,)


def beside_the_stack(names: Any) -> Any:
    rng = np.random.default_rng(70)
    layers, x = stack(rng, (3, 3, 3, 3)), rng.normal(size=3)
    linear, bent = x, x
    for W, b in layers:
        linear, bent = W @ linear + b, np.tanh(W @ bent + b)
    W, b = names.collapse(layers)
    return {"minus the stack": W @ x + b - linear, "minus the same with tanh": W @ x + b - bent}


def stack(rng: Any, widths: tuple[int, ...]) -> list[Any]:
    pairs = zip(widths[:-1], widths[1:], strict=True)
    return [(rng.normal(size=(out, n)).round(2), rng.normal(size=out).round(2)) for n, out in pairs]


def probes() -> list[Probe]:
    rng = np.random.default_rng(7)
    widths = [(2, 2, 2), (3, 2, 1), (2, 2, 2, 2), (1, 4, 2), (2, 3)]
    found = [call("collapse", layers=stack(rng, w)) for w in widths]
    return [
        *found,
        Probe("the collapsed layer on x, three layers of 3 units", beside_the_stack),
    ]


EXERCISE = Exercise(
    id=7,
    slug="collapse",
    title="Linear layers collapse",
    task="""
Without a non-linearity between them, layers are no deeper than one: W²(W¹x + b¹) + b² is
again linear in x. Find the one layer that does the same.""",
    formula="Ŵ = W² W¹        b̂ = W² b¹ + b²",
    hints=(
        "Multiply out W²(W¹x + b¹) + b² and collect what stands with x, and what does not.",
        "Ŵ = W²W¹: the later layer stands on the left. b̂ = W²b¹ + b². Then go on with the next.",
        "for W_next, b_next in layers[1:]: W, b = W_next @ W, W_next @ b + b_next",
    ),
    stub=STUB,
    names=("collapse",),
    reference=reference,
    mistakes={
        "product_reversed": "the product is the wrong way round: Ŵ = W² W¹, the later layer left",
        "inner_bias_dropped": "the bias of the earlier layers is lost: b̂ = W² b¹ + b²",
        "outer_W_not_on_bias": "b¹ passes through W² too: b̂ = W² b¹ + b²",
    },
    ambiguous=("inner_bias_dropped+outer_W_not_on_bias",),
    probes=probes,
    parts=("W", "b"),
    after="With tanh in between nothing of this holds: non-linearity is what makes depth useful.",
)
