"""Exercise 18: gradients add up."""

from typing import Any

from ..divergence_search import first_wrong_sum
from ..exercise import Exercise, Probe

STUB = '''
from exercises.given import topological_order  # from exercise 17


def backward(root):
    """The reverse sweep, for values that are used several times and for several sweeps.

    A leaf (no inputs) keeps what earlier sweeps brought and adds to it. Every other value
    starts each sweep at 0, the root at 1.
    """
    raise NotImplementedError


def zero_grad(parameters):
    """Set every grad back to 0.0."""
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    assign: bool = False,
    zeroed_inside_backward: bool = False,
    grad_never_reset: bool = False,
    zero_grad_does_nothing: bool = False,
) -> tuple[Any, ...]:
    topological_order = given.topological_order

    def backward(root):
        order = topological_order(root)
        for node in order:
            if zeroed_inside_backward:
                node.grad = 0.0
            elif node.inputs:
                node.grad = node.grad if grad_never_reset else 0.0
        root.grad = 1.0
        for node in order:
            for x, rule in zip(node.inputs, node.rules, strict=True):
                x.grad = rule(node.grad) if assign else x.grad + rule(node.grad)

    def zero_grad(parameters):
        for p in parameters:
            p.grad = p.grad if zero_grad_does_nothing else 0.0

    return backward, zero_grad


def swept(build: Any, sweeps: int = 1) -> Any:
    def run(names: Any) -> Any:
        leaves, root = build(names.Value)
        for _ in range(sweeps):
            names.backward(root)
        return {"leaves": [leaf.grad for leaf in leaves]}

    return run


def square(Value: Any) -> Any:
    x = Value(3.0)
    return [x], x * x


def double(Value: Any) -> Any:
    x = Value(3.0)
    return [x], x + x


def diamond(Value: Any) -> Any:
    a, b = Value(2.0), Value(-1.5)
    c = a * b
    d = c + a
    return [a, b], c * d


def cube(Value: Any) -> Any:
    x = Value(2.0)
    return [x], x * x * x


def two_roots(names: Any) -> Any:
    w = names.Value(2.0)
    for factor in (3.0, -0.5):
        names.backward(w * factor)
    return {"w.grad after two losses": w.grad}


def zeroed(names: Any) -> Any:
    a, b = names.Value(2.0), names.Value(5.0)
    names.backward(a * b)
    names.zero_grad([a, b])
    between = [a.grad, b.grad]
    names.backward(a * b + a)
    return {"after zero_grad": between, "after the next sweep": [a.grad, b.grad]}


def probes() -> list[Probe]:
    return [
        Probe("x * x, x = 3; backward", swept(square)),
        Probe("x + x, x = 3; backward", swept(double)),
        Probe("c * d, with c = a * b and d = c + a; backward", swept(diamond)),
        Probe("x * x * x, x = 2; backward twice", swept(cube, 2)),
        Probe("c * d, with c = a * b and d = c + a; backward twice", swept(diamond, 2)),
        Probe("w * 3 and w * −0.5; backward of both", two_roots),
        Probe("a * b; backward; zero_grad; a * b + a; backward", zeroed),
    ]


def graph(names: Any) -> Any:
    """J = c·d, c = a·b, d = c + a: c and a are used twice."""
    a, b = names.Value(2.0), names.Value(-1.5)
    c = a * b
    d = c + a
    J = c * d
    for value, label in ((a, "a"), (b, "b"), (c, "c = a * b"), (d, "d = c + a"), (J, "J = c * d")):
        value.label = label
    return J


def diverges(names: Any) -> str:
    return first_wrong_sum(graph(names), names.backward)


EXERCISE = Exercise(
    id=18,
    slug="accumulate",
    title="Gradients add up",
    task="""
A value that is used twice gets a contribution from each use: they add up. Over several sweeps
the leaves add up too (that is how a batch can be taken in parts), until zero_grad. What lies
between must start each sweep fresh, or old contributions would be handed on again.""",
    formula="∂J/∂x = Σ over all uses of x:  δ · ∂user/∂x        (x · x has two uses: 2x)",
    hints=(
        "Before the sweep, clear what is no leaf. In the sweep, add instead of setting.",
        "x.grad = x.grad + rule(node.grad). A leaf is a node whose inputs are empty.",
        "for node in order: if node.inputs: node.grad = 0.0    then root.grad = 1.0",
    ),
    stub=STUB,
    names=("backward", "zero_grad"),
    uses=("Value",),
    reference=reference,
    mistakes={
        "assign": "= instead of +=: the second use of a value overwrites the first",
        "zeroed_inside_backward": "each sweep clears the leaves too: two losses no longer add up",
        "grad_never_reset": "values in between keep δ of the last sweep and hand it on again",
        "zero_grad_does_nothing": "zero_grad leaves the gradients as they are",
    },
    ambiguous=(
        "assign+zeroed_inside_backward",
        "assign+grad_never_reset",
        "zeroed_inside_backward+grad_never_reset",
    ),
    probes=probes,
    diverges=diverges,
    graph=graph,
    after="autograd.Value keeps this contract too: backward twice gives a leaf exactly the double.",
)
