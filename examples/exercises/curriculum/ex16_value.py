"""Exercise 16: a Value that remembers what it was computed from."""

from typing import Any

import numpy as np

from ..divergence_search import first_wrong_rule
from ..exercise import Exercise, Probe

STUB = '''
class Value:
    """A number that remembers what it was computed from.

    data: the number; grad: ∂J/∂this, 0.0 at first.
    inputs: the Values it was computed from, in order, one entry per use.
    rules: one function per input: rules[k](delta) is what arrives at inputs[k] when delta,
    that is ∂J/∂this, has arrived here: delta · ∂this/∂inputs[k].
    """

    def __init__(self, data, inputs=(), rules=()):
        self.data = data
        self.grad = 0.0
        self.inputs = tuple(inputs)
        self.rules = tuple(rules)

    def __add__(self, other):
        """self + other; other is a Value or a number."""
        raise NotImplementedError

    def __mul__(self, other):
        """self * other; other is a Value or a number."""
        raise NotImplementedError

    # Python calls these for 2 + v and 2 * v, where the left side is no Value.

    def __radd__(self, other):
        raise NotImplementedError

    def __rmul__(self, other):
        raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    mul_swapped: bool = False,
    returns_float: bool = False,
    mutates_operand: bool = False,
    radd_missing: bool = False,
    parents_in_set: bool = False,
    add_like_mul: bool = False,
    number_not_wrapped: bool = False,
) -> tuple[Any, ...]:
    class Value:
        """A number that remembers what it was computed from."""

        def __init__(self, data, inputs=(), rules=()):
            self.data = data
            self.grad = 0.0
            self.inputs = set(inputs) if parents_in_set else tuple(inputs)
            self.rules = tuple(rules)

        def __add__(self, other):
            if number_not_wrapped:
                other.data  # noqa: B018
            other = other if isinstance(other, Value) else Value(other)
            if returns_float:
                return self.data + other.data
            if mutates_operand:
                self.data += other.data
                return self
            if add_like_mul:
                rules = (lambda delta: delta * other.data, lambda delta: delta * self.data)
                return Value(self.data + other.data, (self, other), rules)
            rules = (lambda delta: delta, lambda delta: delta)
            return Value(self.data + other.data, (self, other), rules)

        def __mul__(self, other):
            if number_not_wrapped:
                other.data  # noqa: B018
            other = other if isinstance(other, Value) else Value(other)
            if returns_float:
                return self.data * other.data
            if mutates_operand:
                self.data *= other.data
                return self
            rules = (
                lambda delta: delta * (self if mul_swapped else other).data,
                lambda delta: delta * (other if mul_swapped else self).data,
            )
            return Value(self.data * other.data, (self, other), rules)

        def __radd__(self, other):
            return NotImplemented if radd_missing else self + other

        def __rmul__(self, other):
            return NotImplemented if radd_missing else self * other

    return (Value,)


def described(out: Any, *operands: Any) -> dict[str, Any]:
    """What a result remembers, as plain values; operands are told by their place."""
    if not hasattr(out, "data"):
        return {"result": out}
    inputs = out.inputs
    kind = "unordered set" if isinstance(inputs, set | frozenset) else "ordered"
    places = [next((k for k, v in enumerate(operands) if v is x), -1) for x in inputs]
    return {
        "data": out.data,
        "grad": out.grad,
        "inputs are": kind,
        "inputs": sorted(places) if kind == "unordered set" else places,
        "what arrives for δ = 1": [rule(1.0) for rule in out.rules],
        "what arrives for δ = 3": [rule(3.0) for rule in out.rules],
        "operands afterwards": [v.data for v in operands],
    }


def binary(text: str, a: float, b: float, compute: Any) -> Probe:
    def run(names: Any) -> Any:
        x, y = names.Value(a), names.Value(b)
        return described(compute(x, y), x, y)

    return Probe(f"a, b = Value({a:g}), Value({b:g}); {text}", run)


def unary(text: str, a: float, compute: Any) -> Probe:
    def run(names: Any) -> Any:
        x = names.Value(a)
        return described(compute(x), x)

    return Probe(f"a = Value({a:g}); {text}", run)


def nested(names: Any) -> Any:
    a, b = names.Value(2.0), names.Value(-3.0)
    product = a * b
    out = product + a
    return {"sum": described(out, product, a), "product": described(product, a, b)}


def probes() -> list[Probe]:
    return [
        binary("a + b", 2.0, -3.0, lambda a, b: a + b),
        binary("a * b", 2.0, -3.0, lambda a, b: a * b),
        binary("a * b", -1.5, 4.0, lambda a, b: a * b),
        binary("b * a", 2.0, 5.0, lambda a, b: b * a),
        unary("a * a", 3.0, lambda a: a * a),
        unary("a + a", 3.0, lambda a: a + a),
        unary("a + 2", 3.0, lambda a: a + 2),
        unary("a * 2", 3.0, lambda a: a * 2),
        unary("2 + a", 3.0, lambda a: 2 + a),
        unary("2 * a", 3.0, lambda a: 2 * a),
        Probe("a, b = Value(2), Value(-3); a * b + a", nested),
    ]


#: What each result of the graph computes, by its label.
FORMULAS = {"c = a * b": np.multiply, "d = c + a": np.add, "J = d * b": np.multiply}


def graph(names: Any) -> Any:
    """J = (a·b + a)·b."""
    a, b = names.Value(2.0), names.Value(-3.0)
    c = a * b
    d = c + a
    J = d * b
    for value, label in zip((a, b, c, d, J), ("a", "b", *FORMULAS), strict=True):
        value.label = label
    return J


def diverges(names: Any) -> str:
    return first_wrong_rule(graph(names), FORMULAS)


EXERCISE = Exercise(
    id=16,
    slug="value",
    title="A Value that remembers where it comes from",
    task="""
An engine differentiates what it has seen. Let + and * return a new Value that keeps its
inputs in order, once per use (a * a has two), and one rule per input. A number beside a
Value is wrapped in a Value. rules[k](delta) multiplies delta by the local derivative.""",
    formula="""
y = a + b:   ∂y/∂a = 1   ∂y/∂b = 1
y = a · b:   ∂y/∂a = b   ∂y/∂b = a      what arrives at a: δ · ∂y/∂a""",
    hints=(
        "The result needs its number, the two operands, and for each of them how a change in "
        "the operand changes the result.",
        "For y = a·b, ∂y/∂a = b: the other operand's number. So rules[0](delta) = delta · b.",
        "return Value(self.data * other.data, (self, other), "
        "(lambda delta: delta * other.data, lambda delta: delta * self.data))",
    ),
    stub=STUB,
    names=("Value",),
    reference=reference,
    mistakes={
        "mul_swapped": "the rules of * are swapped: ∂(a·b)/∂a = b, the other operand",
        "returns_float": "the result is a bare number; return a Value that keeps its inputs",
        "mutates_operand": "an operand is changed in place; make a new Value for the result",
        "radd_missing": "2 + a and 2 * a fail: Python then asks a.__radd__(2) and a.__rmul__(2)",
        "parents_in_set": "inputs are kept in a set: the order of a and b and the second use "
        "in a * a are lost; keep a tuple",
        "add_like_mul": "the rules of + are those of *: ∂(a+b)/∂a = 1",
        "number_not_wrapped": "a + 2 fails: a number beside a Value must be wrapped, Value(2)",
    },
    ambiguous=(
        "mul_swapped+returns_float",
        "mul_swapped+mutates_operand",
        "returns_float+mutates_operand",
        "returns_float+parents_in_set",
        "returns_float+add_like_mul",
        "mutates_operand+add_like_mul",
    ),
    probes=probes,
    diverges=diverges,
    graph=graph,
    after="Our own engine does the same: one rule per input, on (delta, out, *inputs).",
)
