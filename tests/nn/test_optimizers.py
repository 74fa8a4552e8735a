"""Optimizers: each is the formula of its source; state, clipping, building, what they refuse."""

import copy
import json

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from nn import optimizers, schedules
from nn.optimizer import Optimizer
from nn.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop, get

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(8, 3)), RNG.normal(size=(8, 2))
START = [RNG.normal(size=(2, 3)), RNG.normal(size=2)]


def loss_of(parameters):
    W, b = parameters
    return ag.mean((ag.tanh(X @ W.T + b) - Y) ** 2)


def run(optimizer, parameters, steps=10):
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of(parameters).backward()
        optimizer.step()


def by_formula(rule, steps=10):
    """Ten steps of ``rule(w, g, state, t) -> w``, written down anew, with a state per parameter."""
    weights, states = [w.copy() for w in START], [{}, {}]
    for t in range(1, steps + 1):
        values = [Value(w) for w in weights]
        loss_of(values).backward()
        for k, value in enumerate(values):
            weights[k] = rule(weights[k], value.grad, states[k], t)
    return weights


def sgd(alpha=0.1, mu=0.0, nesterov=False, decay=0.0):
    def rule(w, g, state, t):
        g = g + decay * w
        v = state["v"] = mu * state.get("v", 0) + g
        return w - alpha * (g + mu * v if nesterov else v)

    return rule


def rmsprop(alpha=0.01, rho=0.9, epsilon=1e-8, mu=0.0, centered=False):
    def rule(w, g, state, t):
        s = state["s"] = rho * state.get("s", 0) + (1 - rho) * g**2
        m = state["m"] = rho * state.get("m", 0) + (1 - rho) * g
        b = state["b"] = mu * state.get("b", 0) + g / (np.sqrt(s - centered * m**2) + epsilon)
        return w - alpha * b

    return rule


def adagrad(alpha=0.1, start=0.0):
    def rule(w, g, state, t):
        s = state["s"] = state.get("s", start) + g**2
        return w - alpha * g / (np.sqrt(s) + 1e-10)

    return rule


def adam(alpha=0.01, beta_1=0.9, beta_2=0.999, decay=0.0, apart=0.0):
    def rule(w, g, state, t):
        g, w = g + decay * w, w - alpha * apart * w
        m = state["m"] = beta_1 * state.get("m", 0) + (1 - beta_1) * g
        v = state["v"] = beta_2 * state.get("v", 0) + (1 - beta_2) * g**2
        return w - alpha * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + 1e-8)

    return rule


CASES = {
    "sgd": (lambda p: SGD(p, 0.1), sgd()),
    "sgd, weight decay": (lambda p: SGD(p, 0.1, weight_decay=0.1), sgd(decay=0.1)),
    "momentum": (lambda p: SGD(p, 0.1, momentum=0.9), sgd(mu=0.9)),
    "nesterov": (lambda p: SGD(p, 0.1, 0.9, nesterov=True), sgd(mu=0.9, nesterov=True)),
    "rmsprop": (lambda p: RMSprop(p, 0.01), rmsprop()),
    "rmsprop, momentum": (lambda p: RMSprop(p, 0.01, momentum=0.5), rmsprop(mu=0.5)),
    "rmsprop, centered": (lambda p: RMSprop(p, 0.01, centered=True), rmsprop(centered=True)),
    "adagrad": (lambda p: Adagrad(p, 0.1), adagrad()),
    "adagrad, start": (
        lambda p: Adagrad(p, 0.1, initial_accumulator_value=0.5),
        adagrad(start=0.5),
    ),
    "adam": (lambda p: Adam(p, 0.01), adam()),
    "adam, weight decay": (lambda p: Adam(p, 0.01, 0.8, 0.99, weight_decay=0.1), None),
    "adamw": (lambda p: AdamW(p, 0.01, weight_decay=0.2), adam(apart=0.2)),
}
CASES["adam, weight decay"] = (
    CASES["adam, weight decay"][0],
    adam(beta_1=0.8, beta_2=0.99, decay=0.1),
)


