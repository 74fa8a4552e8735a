"""Exercise 25: one network, written in three ways."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Probe

STUB = '''
import nn
from nn.layers import Dense, Input

# The network: 4 inputs, 3 hidden tanh units, 1 linear output: 19 parameters.


def sequential():
    """The network as nn.Sequential, its layers added one after the other."""
    raise NotImplementedError


def functional():
    """The network as nn.Model(inputs, outputs), layers called on Input(shape=(4,))."""
    raise NotImplementedError


class Network(nn.Model):
    """The network as a subclass: layers made in __init__, used in call(self, inputs)."""

    def __init__(self):
        super().__init__()
        raise NotImplementedError

    def call(self, inputs):
        raise NotImplementedError


def with_weights_of(model, source):
    """The model, after it has got the weights of source."""
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    layer_made_in_call: bool = False,
    input_not_connected: bool = False,
    activation_missing: bool = False,
    weights_not_shared: bool = False,
    wrong_output_units: bool = False,
) -> tuple[Any, ...]:
    import nn
    from nn.layers import Dense, Input

    hidden = "linear" if activation_missing else "tanh"

    def sequential():
        model = nn.Sequential()
        model.add(Dense(3, activation=hidden, input_dim=4))
        model.add(Dense(1))
        return model

    def functional():
        inputs = Input(shape=(4,))
        x = Dense(3, activation=hidden)(inputs)
        outputs = Dense(1)(Input(shape=(3,)) if input_not_connected else x)
        return nn.Model(inputs, outputs)

    class Network(nn.Model):
        def __init__(self):
            super().__init__()
            self.hidden = Dense(3, activation=hidden)
            self.output = Dense(3 if wrong_output_units else 1)

        def call(self, inputs):  # type: ignore[override]
            if layer_made_in_call:
                return Dense(3 if wrong_output_units else 1)(Dense(3, activation=hidden)(inputs))
            return self.output(self.hidden(inputs))

    def with_weights_of(model, source):
        if weights_not_shared:
            return model
        model.set_weights(source.get_weights())
        return model

    return sequential, functional, Network, with_weights_of


X = np.array([[0.5, -1.0, 2.0, 0.25], [1.0, 0.0, -0.5, -2.0]])
WEIGHTS = [
    np.array([[0.5, -0.25, 1.0, 0.75], [-1.0, 0.5, 0.25, 0.0], [0.25, 1.5, -0.5, 1.0]]),
    np.array([0.1, -0.2, 0.3]),
    np.array([[1.0, -2.0, 0.5]]),
    np.array([0.25]),
]


def shapes(make: str) -> Probe:
    def run(names: Any) -> Any:
        model = getattr(names, make)()
        model(X)
        model(X)
        return {
            "parameters": model.count_parameters(),
            "shapes": [list(p.shape) for p in model.parameters()],
            "twice the same": bool(np.array_equal(model(X).data, model(X).data)),
        }

    return Probe(f"{make}(), called on two samples: its parameters", run)


def outputs(make: str) -> Probe:
    def run(names: Any) -> Any:
        model = getattr(names, make)()
        model(X)
        model.set_weights(
            [w.reshape(p.shape) for w, p in zip(WEIGHTS, model.parameters(), strict=True)]
        )
        return model(X).data

    return Probe(f"{make}() with weights of ours, on two samples", run)


def kinds(names: Any) -> Any:
    import nn

    model = names.functional()
    return {
        "sequential() is a nn.Sequential": isinstance(names.sequential(), nn.Sequential),
        "functional() knows its layers": model.layer_graph is not None,
        "Network is a subclass": issubclass(names.Network, nn.Model),
    }


def copied(names: Any) -> Any:
    source = names.sequential()
    other = names.with_weights_of(names.functional(), source)
    return bool(np.allclose(other(X).data, source(X).data))


def probes() -> list[Probe]:
    makers = ("sequential", "functional", "Network")
    return [
        *(shapes(make) for make in makers),
        *(outputs(make) for make in makers),
        Probe("what sequential(), functional() and Network are", kinds),
        Probe("with_weights_of(functional(), sequential()) gives the same outputs", copied),
    ]


EXERCISE = Exercise(
    id=25,
    slug="three_ways",
    title="One network, three ways",
    task="""
The lecture's three listings: Sequential, functional ("our favorite API") and subclass. Write
4-3-1 with a tanh hidden layer in each way. (Use one import path: the slides mix two.)""",
    formula="""
model.add(Dense(3, activation="tanh", input_dim=4)); model.add(Dense(1))
inputs = Input(shape=(4,)); …; nn.Model(inputs, outputs)
class Network(nn.Model): layers in __init__, call(self, inputs)""",
    hints=(
        "A layer owns its weights from its first call on: make each layer once, and call it often.",
        "Functional: outputs must be reached from inputs by calls. Subclass: keep the layers as "
        "attributes. Weights: get_weights() and set_weights().",
        'outputs = Dense(1)(Dense(3, activation="tanh")(inputs)); return nn.Model(inputs, outputs)',
    ),
    stub=STUB,
    names=("sequential", "functional", "Network", "with_weights_of"),
    reference=reference,
    mistakes={
        "layer_made_in_call": "layers are made in call: each call has new weights; make them in "
        "__init__",
        "input_not_connected": "the outputs do not come from these inputs: hand each layer the "
        "result of the one before",
        "activation_missing": 'the hidden layer is linear; it has activation="tanh"',
        "weights_not_shared": "the weights are not handed over: model.set_weights(…)",
        "wrong_output_units": "the output layer has 3 units; the network has 1 output",
    },
    ambiguous=(
        "layer_made_in_call+wrong_output_units",
        "input_not_connected+weights_not_shared",
    ),
    probes=probes,
    after="Same weights, same numbers: the three ways differ in what you write, not in what runs.",
)
