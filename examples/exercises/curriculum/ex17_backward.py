"""Exercise 17: the order of a graph, and the reverse sweep."""

from typing import Any

from ..divergence_search import first_wrong_sum
from ..exercise import Exercise, Probe

STUB = '''
from exercises.given import Value  # the Value of exercise 16: data, grad, inputs, rules


def topological_order(root):
    """All Values that root was computed from, root first; each once, and after all its users."""
    raise NotImplementedError


def backward(root):
    """Hand δ from root to everything it was computed from: the reverse sweep.

    Set root.grad to 1, then go through topological_order(root): what rules[k](node.grad) gives
    arrives at inputs[k].
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    no_seed: bool = False,
    preorder: bool = False,
    visited_missing: bool = False,
    recursion_depth: bool = False,
    no_delta: bool = False,
) -> tuple[Any, ...]:
    def topological_order(root):
        order, seen = [], set()
        if recursion_depth:

            def visit(node):
                if node in seen and not visited_missing:
                    return
                seen.add(node)
                if preorder:
                    order.append(node)
                for x in node.inputs:
                    visit(x)
                if not preorder:
                    order.append(node)

            visit(root)
            return order if preorder else order[::-1]
        waiting = [(root, False)]
        while waiting:
            node, inputs_are_done = waiting.pop()
            if inputs_are_done:
                order.append(node)
                continue
            if False if visited_missing else node in seen:
                continue
            seen.add(node)
            if preorder:
                order.append(node)
            else:
                waiting.append((node, True))
            for x in reversed(node.inputs):
                waiting.append((x, False))
        return order if preorder else order[::-1]

    def backward(root):
        root.grad = 0.0 if no_seed else 1.0
        for node in topological_order(root):
            for x, rule in zip(node.inputs, node.rules, strict=True):
                x.grad = x.grad + rule(1.0 if no_delta else node.grad)

    return topological_order, backward


def facts(order: Any, root: Any) -> dict[str, Any]:
    """What holds of an order, whichever of the right ones it is."""
    place: dict[int, int] = {}
    for number, node in enumerate(order):
        place.setdefault(id(node), number)
    wrong = sum(
        id(x) not in place or place[id(x)] < place[id(node)] for node in order for x in node.inputs
    )
    return {
        "length": len(order),
        "different values": len(place),
        "root comes first": bool(len(order)) and order[0] is root,
        "inputs before their users": wrong,
    }


def chain(names: Any, links: int) -> tuple[Any, Any]:
    x = names.Value(1.0)
    out = x
    for _ in range(links):
        out = out + 0.001
    return x, out


def order_of(build: Any) -> Any:
    def run(names: Any) -> Any:
        root = build(names.Value)
        return facts(list(names.topological_order(root)), root)

    return run


def product(Value: Any) -> Any:
    return Value(2.0) * Value(3.0)


def diamond(Value: Any) -> Any:
    a = Value(2.0)
    b, c = a * 3.0, a + 1.0
    return b * c + a


def ladder(Value: Any) -> Any:
    a = Value(1.5)
    b = a + 1.0
    c = a * b
    d = b * c
    return c + d


def grads_of(build: Any) -> Any:
    def run(names: Any) -> Any:
        leaves, root = build(names.Value)
        names.backward(root)
        return {"root": root.grad, "leaves": [leaf.grad for leaf in leaves]}

    return run


def once_used(Value: Any) -> Any:
    a, b, c = Value(2.0), Value(-3.0), Value(0.5)
    return [a, b, c], (a * b + c) * 4.0


def line(Value: Any) -> Any:
    a = Value(1.5)
    return [a], ((a * 2.0 + 1.0) * -3.0) * 0.5


def long_chain(names: Any) -> Any:
    x, out = chain(names, 5000)
    names.backward(out)
    return {"length": len(list(names.topological_order(out))), "∂out/∂x": x.grad}


def probes() -> list[Probe]:
    return [
        Probe("the order of a * b", order_of(product)),
        Probe("the order of b * c + a, with b = a * 3 and c = a + 1", order_of(diamond)),
        Probe("the order of c + d, with b = a + 1, c = a * b, d = b * c", order_of(ladder)),
        Probe("backward of (a * b + c) * 4, a, b, c = 2, −3, 0.5", grads_of(once_used)),
        Probe("backward of ((a * 2 + 1) * −3) * 0.5", grads_of(line)),
        Probe("a chain of 5000 additions", long_chain),
    ]


def graph(names: Any) -> Any:
    """J = (a·b + c)·4, each value used once."""
    (a, b, c), J = once_used(names.Value)
    a.label, b.label, c.label, J.label = "a", "b", "c", "J = (a * b + c) * 4"
    return J


def diverges(names: Any) -> str:
    return first_wrong_sum(graph(names), names.backward)


EXERCISE = Exercise(
    id=17,
    slug="backward",
    title="The reverse sweep",
    task="""
To hand δ back, a node must have its own δ first: all its users come before it. Find such an
order, then sweep through it. A chain of 5000 nodes must work: Python allows about 1000 calls
inside each other, so recursion will not do. (In the probes of backward each value is used once;
values used twice are the next exercise.)""",
    formula="∂J/∂J = 1        ∂J/∂x = Σ over uses of x:  δ of the user · ∂user/∂x",
    hints=(
        "Put a node into a list after everything it was computed from; the list reversed is the "
        "order.",
        "Without recursion: keep a list of nodes to visit, each with a note whether its inputs "
        "have been visited already. Remember what was seen.",
        "waiting = [(root, False)]; pop; if the note says done, append to order; else push "
        "(node, True) and then all (x, False)",
    ),
    stub=STUB,
    names=("topological_order", "backward"),
    uses=("Value",),
    reference=reference,
    mistakes={
        "no_seed": "root.grad is not set to 1: ∂J/∂J = 1 starts the sweep, else all stays 0",
        "preorder": "a node comes before one of its users: append it after its inputs, then "
        "reverse the list",
        "visited_missing": "a value that is used twice appears twice: remember what was seen",
        "recursion_depth": "5000 calls inside each other are too many for Python: use a list of "
        "nodes to visit instead of recursion",
        "no_delta": "the node's own δ is not handed on: rule(node.grad), not rule(1)",
    },
    probes=probes,
    diverges=diverges,
    graph=graph,
    after="autograd's sweep is the same loop; it goes by the order of creation.",
)
