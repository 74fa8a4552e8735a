"""Exercise 20: arrays: broadcasting undone, and the product of matrices."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Pick, Probe, call
from ..random_inputs import array

STUB = '''
import numpy as np

from exercises.given import Value


def unbroadcast(grad, shape):
    """grad summed over the axes along which an array of this shape was repeated.

    (4, 3) to (3,), (4, 1), (1, 3), (1, 1) or (): the result has exactly this shape.
    """
    raise NotImplementedError


def matmul(a, b):
    """a @ b, two Values of matrices; the kit puts it behind Value's @."""
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    mean_not_sum: bool = False,
    sums_everything: bool = False,
    only_leading_axes: bool = False,
    keepdims_lost: bool = False,
    no_T: bool = False,
    operands_swapped: bool = False,
) -> tuple[Any, ...]:
    Value = given.Value

    def unbroadcast(grad, shape):
        grad = np.asarray(grad)
        add = np.mean if mean_not_sum else np.sum
        if sums_everything and grad.shape != shape:
            return np.full(shape, add(grad))
        while grad.ndim > len(shape):
            grad = add(grad, axis=0)
        if only_leading_axes:
            return grad
        repeated = tuple(axis for axis, n in enumerate(shape) if n == 1)
        if repeated:
            grad = add(grad, axis=repeated, keepdims=not keepdims_lost)
        return grad

    def matmul(a, b):
        if no_T:
            rules = (lambda delta: delta @ b.data, lambda delta: a.data @ delta)
        elif operands_swapped:
            rules = (lambda delta: b.data.T @ delta, lambda delta: delta @ a.data.T)
        else:
            rules = (lambda delta: delta @ b.data.T, lambda delta: a.data.T @ delta)
        return Value(a.data @ b.data, (a, b), rules)

    return unbroadcast, matmul


def product(a: Any, b: Any, delta: Any) -> Probe:
    def run(names: Any) -> Any:
        out = names.matmul(names.Value(a), names.Value(b))
        if not hasattr(out, "rules"):
            return {"result": out}
        to_a, to_b = (rule(delta) for rule in out.rules)
        return {"data": out.data, "dA": to_a, "dB": to_b}

    def numeric() -> Any:
        from ..samples import central_differences

        return {
            "dA": central_differences(lambda x: np.sum((x @ b) * delta), a),
            "dB": central_differences(lambda x: np.sum((a @ x) * delta), b),
        }

    return Probe(f"matmul of {a.shape} and {b.shape}, and what arrives for δ = G", run, numeric)


def probes() -> list[Probe]:
    rng = np.random.default_rng(20)

    def numbers(*shape: int) -> Any:
        return rng.normal(size=shape).round(2)

    grad, cube = numbers(4, 3), numbers(2, 4, 3)
    found = [
        call("unbroadcast", grad=grad, shape=shape)
        for shape in ((3,), (1, 3), (4, 1), (1, 1), (), (4, 3))
    ]
    found += [call("unbroadcast", grad=cube, shape=shape) for shape in ((3,), (4, 1), (2, 1, 3))]
    for n, k, m in ((4, 3, 2), (2, 2, 2), (3, 3, 3), (1, 3, 1)):
        found.append(product(numbers(n, k), numbers(k, m), numbers(n, m)))
    return found


def random(pick: Pick) -> Probe:
    shape = pick(((2,), (2, 3), (2, 3, 2), (1, 2), (2, 1, 3, 2)))
    kept = tuple(pick((n, 1)) for n in shape)[pick(range(len(shape) + 1)) :]
    return call("unbroadcast", grad=array(pick, *shape), shape=kept)


EXERCISE = Exercise(
    id=20,
    slug="arrays",
    title="Arrays: broadcasting undone, matrices multiplied",
    task="""
A bias b of shape (3,) added to (4, 3) is used four times, once per row: its gradient is the sum
over the rows. unbroadcast does that for any shape. Then the product of matrices: what arrives
has the shape of what it arrives at, which alone almost tells the formula.""",
    formula="""
Y = A B:   ∂J/∂A = G Bᵀ     ∂J/∂B = Aᵀ G     (G = ∂J/∂Y)
∂J/∂b = Σ over repeated axes of G""",
    hints=(
        "Two kinds of axes were repeated: those in front that b does not have, and those where "
        "b has length 1.",
        "Sum over axis 0 until the number of axes agrees; then over each axis of length 1, with "
        "keepdims=True.",
        "rules = (lambda delta: delta @ b.data.T, lambda delta: a.data.T @ delta)",
    ),
    stub=STUB,
    names=("unbroadcast", "matmul"),
    uses=("Value",),
    reference=reference,
    mistakes={
        "mean_not_sum": "the repeated axes are averaged; uses add up: sum",
        "sums_everything": "all is summed; only the axes that were repeated are",
        "only_leading_axes": "axes of length 1 were repeated too: (4, 1) needs a sum over axis 1",
        "keepdims_lost": "an axis of length 1 is lost: the result has the shape asked for, "
        "keepdims=True",
        "no_T": "a transpose is missing: ∂J/∂A = G Bᵀ, ∂J/∂B = Aᵀ G",
        "operands_swapped": "the factors are the wrong way round: ∂J/∂A = G Bᵀ, ∂J/∂B = Aᵀ G",
    },
    ambiguous=(
        "sums_everything+only_leading_axes",
        "sums_everything+keepdims_lost",
        "only_leading_axes+keepdims_lost",
        "no_T+operands_swapped",
    ),
    probes=probes,
    random=random,
    after="In autograd, un-broadcasting stands in one place, in the sweep, not in every rule.",
)
