"""Exercise 19: more operations."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..divergence_search import first_wrong_rule
from ..exercise import Exercise, Probe
from ..samples import central_differences

STUB = '''
import numpy as np

from exercises.given import Value  # the Value of exercise 16: Value(data, inputs, rules)

# The kit puts these behind Value's operators: a - b, a / b, a ** n, a.tanh(), … A data may be a
# number or an array: NumPy's functions take both.


def as_value(x):
    return x if isinstance(x, Value) else Value(x)


def sub(a, b):
    """a − b; b is a Value or a number."""
    b = as_value(b)
    raise NotImplementedError


def div(a, b):
    """a / b; b is a Value or a number."""
    b = as_value(b)
    raise NotImplementedError


def power(a, n):
    """aⁿ; n is a number."""
    raise NotImplementedError


def relu(a):
    """max(0, a)."""
    raise NotImplementedError


def tanh(a):
    raise NotImplementedError


def exp(a):
    raise NotImplementedError


def log(a):
    raise NotImplementedError


def sigmoid(a):
    """1/(1 + e^(−a))."""
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    no_upstream: bool = False,
    pow_keep_n: bool = False,
    tanh_of_z: bool = False,
    relu_always: bool = False,
    sub_sign: bool = False,
    div_no_square: bool = False,
    sigmoid_of_z: bool = False,
) -> tuple[Any, ...]:
    Value = given.Value

    def as_value(x):
        return x if isinstance(x, Value) else Value(x)

    def times(local):
        return lambda delta: local if no_upstream else delta * local

    def sub(a, b):
        b = as_value(b)
        return Value(a.data - b.data, (a, b), (times(1.0), times(1.0 if sub_sign else -1.0)))

    def div(a, b):
        b = as_value(b)
        to_b = -a.data / (b.data if div_no_square else b.data**2)
        return Value(a.data / b.data, (a, b), (times(1 / b.data), times(to_b)))

    def power(a, n):
        local = n * a.data ** (n if pow_keep_n else n - 1)
        return Value(a.data**n, (a,), (times(local),))

    def relu(a):
        passes = 1.0 if relu_always else np.where(a.data > 0, 1.0, 0.0)
        return Value(np.maximum(0.0, a.data), (a,), (times(passes),))

    def tanh(a):
        t = np.tanh(a.data)
        return Value(t, (a,), (times(1 - (a.data if tanh_of_z else t) ** 2),))

    def exp(a):
        e = np.exp(a.data)
        return Value(e, (a,), (times(e),))

    def log(a):
        return Value(np.log(a.data), (a,), (times(1 / a.data),))

    def sigmoid(a):
        s = 1 / (1 + np.exp(-a.data))
        return Value(s, (a,), (times(a.data * (1 - a.data) if sigmoid_of_z else s * (1 - s)),))

    return sub, div, power, relu, tanh, exp, log, sigmoid


#: What is computed, on numbers: for central differences.
FORMULAS: dict[str, Callable[..., Any]] = {
    "sub": lambda a, b: a - b,
    "div": lambda a, b: a / b,
    "power": lambda a, n: a**n,
    "relu": lambda a: np.maximum(0.0, a),
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
}


def operation(name: str, delta: float, *numbers: float) -> Probe:
    """One op on Values: its number, its inputs, and what arrives at each for this δ."""

    def run(names: Any) -> Any:
        operands = [names.Value(number) for number in numbers]
        if name == "power":
            operands[1] = numbers[1]
        out = getattr(names, name)(*operands)
        if not hasattr(out, "rules"):
            return {"result": out}
        places = [next((k for k, v in enumerate(operands) if v is x), -1) for x in out.inputs]
        arrives = [rule(delta) for rule in out.rules]
        return {"data": out.data, "inputs": places, "arrives": arrives}

    def numeric() -> Any:
        formula, found = FORMULAS[name], []
        for k in range(1 if name == "power" else len(numbers)):

            def moved(x: Any, k: int = k) -> Any:
                return formula(*numbers[:k], x, *numbers[k + 1 :])

            found.append(delta * central_differences(moved, numbers[k]))
        return {"arrives": found}

    shown = ", ".join(f"{number:g}" for number in numbers)
    return Probe(f"{name}({shown}), and what arrives for δ = {delta:g}", run, numeric)


def on_array(name: str) -> Probe:
    """An activation on an array."""

    def run(names: Any) -> Any:
        data, delta = np.array([0.5, -1.0, 2.0]), np.array([2.0, -3.0, 0.5])
        out = getattr(names, name)(names.Value(data))
        return {"data": out.data, "arrives": [rule(delta) for rule in out.rules]}

    return Probe(f"{name}([0.5, −1, 2]), and what arrives for δ = [2, −3, 0.5]", run)


def with_number(names: Any) -> Any:
    a = names.Value(3.0)
    outs = [names.sub(a, 1.0), names.div(a, 2.0)]
    return [[out.data, out.rules[0](-2.0)] for out in outs]


def probes() -> list[Probe]:
    found = [
        operation("sub", -2.5, 3.0, 0.5), operation("sub", 1.5, -1.0, 2.0),
        operation("div", -2.5, 3.0, 0.5), operation("div", 2.0, -1.0, 4.0),
        operation("power", -2.5, 3.0, 2), operation("power", 2.0, 0.5, 3),
        operation("power", 3.0, 2.0, -1), operation("power", 2.0, 4.0, 0.5),
    ]  # fmt: skip
    for name in ("relu", "tanh", "exp", "sigmoid"):
        found += [operation(name, -2.5, 0.5), operation(name, 3.0, -1.5), on_array(name)]
    found += [operation("log", -2.5, 0.5), operation("log", 3.0, 2.0)]
    return [*found, Probe("sub(a, 1) and div(a, 2), a = 3", with_number)]


def graph(names: Any) -> Any:
    """J = log σ(relu(e^(a³) − tanh(a/b))): every operation once, δ never 1."""

    def made(name: str, *operands: Any) -> Any:
        out = getattr(names, name)(*operands)
        out.label = name
        return out

    a, b = names.Value(0.75), names.Value(1.5)
    a.label, b.label = "a", "b"
    c = made("sub", made("exp", made("power", a, 3)), made("tanh", made("div", a, b)))
    return made("log", made("sigmoid", made("relu", c)))


def diverges(names: Any) -> str:
    return first_wrong_rule(graph(names), {**FORMULAS, "power": lambda a: a**3})


EXERCISE = Exercise(
    id=19,
    slug="operations",
    title="More operations",
    task="""