@pytest.mark.parametrize("case", CASES)
def test_ten_steps_are_the_formula_of_the_source(case):
    make, rule = CASES[case]
    parameters = [Value(w) for w in START]
    run(make(parameters), parameters)
    for value, expected in zip(parameters, by_formula(rule), strict=True):
        np.testing.assert_allclose(value.data, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_scalars_move_like_arrays_and_float32_stays_float32(case):
    scalar, array = Value(2.0), Value([2.0])
    single = Value(np.float32(2.0)), Value(np.array([2.0], dtype=np.float32))
    for value in (scalar, array, *single):
        optimizer = CASES[case][0]([value])
        for _ in range(3):
            optimizer.zero_grad()
            ag.sum(value * value).backward()
            optimizer.step()
        if value.dtype == np.float32:
            assert all(slot.dtype == np.float32 for slots in optimizer.slots.values()
                       for slot in slots)  # fmt: skip
    assert scalar.item() == pytest.approx(array.item(), abs=1e-15)
    assert all(value.dtype == np.float32 for value in single)
    assert single[0].item() == pytest.approx(scalar.item(), abs=1e-5)


def test_the_step_writes_into_the_same_array_and_leaves_the_gradient():
    value = Value([1.0, 2.0])
    data = value.data
    optimizer = Adam([value], clipvalue=0.5)
    ag.sum(value * value).backward()
    gradient = value.grad.copy()
    optimizer.step()
    assert value.data is data
    assert (value.grad == gradient).all()
    assert value.version == 1


@pytest.mark.parametrize("name", optimizers.OPTIMIZERS)
def test_a_parameter_without_gradient_keeps_its_place_and_its_count(name):
    used, unused = Value(1.0), Value([5.0, 6.0])
    optimizer = get(name)
    optimizer.build([used, unused])
    for _ in range(2):
        (used * 3).backward()
        optimizer.step()
    assert unused.data.tolist() == [5.0, 6.0]
    assert unused.version == 0
    assert optimizer.steps == 2
    assert optimizer.parameter_steps == [2, 0]


def test_gradients_that_are_values_serve_too():
    value = Value(3.0)
    (value * value).backward(create_graph=True)
    optimizer = SGD([value], 0.1)
    optimizer.step()
    assert value.item() == pytest.approx(2.4)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({"clipvalue": 1.0}, [[1.0, 1.0], [0.5]]),
        ({"clipnorm": 1.0}, [[0.6, 0.8], [0.5]]),
        ({"global_clipnorm": 2.5}, np.array([3.0, 4.0, 0.5]) * 2.5 / 25.25**0.5),
        ({"global_clipnorm": 100.0}, [[3.0, 4.0], [0.5]]),
    ],
)
def test_gradients_are_clipped_before_the_step(setting, expected):
    first, second = Value([0.0, 0.0]), Value([0.0])
    first.grad, second.grad = np.array([3.0, 4.0]), np.array([0.5])
    SGD([first, second], 1.0, **setting).step()
    moved = -np.concatenate([first.data, second.data])
    np.testing.assert_allclose(moved, np.hstack([np.hstack(expected)]), rtol=1e-14)


def test_a_schedule_decides_the_rate_of_each_step():
    value = Value(0.0)
    optimizer = SGD([value], schedules.PiecewiseConstantDecay([0, 1], [1.0, 0.5, 0.25]))
    for _ in range(4):
        value.grad = 1.0
        optimizer.step()
    assert value.item() == -(1 + 0.5 + 0.25 + 0.25)
    assert optimizer.current_rate() == 0.25
    optimizer.learning_rate = 2.0
    assert optimizer.current_rate() == 2.0
    optimizer.learning_rate = lambda step: -1.0
    with pytest.raises(ValueError, match=r"SGD: the schedule's learning rate got -1.0; expected"):
        optimizer.step()


def test_parameters_may_come_later_and_a_rate_alone_will_do():
    value = Value(1.0)
    optimizer = Adam(0.5)
    assert optimizer.learning_rate == 0.5
    with pytest.raises(ValueError, match=r"Adam.step\(\) came before the optimizer had parameters"):
        optimizer.step()
    optimizer.build([value])
    optimizer.build([value])
    assert optimizer.slots["m"][0].shape == ()
    with pytest.raises(ValueError, match=r"Adam.build\(\) got other parameters than before"):
        optimizer.build([Value(1.0)])


def test_names_classes_and_optimizers_are_found():
    assert [type(get(name)) for name in ("sgd", "RMSprop", "adagrad", "adam", "AdamW")] == [
        SGD, RMSprop, Adagrad, Adam, AdamW,
    ]  # fmt: skip
    assert get("adam") is not get("adam")
    assert type(get(Adam)) is Adam
    mine = SGD(0.3)
    assert get(mine) is mine
    assert repr(get("sgd")) == "SGD(no parameters yet, learning_rate=0.01)"
    with pytest.raises(ValueError, match=r"got the name 'adma'; expected sgd, .*Did you mean 'ad"):
        get("adma")
    with pytest.raises(
        ValueError, match=r"got the name 'xxx'; expected sgd, .*, adamw or an optimizer"
    ):
        get("xxx")
    with pytest.raises(TypeError, match=r"optimizer got 0.1 of type float; expected a name"):
        get(0.1)


