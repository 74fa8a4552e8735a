"""Sequential, functional and subclassed models: shapes, names, seeds, pictures and refusals."""

import subprocess
import sys

import numpy as np
import pytest

import nn
import viz
from nn.layers import Activation, Add, Concatenate, Dense, Dropout, Flatten, Input
from viz.diagrams.backprop_view import backprop_diagram

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(20, 4)), RNG.normal(size=(20, 1))


def stack(seed=0, **options):
    return nn.Sequential(
        [Input(shape=(4,)), Dense(3, activation="tanh"), Dense(1)], seed=seed, **options
    )


def functional(seed=0):
    inputs = Input(shape=(4,), name="features")
    return nn.Model(inputs, Dense(1)(Dense(3, activation="tanh")(inputs)), seed=seed)


class Subclass(nn.Model):
    def __init__(self, seed=0):
        super().__init__(seed=seed)
        self.hidden = Dense(3, activation="tanh")
        self.out = Dense(1)

    def call(self, inputs, training=False):
        return self.out(self.hidden(inputs))


KINDS = [stack, functional, Subclass]


@pytest.mark.parametrize("make", KINDS)
def test_a_4_3_1_net_has_19_parameters_and_its_summary_shows_them(make, capsys):
    model = make()
    model(X)
    model.summary()
    text = capsys.readouterr().out
    assert "Total parameters: 19" in text
    assert text.count("(Dense)") == 2
    rows = [line.split() for line in text.splitlines() if "(Dense)" in line]
    assert [row[-1] for row in rows] == ["15", "4"]
    assert ["(None," in line for line in text.splitlines() if "(Dense)" in line] == [True] * 2
    assert model.count_parameters() == 19


@pytest.mark.parametrize("make", KINDS)
def test_equal_seeds_give_equal_numbers_after_training(make):
    def trained(seed):
        model = make(seed)
        model.compile("adam", "mse")
        history = model.fit(X, Y, epochs=3, batch_size=6, verbose=0)
        return history.history["loss"], model.predict(X)

    (losses, predictions), (again, same), (other, _) = trained(1), trained(1), trained(2)
    assert losses == again
    assert (predictions == same).all()
    assert losses != other


@pytest.mark.parametrize("make", KINDS)
def test_labels_and_scopes_are_those_that_pictures_need(make):
    model = make()
    names = [scope.name for scope in (x.scope for x in _values(nn.mse(model(X), Y))) if scope]
    assert {"dense_1", "dense_2"} <= set(names)
    diagram = backprop_diagram(model, X, Y)
    assert [cluster.title for cluster in diagram.clusters] == [
        "dense_1 · δ¹ 20×3", "dense_2 · δ² 20×1",
    ]  # fmt: skip
    text = "\n".join(node.name for node in diagram.nodes)
    for name in ("W¹", "b¹", "z¹", "a¹", "W²", "b²", "z²", "J"):
        assert name in text
    assert viz.draw_backprop(model, X, Y)


def _values(root):
    from autograd import Graph

    return Graph(root).nodes


def test_a_picture_is_drawn_of_models_with_layers_without_weights_between():
    model = nn.Sequential([Dense(3), Activation("relu"), Dropout(0.5), Dense(2), Flatten()], seed=0)
    diagram = backprop_diagram(model, X, np.zeros(20, dtype=int))
    assert [cluster.title.split(" ")[0] for cluster in diagram.clusters] == ["dense_1", "dense_2"]