Each operation is its number, its inputs, and one rule per input: δ times the local
derivative. With these eight the engine can train networks. Mind g' of the activations: for tanh
and σ it is written with the result, 1 − a² and a(1 − a); the slide's z(1 − z) is a slip.""",
    formula="""
a − b: 1, −1      a / b: 1/b, −a/b²      aⁿ: n·aⁿ⁻¹      relu: 1 if a > 0 else 0
tanh: 1 − tanh²   exp: exp               log: 1/a        σ: σ(1 − σ)""",
    hints=(
        "Write the derivative by each input on paper first; the rule multiplies it by delta.",
        "For y = a/b: ∂y/∂a = 1/b and ∂y/∂b = −a/b². For y = tanh a: ∂y/∂a = 1 − y².",
        "t = np.tanh(a.data); return Value(t, (a,), (lambda delta: delta * (1 - t**2),))",
    ),
    stub=STUB,
    names=("sub", "div", "power", "relu", "tanh", "exp", "log", "sigmoid"),
    uses=("Value",),
    methods=True,
    reference=reference,
    mistakes={
        "no_upstream": "delta is not used: what arrives at an input is δ · local derivative",
        "pow_keep_n": "the exponent does not fall: ∂aⁿ/∂a = n·aⁿ⁻¹",
        "tanh_of_z": "tanh' is taken of the input; it is 1 − tanh²(a), with the result",
        "relu_always": "relu lets δ through everywhere; where a < 0 nothing arrives",
        "sub_sign": "the sign is missing: ∂(a−b)/∂b = −1",
        "div_no_square": "b is not squared: ∂(a/b)/∂b = −a/b²",
        "sigmoid_of_z": "σ' is taken as z(1 − z), as the slide has it; it is a(1 − a), a = σ(z)",
    },
    probes=probes,
    diverges=diverges,
    graph=graph,
    after="Each of these is one block in autograd/ops: a forward rule, and wrt_a, wrt_b.",
)