V = [Value(1.0)]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SGD(3, 0.1), TypeError, r"SGD\(\) got parameters of type int; expected Values"),
        (lambda: SGD(V, "a"), TypeError, r"learning_rate='a' of type str; expected a finite num"),
        (lambda: SGD(V, True), TypeError, r"learning_rate=True of type bool"),
        (lambda: SGD(V * 2), ValueError, r"SGD\(\) got a parameter twice; it would move twice"),
        (lambda: SGD(momentum=1), ValueError, r"SGD\(momentum\) got 1.0; expected a number from"),
        (lambda: SGD(nesterov=True), ValueError, r"got nesterov=True without momentum"),
        (lambda: SGD(weight_decay=-1), ValueError, r"SGD\(weight_decay\) got -1; expected a fini"),
        (lambda: SGD(clipnorm=0), ValueError, r"SGD\(clipnorm\) got 0; expected a number > 0"),
        (lambda: SGD(clipnorm=1, clipvalue=1), ValueError, r"got clipvalue and clipnorm; expecte"),
        (lambda: RMSprop(rho=2), ValueError, r"RMSprop\(rho\) got 2.0"),
        (lambda: RMSprop(epsilon=-1), ValueError, r"RMSprop\(epsilon\) got -1"),
        (lambda: Adagrad(epsilon="a"), TypeError, r"Adagrad\(epsilon\) got 'a' of type str"),
        (lambda: Adam(beta_2=1.0), ValueError, r"Adam\(beta_2\) got 1.0; expected a number from"),
        (lambda: AdamW(beta_1=-1), ValueError, r"AdamW\(beta_1\) got -1; expected a finite"),
    ],
)
def test_settings_that_make_no_sense_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("case", CASES)
def test_a_run_goes_on_from_its_state_as_if_it_had_never_stopped(case):
    whole = [Value(w) for w in START]
    run(CASES[case][0](whole), whole, 10)
    first = [Value(w) for w in START]
    optimizer = CASES[case][0](first)
    run(optimizer, first, 4)
    state = optimizer.state_dict()
    numbers = {name: state[name] for name in state if name != "arrays"}
    assert json.loads(json.dumps(numbers)) == numbers
    second = [Value(v.data) for v in first]
    again = type(optimizer)(second)
    again.load_state_dict(copy.deepcopy(state))
    run(again, second, 6)
    for value, expected in zip(second, whole, strict=True):
        assert (value.data == expected.data).all()
    assert again.settings() == optimizer.settings()


def test_the_state_is_a_copy_and_keeps_schedules():
    value = Value([1.0])
    optimizer = Adam([value], schedules.CosineDecay(0.1, 50))
    value.grad = np.array([2.0])
    optimizer.step()
    state = optimizer.state_dict()
    assert sorted(state["arrays"]) == ["m/0", "v/0"]
    optimizer.step()
    assert state["steps"] == 1
    assert state["arrays"]["m/0"] == pytest.approx(0.2)
    other = Adam([Value([1.0])])
    other.load_state_dict(state)
    assert repr(other.learning_rate) == repr(optimizer.learning_rate)
    assert other.slots["m"][0] is not state["arrays"]["m/0"]
    optimizer.learning_rate = lambda step: 0.3
    other.load_state_dict(optimizer.state_dict())
    assert isinstance(other.learning_rate, schedules.CosineDecay)


def spoil(**changes):
    def change(state):
        state.update(changes)

    return change


def put(entry, name, what):
    def change(state):
        state[entry] = {**state[entry], name: what}

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (spoil(name="SGD"), r"load_state_dict\(\) of Adam got the state of 'SGD'; expected that"),
        (spoil(more=1), r"got other entries than expected; missing: none; extra: more"),
        (spoil(arrays={}), r"got other arrays than expected; missing: m/0, v/0; extra: none"),
        (spoil(steps=-1), r"got steps=-1; expected whole numbers >= 0"),
        (spoil(parameter_steps=[1, 1]), r"got the state of 2 parameters; expected that of 1"),
        (put("settings", "what", 1), r"other settings than expected; missing: none; extra: what"),
        (put("settings", "beta_1", 7), r"Adam\(beta_1\) got 7.0"),
        (put("settings", "learning_rate", {"schedule": "os"}), r"the schedule 'os'; expected one"),
        (put("arrays", "m/0", np.ones(2)), r"got m/0 of shape \(2,\) and dtype float64; expected"),
        (put("arrays", "v/0", np.array([np.nan])), r"got v/0 with NaN or infinity"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(change, message):
    optimizer = Adam([Value([1.0])], 0.25)
    state = optimizer.state_dict()
    state["steps"] = 5
    change(state)
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(state)
    assert (optimizer.steps, optimizer.learning_rate, optimizer.beta_1) == (0, 0.25, 0.9)
    assert optimizer.slots["m"][0].tolist() == [0.0]
    with pytest.raises(TypeError, match=r"load_state_dict\(\) got a list; expected a dict"):
        optimizer.load_state_dict([])


class WithoutRule(Optimizer):
    """A method that says nothing but its rate."""

    def __init__(self, parameters):
        super().__init__(parameters, None, 0.5, 0.0, None, None, None)


def test_a_method_that_keeps_nothing_has_no_running_arrays():
    class Halved(WithoutRule):
        def _change(self, k, grad, learning_rate):
            return learning_rate * grad / 2

    value = Value(3.0)
    optimizer = Halved([value])
    (value * 4.0).backward()
    optimizer.step()
    assert optimizer.slots == {}
    assert value.item() == 2.0


def test_a_method_without_a_rule_moves_nothing():
    value = Value(3.0)
    optimizer = WithoutRule([value])
    (value * 4.0).backward()
    with pytest.raises(NotImplementedError):
        optimizer.step()
    assert (value.item(), optimizer.steps) == (3.0, 0)