def test_a_sequential_model_is_built_as_soon_as_its_input_is_known():
    late = nn.Sequential([Dense(3), Dense(1)], seed=0)
    assert not late.built
    assert "not built yet" in repr(late)
    late.build((None, 4))
    by_shape = nn.Sequential([Dense(3, input_shape=(4,)), Dense(1)], seed=0)
    by_input = nn.Sequential([Input((4,)), Dense(3), Dense(1)], seed=0)
    for model in (by_shape, by_input):
        assert (model.output_shape, model.count_parameters()) == ((None, 1), 19)
        for ours, theirs in zip(late.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert repr(by_shape) == "Sequential('sequential': 2 layers, 19 parameters)"


def test_pop_takes_the_top_layer_away():
    model = stack()
    assert isinstance(model.pop(), Dense)
    assert (len(model.layers), model.output_shape, model(X).shape) == (1, (None, 3), (20, 3))
    model.add(Dense(2))
    assert model(X).shape == (20, 2)
    with pytest.raises(ValueError, match=r"'sequential'.pop\(\) found no layer"):
        nn.Sequential().pop()


@pytest.mark.parametrize(
    "layers",
    [[Input((4,)), Flatten(), Dense(1)], [Flatten(input_shape=(4,)), Dense(1)]],
)
def test_a_declared_shape_is_kept_to_though_the_layers_would_take_another(layers):
    model = nn.Sequential(layers)
    assert model(np.ones((5, 4))).shape == (5, 1)
    with pytest.raises(ValueError, match=r"got x of shape \(5, 2, 2\); expected \(batch, 4\)\.$"):
        model(np.ones((5, 2, 2)))


def test_a_declared_axis_of_any_length_takes_any():
    model = nn.Sequential([Input((None, 3)), Dense(1)])
    assert [model(np.ones((2, n, 3))).shape for n in (4, 5)] == [(2, 4, 1), (2, 5, 1)]


def test_layers_are_counted_by_kind_and_given_names_stay():
    model = nn.Sequential([Dense(2, name="first"), Dropout(0.1), Dense(2), Dense(1)], name="net")
    model(X)
    assert [layer.name for layer in model.layers] == ["first", "dropout_1", "dense_1", "dense_2"]
    assert [layer.weight.label for layer in model.layers if isinstance(layer, Dense)] == [
        "W¹", "W²", "W³",
    ]  # fmt: skip
    assert model.name == "net"
    assert model.get_layer("first") is model.get_layer(index=0) is model.layers[0]
    assert model.get_layer(index=-1) is model.layers[-1]


def test_several_inputs_and_outputs_by_list_and_by_name():
    a, b = Input((4,), name="a"), Input((2,), name="b")
    joined = Concatenate()([Dense(3)(a), b])
    total, mean = Dense(1, name="total")(joined), Dense(2, name="mean")(joined)
    model = nn.Model([a, b], [total, mean], seed=0)
    B = RNG.normal(size=(20, 2))
    one, two = model.predict([X, B], batch_size=7)
    assert (one.shape, two.shape) == ((20, 1), (20, 2))
    named = model.predict({"b": B, "a": X})
    np.testing.assert_allclose(named[1], two)
    model.compile("sgd", {"total": "mse", "mean": "mae"}, metrics={"mean": ["mse"]})
    history = model.fit([X, B], {"total": Y[:, 0], "mean": B}, epochs=2, verbose=0)
    assert list(history.history) == ["loss", "total_loss", "mean_loss", "mean_mse"]
    loss, *_ = model.evaluate([X, B], [Y, B], verbose=0)
    one, two = model.predict([X, B])
    assert loss == pytest.approx(((one - Y) ** 2).mean() + abs(two - B).mean())
    model.compile("sgd", "mse", loss_weights=[1.0, 0.5])
    loss, *_ = model.evaluate([X, B], [Y, B], verbose=0)
    assert loss == pytest.approx(((one - Y) ** 2).mean() + 0.5 * ((two - B) ** 2).mean())


@pytest.mark.parametrize("replayed", [False, True])
def test_the_loss_of_each_output_is_reported_before_its_weight(replayed):
    a = Input((4,))
    one, two = Dense(1, name="one")(a), Dense(2, name="two", kernel_regularizer="l2")(a)
    model = nn.Model(a, [one, two], seed=0)
    model.compile(nn.SGD(0.0), ["mse", "mae"], loss_weights=[2.0, 0.5], jit_compile=replayed)
    targets = [Y, X[:, :2]]
    predicted = model.predict(X)
    mse = ((predicted[0] - Y) ** 2).mean()
    mae = abs(predicted[1] - X[:, :2]).mean()
    penalty = 0.01 * (model.get_layer("two").weight.data ** 2).sum()
    expected = [pytest.approx(x) for x in (2 * mse + 0.5 * mae + penalty, mse, mae)]
    assert model.evaluate(X, targets, batch_size=7, verbose=0) == expected
    history = model.fit(
        X, targets, epochs=2, batch_size=7, validation_data=(X, targets), verbose=0
    ).history
    names = ["loss", "one_loss", "two_loss"]
    assert list(history) == names + [f"val_{name}" for name in names]
    assert list(history.values()) == [[x, x] for x in expected + expected]
    assert model.train_on_batch(X, targets) == expected


def test_outputs_may_be_a_dict():
    a = Input((4,))
    model = nn.Model(a, {"x": Dense(1)(a), "y": Dense(2)(a)}, seed=0)
    found = model.predict(X)
    assert {name: array.shape for name, array in found.items()} == {"x": (20, 1), "y": (20, 2)}
    model.compile("sgd", "mse")
    model.fit(X, {"x": Y, "y": X[:, :2]}, verbose=0)


def test_a_shared_layer_has_one_set_of_weights_and_gradients_from_both_uses():
    shared = Dense(3, activation="tanh")
    a, b = Input((4,)), Input((4,))
    model = nn.Model([a, b], Dense(1)(Add()([shared(a), shared(b)])), seed=0)
    assert model.count_parameters() == 19
    assert len(model.layers) == 5
    nn.mse(model([X, X]), Y).backward()
    both = shared.weight.grad.copy()
    model.zero_grad()
    nn.mse(model([X, np.zeros_like(X)]), Y).backward()
    assert both.shape == (3, 4)
    assert np.abs(both - shared.weight.grad).max() > 0


def test_the_summary_says_what_layers_read_where_they_form_no_stack(capsys):
    a, b = Input((4,), name="a"), Input((4,), name="b")
    nn.Model([a, b], Dense(1)(Add()([a, b]))).summary()
    text = capsys.readouterr().out
    assert "Reads" in text
    assert "a, b" in text
    frozen = stack()
    frozen.layers[0].trainable = False
    frozen.summary()
    assert "Trainable: 4; not trainable: 15" in capsys.readouterr().out
    Subclass().summary()
    assert "Total: not built yet" in capsys.readouterr().out


def test_models_are_layers_of_models():
    encoder = nn.Sequential([Dense(2, activation="tanh")], name="encoder")
    inputs = Input((4,))
    whole = nn.Model(inputs, Dense(4, name="decoder")(encoder(inputs)), seed=0)
    whole.compile("sgd", "mse")
    before = encoder.get_weights()[0]
    whole.fit(X, X, verbose=0)
    assert (encoder.get_weights()[0] != before).any()
    assert whole.count_parameters() == 10 + 12
    assert whole(X).inputs[0].scope.path == "encoder.dense_1"
    outer = nn.Sequential([whole, Dense(1)])
    assert outer(X).shape == (20, 1)


def test_a_part_of_a_functional_model_shares_its_weights():
    inputs = Input((4,))
    code = Dense(2)(inputs)
    whole, encoder = nn.Model(inputs, Dense(4)(code), seed=0), nn.Model(inputs, code)
    assert encoder.layers[1] is whole.layers[1]
    assert [layer.weight.label for layer in whole.layers[1:]] == ["W¹", "W²"]


def test_a_long_chain_of_layers_needs_no_recursion():
    symbol = inputs = Input((1,))
    for _ in range(2000):
        symbol = Activation("linear")(symbol)
    assert (nn.Model(inputs, symbol)(np.ones((2, 1))) == 1).all()


def test_one_sample_may_be_given_without_its_batch():
    for model in (stack(), functional(), Subclass()):
        assert model(X[0]).shape == (1,)
        assert model(X[0].tolist()).shape == (1,)


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (lambda: stack()(X.T[:, :7]), ValueError, r"^'sequential' got x of shape \(4, 7\); "
         r"expected \(batch, 4\)\. Did you mean x\.T\?"),
        (lambda: stack().get_layer(), TypeError, r"name=None and index=None; expected one of t"),
        (lambda: stack().get_layer("a", 1), TypeError, r"name='a' and index=1; expected one of"),
        (lambda: stack().get_layer(index=9), ValueError, r"has \d layers, none with index 9; exp"),
        (lambda: functional()(X.T), ValueError, r"Input 'features' got x of shape \(4, 20\); "
         r"expected \(batch, 4\)\. Did you mean x\.T\?"),
        (lambda: functional()(np.ones((2, 2, 2))), ValueError, r"shape \(2, 2, 2\); expected \(ba"),
        (lambda: nn.Model(Input((8, 8)), Flatten()(Input((8, 8)))), ValueError,
         r"got outputs that also need the Input 'input_layer'; expected it among the inputs"),
        (lambda: nn.Model(Input((2,))), TypeError, r"Model\(\) got no outputs; expected Model\(in"),
        (lambda: nn.Model(outputs=Input((2,))), TypeError, r"Model\(\) got no inputs"),
        (lambda: nn.Model(X, X), TypeError, r"Model\(inputs\) got a ndarray; expected what Input"),
        (lambda: nn.Model(Dense(2)(Input((2,))), Input((2,))), ValueError, r"not the output of a "),
        (lambda: nn.Model()(X), NotImplementedError, r"Model has no call\(\); define 'def call\(s"),
        (lambda: stack().add(Dense), TypeError, r"got the class Dense; .* Did you mean Dense\(…\)"),
        (lambda: stack().add(3), TypeError, r"'sequential'\.add\(\) got int; expected a layer"),
        (lambda: stack().add(Input((2,))), ValueError, r"got an Input after a layer; expected it "),
        (lambda: [m := stack(), m.add(m.layers[0])], ValueError, r"a second time; expected a new "),
        (lambda: stack().get_layer("x"), ValueError, r"has no layer 'x'; expected one of 'dense_1"),
        (lambda: nn.Sequential([Dense(1, name="a"), Dense(1, name="a")]), ValueError,
         r"'sequential' got 2 layers named 'a'; expected another name for each"),
        (lambda: nn.Sequential(name=3), TypeError, r"Sequential\(name\) got 3 of type int"),
    ],
)  # fmt: skip
def test_what_does_not_fit_a_model_is_refused(use, error, message):
    with pytest.raises(error, match=message):
        use()


