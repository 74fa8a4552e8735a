"""Exercise 21: neuron, layer and network, on one's own engine."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Probe
from ..samples import central_differences

STUB = '''
import numpy as np

from exercises.given import Value  # +, -, *, /, **, tanh(), …; numbers or arrays as data


class Neuron:
    """g(w₁x₁ + … + w_k x_k + b), with g = tanh or, for activation="linear", none."""

    def __init__(self, inputs, activation, rng):
        """One weight per input, drawn by rng.normal() / √inputs; a bias of 0.0."""
        raise NotImplementedError

    def __call__(self, x):
        """x: one number, array or Value per input."""
        raise NotImplementedError

    def parameters(self):
        """All weights, then the bias: a list of Values."""
        raise NotImplementedError


class Layer:
    """Neurons side by side that read the same inputs."""

    def __init__(self, inputs, units, activation, rng):
        raise NotImplementedError

    def __call__(self, x):
        """A list with one output per neuron."""
        raise NotImplementedError

    def parameters(self):
        raise NotImplementedError


class MLP:
    """Layers one after the other: tanh in the hidden ones, a linear last one."""

    def __init__(self, sizes, rng):
        """sizes: units per layer, inputs first: [4, 3, 1]."""
        raise NotImplementedError

    def __call__(self, x):
        """The list of the last layer's outputs."""
        raise NotImplementedError

    def parameters(self):
        raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    bias_not_registered: bool = False,
    list_not_registered: bool = False,
    shared_weight: bool = False,
    zero_init: bool = False,
    nonlinear_output: bool = False,
    bias_first: bool = False,
) -> tuple[Any, ...]:
    Value = given.Value

    class Neuron:
        def __init__(self, inputs, activation, rng):
            scale = 0.0 if zero_init else 1 / np.sqrt(inputs)
            if shared_weight:
                self.w = [Value(rng.normal() * scale)] * inputs
            else:
                self.w = [Value(rng.normal() * scale) for _ in range(inputs)]
            self.b = Value(0.0)
            self.activation = activation

        def __call__(self, x):
            z = self.b
            for wi, xi in zip(self.w, x, strict=True):
                z = z + wi * xi
            return z.tanh() if self.activation == "tanh" else z

        def parameters(self):
            b = [] if bias_not_registered else [self.b]
            return b + self.w if bias_first else self.w + b

    class Layer:
        def __init__(self, inputs, units, activation, rng):
            self.neurons = [Neuron(inputs, activation, rng) for _ in range(units)]

        def __call__(self, x):
            return [neuron(x) for neuron in self.neurons]

        def parameters(self):
            neurons = self.neurons[:1] if list_not_registered else self.neurons
            return [p for neuron in neurons for p in neuron.parameters()]

    class MLP:
        def __init__(self, sizes, rng):
            self.layers = []
            for l in range(1, len(sizes)):
                hidden = True if nonlinear_output else l < len(sizes) - 1
                g = "tanh" if hidden else "linear"
                self.layers.append(Layer(sizes[l - 1], sizes[l], g, rng))

        def __call__(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

        def parameters(self):
            return [p for layer in self.layers for p in layer.parameters()]

    return Neuron, Layer, MLP


def built(names: Any, sizes: list[int]) -> Any:
    """A network whose parameters are set to numbers of our own, in their order."""
    model = names.MLP(sizes, np.random.default_rng(0))
    for number, p in enumerate(model.parameters()):
        p.data = round(float(np.sin(1.0 + number)), 3)
    return model


def counted(sizes: list[int]) -> Probe:
    def run(names: Any) -> Any:
        parameters = names.MLP(sizes, np.random.default_rng(0)).parameters()
        return {
            "parameters": len(parameters),
            "different ones": len({id(p) for p in parameters}),
            "of type Value": sum(isinstance(p, names.Value) for p in parameters),
        }

    return Probe(f"MLP({sizes}, rng).parameters()", run)


def start(names: Any) -> Any:
    neurons = [names.Neuron(3, "tanh", np.random.default_rng(seed)) for seed in (0, 1)]
    numbers = [[float(p.data) for p in neuron.parameters()] for neuron in neurons]
    layer = names.Layer(2, 2, "tanh", np.random.default_rng(0))
    one, other = layer([1.0, 2.0])
    return {
        "different numbers in a neuron": len(set(numbers[0])),
        "another rng gives others": numbers[0] != numbers[1],
        "two units of a layer differ": bool(one.data != other.data),
    }


def forward(sizes: list[int], x: list[Any], text: str) -> Probe:
    def run(names: Any) -> Any:
        return [out.data for out in built(names, sizes)(x)]

    return Probe(f"MLP({sizes}, rng)({text}), parameters sin(1), sin(2), …", run)


def gradients(sizes: list[int], x: list[float], y: float) -> Probe:
    """∂J/∂p for every parameter, J = (ŷ − y)²."""

    def run(names: Any) -> Any:
        model = built(names, sizes)
        error = model(x)[0] - y
        names.backward(error * error)
        return [p.grad for p in model.parameters()]

    def numeric() -> Any:
        count = sum(n * (k + 1) for k, n in zip(sizes[:-1], sizes[1:], strict=True))
        p = np.array([round(float(np.sin(1.0 + number)), 3) for number in range(count)])
        return central_differences(lambda p: (plain_forward(sizes, p, x) - y) ** 2, p)

    return Probe(f"∂J/∂p of all parameters, MLP({sizes}, rng), J = (ŷ − {y:g})²", run, numeric)


def plain_forward(sizes: list[int], p: Any, x: Any) -> float:
    """The network in plain numbers; ``p`` holds each neuron's weights and then its bias."""
    a, at = np.asarray(x, dtype=float), 0
    for l in range(1, len(sizes)):
        inputs, units = sizes[l - 1], sizes[l]
        block = p[at : at + units * (inputs + 1)].reshape(units, inputs + 1)
        at += units * (inputs + 1)
        z = block[:, :-1] @ a + block[:, -1]
        a = z if l == len(sizes) - 1 else np.tanh(z)
    return float(a[0])


def probes() -> list[Probe]:
    columns = [np.array([0.5, -1.0, 2.0]), np.array([1.0, 0.25, -0.5])]
    return [
        counted([4, 3, 1]),
        counted([2, 3, 2, 1]),
        Probe("weights at the start, Neuron(3, …) and Layer(2, 2, …)", start),
        forward([2, 3, 1], [0.5, -1.0], "[0.5, −1]"),
        forward([3, 2, 2], [0.5, -1.0, 2.0], "[0.5, −1, 2]"),
        forward([2, 3, 1], columns, "two columns of three samples"),
        gradients([4, 3, 1], [0.5, -1.0, 2.0, 0.25], 0.5),
        gradients([2, 2, 1], [1.5, -0.5], -1.0),
    ]


EXERCISE = Exercise(
    id=21,
    slug="mlp",
    title="Neuron, layer, network",
    task="""
On the engine of exercises 16 to 20, build what is trained. parameters() must find every
weight and bias, in order: neuron by neuron, its weights, then its bias. With arrays as inputs
(one column per input) the network takes all samples at once.""",
    formula="a^l_i = g(Σᵣ w^l_ir a^(l−1)_r + b^l_i)        4-3-1: 19 parameters",
    hints=(
        "A neuron owns Values. A layer asks its neurons, a network its layers: for outputs, and "
        "for parameters.",
        "Start z at the bias and add w·x for each input. Weights start different: equal units "
        "would get equal gradients for ever.",
        "return [p for neuron in self.neurons for p in neuron.parameters()]",
    ),
    stub=STUB,
    names=("Neuron", "Layer", "MLP"),
    uses=("Value", "backward"),
    reference=reference,
    mistakes={
        "bias_not_registered": "parameters() leaves out the bias: it is trained too",
        "list_not_registered": "a layer's parameters() leaves out neurons of its list",
        "shared_weight": "all inputs share one weight: [Value(…)] * n repeats one object",
        "zero_init": "all weights start at 0: units that are equal stay equal",
        "nonlinear_output": "the last layer has tanh too; it is linear",
        "bias_first": "parameters() gives the bias before the weights; it comes after them",
    },
    ambiguous=("bias_not_registered+bias_first",),
    probes=probes,
    after="You own an engine and a network. Now train it.",
)
