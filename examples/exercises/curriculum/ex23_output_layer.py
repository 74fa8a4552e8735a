"""Exercise 23: the output layer that a task wants."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Probe, call
from ..samples import central_differences

STUB = '''
import numpy as np

from exercises.given import sigmoid, softmax  # functions of z, from exercises 2 and 3


def output_layer(task):
    """(g, loss) by name for the task "regression", "yes/no" or "classes".

    g is "linear", "sigmoid", "softmax", "relu" or "tanh"; loss "mse" or "cross-entropy".
    """
    raise NotImplementedError


def output_delta(task, z, y):
    """δ^L = ∂J/∂z of one sample, for the output layer of the task.

    z, y: arrays, one number per unit. J is Σ (ŷ − y)² for "regression",
    −Σ [y log ŷ + (1 − y) log(1 − ŷ)] for "yes/no", −Σ y log ŷ for "classes".
    """
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    softmax_for_regression: bool = False,
    sigmoid_for_exclusive: bool = False,
    gprime_twice: bool = False,
    relu_output: bool = False,
    no_two: bool = False,
) -> tuple[Any, ...]:
    sigmoid = given.sigmoid
    softmax = given.softmax

    def output_layer(task):
        if task == "regression":
            if softmax_for_regression:
                return "softmax", "mse"
            return ("relu" if relu_output else "linear"), "mse"
        if task == "yes/no":
            return "sigmoid", "cross-entropy"
        return ("sigmoid" if sigmoid_for_exclusive else "softmax"), "cross-entropy"

    def output_delta(task, z, y):
        if task == "regression":
            return (1 if no_two else 2) * (z - y)
        g = sigmoid if task == "yes/no" else sigmoid if sigmoid_for_exclusive else softmax
        a = g(z)
        return (a - y) * a * (1 - a) if gprime_twice else a - y

    return output_layer, output_delta


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-np.asarray(z)))


def numeric(task: str, z: Any, y: Any) -> Any:
    """δ^L by central differences."""

    def cost(z: Any) -> float:
        if task == "regression":
            return float(np.sum((z - y) ** 2))
        if task == "yes/no":
            a = _sigmoid(z)
            return float(-np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)))
        return float(-np.sum(y * (z - np.log(np.sum(np.exp(z))))))

    return lambda: central_differences(cost, z)


def probes() -> list[Probe]:
    rng = np.random.default_rng(23)
    found = [call("output_layer", task=task) for task in ("regression", "yes/no", "classes")]
    for _ in range(2):
        z3, z2, z1 = (rng.normal(size=n).round(2) for n in (3, 2, 1))
        cases = [
            ("regression", z2, rng.normal(size=2).round(2)),
            ("yes/no", z1, np.array([float(rng.integers(0, 2))])),
            ("classes", z3, np.eye(3)[rng.integers(0, 3)]),
        ]
        for task, z, y in cases:
            found.append(call("output_delta", numeric(task, z, y), task=task, z=z, y=y))
    return found


EXERCISE = Exercise(
    id=23,
    slug="output_layer",
    title="The output layer",
    task="""
What the network is for decides its last layer: numbers of any size, a yes or no, or one of N
classes. With the loss that belongs to it, δ^L becomes strikingly simple: g' cancels.""",
    formula="""
regression: linear, MSE              δ^L = 2(ŷ − y)
two classes: one sigmoid unit, CE    δ^L = ŷ − y
N classes: N softmax units, CE       δ^L = ŷ − y""",
    hints=(
        "Which numbers may come out: any, one between 0 and 1, or several that sum to 1?",
        "For σ and cross-entropy, ∂J/∂ŷ · σ'(z) is (ŷ − y)/(ŷ(1 − ŷ)) · ŷ(1 − ŷ).",
        "return softmax(z) - y for classes, sigmoid(z) - y for yes/no, 2 * (z - y) else",
    ),
    stub=STUB,
    names=("output_layer", "output_delta"),
    reference=reference,
    mistakes={
        "softmax_for_regression": "softmax outputs sum to 1, so they fit no regression; linear",
        "sigmoid_for_exclusive": "classes that exclude each other want softmax: they sum to 1",
        "gprime_twice": "g'(z) is multiplied in once more; with cross-entropy it has cancelled",
        "relu_output": "relu cannot output negative numbers; regression wants a linear output",
        "no_two": "factor 2 is missing: J = Σ(ŷ−y)², so δ^L = 2(ŷ−y)",
    },
    ambiguous=("softmax_for_regression+relu_output",),
    probes=probes,
    after="Linear or tanh for regression: tanh only if the targets lie in (−1, 1).",
)
