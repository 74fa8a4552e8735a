"""Exercise 5: XOR by two layers."""

from typing import Any

from ..exercise import Exercise, Probe

STUB = '''
from exercises.given import perceptron  # perceptron(x, w, b), from exercise 4


def xor(x1, x2):
    """(h1, h2, y): hidden unit 1 is OR, hidden unit 2 is AND, y is XOR of x1 and x2."""
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    hidden_not_stepped: bool = False,
    bias_first: bool = False,
    out_weight_sign: bool = False,
    single_layer: bool = False,
) -> tuple[Any, ...]:
    perceptron = given.perceptron

    def xor(x1, x2):
        if bias_first:
            h1 = perceptron([x1, x2], [1, -0.5], 1)
            h2 = perceptron([x1, x2], [1, -1.5], 1)
        else:
            h1 = perceptron([x1, x2], [1, 1], -0.5)
            h2 = perceptron([x1, x2], [1, 1], -1.5)
        if hidden_not_stepped:
            h1 = x1 - 0.5 * x2 + 1 if bias_first else x1 + x2 - 0.5
            h2 = x1 - 1.5 * x2 + 1 if bias_first else x1 + x2 - 1.5
        read = [x1, x2] if single_layer else [h1, h2]
        y = perceptron(read, [1, 2 if out_weight_sign else -2], -0.5)
        return h1, h2, y

    return (xor,)


def entry(x1: float, x2: float) -> Probe:
    def run(names: Any) -> Any:
        return [float(part) for part in names.xor(x1, x2)]

    return Probe(f"xor({x1:g}, {x2:g})", run)


def probes() -> list[Probe]:
    return [entry(x1, x2) for x1 in (0.0, 1.0) for x2 in (0.0, 1.0)]


EXERCISE = Exercise(
    id=5,
    slug="xor",
    title="XOR by two layers",
    task="""
XOR is "OR but not AND": the hidden units are OR and AND, the output unit reads them.
Return all three. The slide prints AND's table under XOR; XOR is 1 for (0, 1) and (1, 0) only.""",
    formula="""
hidden [[1, 1, −0.5], [1, 1, −1.5]]   (weights, bias last: OR and AND)
output [1, −2, −0.5]""",
    hints=(
        "Call the perceptron three times: twice on the inputs, once on what came out.",
        "h₁ = OR(x₁, x₂), h₂ = AND(x₁, x₂); the output counts h₁ for and h₂ against.",
        "y = perceptron([h1, h2], [1, -2], -0.5)",
    ),
    stub=STUB,
    names=("xor",),
    reference=reference,
    mistakes={
        "hidden_not_stepped": "the hidden outputs are z, not the step of z",
        "bias_first": "the bias is read as the first number; in [1, 1, −0.5] it is the last",
        "out_weight_sign": "the output's weight from AND is −2: AND speaks against XOR",
        "single_layer": "the output unit reads x₁ and x₂; it reads h₁ and h₂",
    },
    ambiguous=("out_weight_sign+single_layer",),
    probes=probes,
    parts=("h1", "h2", "y"),
    after="A second layer makes what no single line can: two half-planes, combined.",
)