def test_the_wrong_number_or_names_of_inputs_are_refused():
    a, b = Input((4,), name="a"), Input((4,), name="b")
    model = nn.Model([a, b], Add()([a, b]))
    with pytest.raises(ValueError, match=r"the model got 1 input; expected 2: 'a', 'b'"):
        model(X)
    with pytest.raises(ValueError, match=r"got inputs named \['a', 'c'\]; expected \['a', 'b'\]"):
        model({"a": X, "c": X})


def test_one_sample_of_images_is_told_how_to_become_a_batch():
    inputs = Input((8, 8))
    model = nn.Model(inputs, Flatten()(inputs))
    with pytest.raises(ValueError, match=r"expected \(batch, 8, 8\)\. For one sample, write x\[No"):
        model(np.ones((8, 8)))


def test_importing_nn_does_not_load_rich():
    code = "import nn, sys; print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_call_that_returns_nothing_is_named():
    class Forgetful(Subclass):
        def call(self, inputs, training=False):
            self.out(self.hidden(inputs))

    with pytest.raises(TypeError, match=r"call\(\) returned None; expected its outputs: return"):
        Forgetful()(X)


@pytest.mark.parametrize(
    "compute",
    [
        lambda a: a + a, lambda a: 1.0 - a, lambda a: a * 2, lambda a: a / 2, lambda a: a @ a,
        lambda a: -a, lambda a: a**2, lambda a: a[:, 0], np.tanh, lambda a: np.ones(4) * a,
        lambda a: np.concatenate([a, a]),
    ],
)  # fmt: skip
def test_arithmetic_on_a_symbolic_tensor_names_the_layers_for_it(compute):
    with pytest.raises(TypeError, match=r"arithmetic on SymbolicTensor.*Add\(\)\(\[a, b\]\)"):
        compute(Input(shape=(4,)))
