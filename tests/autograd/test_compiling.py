"""Compiled functions: used like the eager ones, the same bits, and what they refuse."""

import math
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Value
from autograd.modes import running

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 2))


def parameters():
    rng = np.random.default_rng(1)
    return Value(rng.normal(size=(2, 3)), label="W"), Value(rng.normal(size=2), label="b")


def loss_on(W, b):
    def loss(x, y):
        return ((ag.affine(x, W, b).tanh() - y) ** 2).mean()

    return loss


def same(a, b):
    np.testing.assert_array_equal(np.asarray(a), np.asarray(b), strict=True)


def test_a_compiled_loss_fills_the_gradients_of_what_it_closes_over():
    W, b = parameters()
    V, c = parameters()
    loss, compiled = loss_on(W, b), ag.compile(loss_on(V, c))
    for _ in range(3):
        J, K = loss(X, Y), compiled(X, Y)
        assert isinstance(K, Value)
        J.backward()
        K.backward()
        same(J.data, K.data)
        same(W.grad, V.grad)
        same(b.grad, c.grad)
        for p in (W, b, V, c):
            p.data -= 0.1 * p.grad
    assert compiled.traces == 1


def test_gradients_add_up_over_calls_and_a_second_backward_counts_again():
    W, b = parameters()
    compiled = ag.compile(loss_on(W, b))
    J = compiled(X, Y)
    J.backward()
    once = W.grad.copy()
    J.backward()
    same(W.grad, once + once)
    compiled(X, Y).backward()
    same(W.grad, once + once + once)


def test_results_of_several_calls_keep_their_own_gradients():
    W, b = parameters()
    compiled = ag.compile(loss_on(W, b))
    eager = loss_on(W, b)
    first, second = compiled(X, Y), compiled(2 * X, Y)
    grads = []
    for J in (first, second, eager(X, Y), eager(2 * X, Y)):
        W.grad = b.grad = None
        J.backward()
        grads.append((W.grad, b.grad))
    same(grads[0][0], grads[2][0])
    same(grads[1][0], grads[3][0])
    same(grads[1][1], grads[3][1])


def test_a_result_takes_part_in_further_computation():
    W, b = parameters()
    compiled, eager = ag.compile(loss_on(W, b)), loss_on(W, b)
    found = []
    for loss in (compiled, eager):
        W.grad = b.grad = None
        J = 3.0 * loss(X, Y) + (W * W).sum() * loss(X, Y)
        J.backward()
        found.append((J.data, W.grad, b.grad))
    for mine, wanted in zip(*found, strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=1e-13)


def test_value_arguments_get_their_gradients():
    compiled = ag.compile(lambda a, b: (a * b + ag.sin(a)).sum())
    a, b = Value([1.0, 2.0]), Value([3.0, -1.0])
    compiled(a, b).backward()
    same(a.grad, b.data + np.cos(a.data))
    same(b.grad, a.data)
    c = Value([0.5, 0.25])
    compiled(c, b).backward()
    same(c.grad, b.data + np.cos(c.data))
    assert compiled.traces == 1


def test_value_and_grad_of_a_compiled_function_and_the_other_way_round():
    def f(x, y):
        return (ag.exp(x) * y).sum()

    x, y = np.array([0.5, -1.0]), np.array([2.0, 3.0])
    plain = ag.value_and_grad(f, argnums=(0, 1))(x, y)
    for other in (
        ag.value_and_grad(ag.compile(f), argnums=(0, 1)),
        ag.compile(ag.value_and_grad(f, argnums=(0, 1))),
    ):
        for _ in range(2):
            value, (dx, dy) = other(x, y)
            same(value, plain[0])
            same(dx, plain[1][0])
            same(dy, plain[1][1])


def test_hessians_go_through_compiled_functions_and_compile_themselves():
    def f(x):
        return (x**3 * np.array([1.0, 2.0])).sum() + x[0] * x[1]

    x = np.array([0.5, -1.0])
    wanted = ag.hessian(f)(x)
    np.testing.assert_allclose(ag.hessian(ag.compile(f))(x), wanted, rtol=1e-13)
    np.testing.assert_allclose(ag.compile(ag.hessian(f))(x), wanted, rtol=1e-13)


def test_functions_of_several_results_and_of_arrays():
    W, b = parameters()

    def model(x):
        z = ag.affine(x, W, b)
        return {"a": z.tanh(), "sizes": (z.sum(), 3, x.shape)}

    compiled = ag.compile(model)
    for _ in range(2):
        out = compiled(X)
        assert out["sizes"][1:] == (3, (6, 3))
        W.grad = b.grad = None
        (out["a"] * Y).sum().backward()
        mine = W.grad, b.grad
        W.grad = b.grad = None
        (model(X)["a"] * Y).sum().backward()
        same(mine[0], W.grad)
        same(mine[1], b.grad)


def test_data_that_was_overwritten_is_seen_and_stale_results_are_refused():
    W, b = parameters()
    compiled, eager = ag.compile(loss_on(W, b)), loss_on(W, b)
    J = compiled(X, Y)
    W.data = W.data * 2
    same(compiled(X, Y).data, eager(X, Y).data)
    with pytest.raises(ag.StaleValueError, match="the data of 'W'"):
        J.backward()


def test_there_is_one_program_per_signature_and_their_number_is_bounded():
    compiled = ag.compile(lambda x, n=1: sum((x**k).sum() for k in range(n)), programs=2)
    x = Value(np.ones(3))
    for n in (1, 2, 1, 2):
        compiled(x, n=n)
    assert compiled.traces == 2
    compiled(x, n=3)
    compiled(x, n=3)
    assert compiled.traces == 3
    compiled(x, n=1)
    assert compiled.traces == 4
    assert repr(compiled).endswith("4 traced>")
    compiled(Value(np.ones(4)), n=1)
    compiled(Value(np.ones(4, np.float32)), n=1)
    assert compiled.traces == 6


def test_floats_are_arguments_and_other_plain_values_decide_the_program():
    compiled = ag.compile(lambda x, rate, kind: (x * rate if kind == "times" else x + rate).sum())
    x = Value(np.ones(2))
    assert compiled(x, 2.0, "times").item() == 4
    assert compiled(x, 3.0, "times").item() == 6
    assert compiled.traces == 1
    assert compiled(x, 3.0, "plus").item() == 8
    assert compiled.traces == 2
    with pytest.raises(TypeError, match="got an argument of type bytearray; expected arrays"):
        compiled(x, 3.0, bytearray(b"x"))


def test_without_recording_results_are_constants():
    W, b = parameters()
    compiled = ag.compile(loss_on(W, b))
    with ag.no_grad():
        J = compiled(X, Y)
    assert not J.requires_grad
    assert compiled(X, Y).requires_grad


def test_frozen_parameters_get_no_gradient():
    W, b = parameters()
    compiled = ag.compile(loss_on(W, b))
    compiled(X, Y).backward()
    W.grad = b.grad = None
    W.requires_grad = False
    compiled(X, Y).backward()
    assert W.grad is None
    assert b.grad is not None


def test_random_numbers_are_drawn_afresh_at_every_call():
    w = Value(np.ones(20_000))  # a mask too large to be kept with the trace

    def loss(rng):
        return ag.dropout(w, 0.5, rng=rng).sum()

    eager, compiled = np.random.default_rng(3), np.random.default_rng(3)
    loss_compiled = ag.compile(loss)
    for _ in range(3):
        w.grad = None
        loss(eager).backward()
        wanted, w.grad = w.grad, None
        J = loss_compiled(compiled)
        J.backward()
        assert set(np.unique(w.grad)) == {0.0, 2.0}
        same(J.data, (w.data * w.grad).sum())
        same(w.grad, wanted)
    first, second = loss_compiled(compiled).item(), loss_compiled(compiled).item()
    assert first != second
    drawn = ag.compile(lambda x: x + ag.each_call(lambda: compiled.random()))
    assert drawn(w).data[0] != drawn(w).data[0]


def test_the_first_call_takes_what_the_trace_drew():
    drawn, plain = np.random.default_rng(3), np.random.default_rng(3)
    noisy = ag.compile(lambda x: x + ag.each_call(lambda: drawn.random(2)))
    for size in (2, 2, 1, 2, 1):
        same(noisy(np.zeros(size)), plain.random(2))


def branch(v):
    return v if v.sum() > 0 else -v


REFUSED = [
    (lambda v: branch(v), r"'v\.sum\(\) > 0'|an if, while"),
    (lambda v: v * v.sum().item(), r"\.item\(\) takes a number out.*Return the Value"),
    (lambda v: v * float(v.sum()), r"float\(\) takes a number out"),
    (lambda v: v * int(v.sum()), r"int\(\) takes a number out"),
    (lambda v: print(v), "traced data is printed.*print it outside"),
    (lambda v: print(f"{v.sum():.2f}"), r"takes a number out|is printed"),
    (lambda v: np.asarray(v.data), r"np\.asarray\(\) or a plain array takes the numbers out"),
    (lambda v: v[v.data > 0], "a boolean array picks elements.*np.where"),
    (lambda v: np.flatnonzero(v.data), "the shape of np.flatnonzero depends on the numbers"),
    (lambda v: v.data.tolist(), r"\.tolist\(\) takes the numbers out"),
    (lambda v: [0, 1][v.sum().data > 0], "used as a position|decides on traced data"),
    (lambda v: ag.where(v > 0, v, 0.0)[v > 0], "a boolean array picks elements"),
    (lambda v: np.add(v.data, 1.0, out=np.zeros(3)), "written into a plain array.*pass the array"),
    (lambda v: v.data.view(np.int64).strides, r"\.strides of an array is used"),
    (lambda v: list(iter(lambda: bool(v.sum()), False)), r"an if, while"),
    (lambda v: f"{v}", "traced data is printed"),
    (lambda v: v.data.nonzero(), r"\.nonzero of an array is used"),
    (lambda v: [1.0, 2.0].index(v.data.sum()), r"an if, while"),
    (lambda v: v.data.sum() in (1.0, 2.0), r"an if, while"),
    (lambda v: 1.0 in v.data, r"an if, while"),
    (lambda v: sorted(v.data), r"an if, while"),
    (lambda v: sorted(v), r"an if, while"),
    (lambda v: max(v.data), r"an if, while"),
    (lambda v: min(v), r"an if, while"),
    (lambda v: 0.0 < v.data.sum() < 1.0, r"an if, while"),
    (lambda v: v.data.any() and 1, r"an if, while"),
    (lambda v: not v.sum(), r"an if, while"),
    (lambda v: 1 if v.data.sum() == 1 else 0, r"an if, while"),
    (lambda v: 1 if np.allclose(v.data, 1.0) else 0, r"an if, while"),
    (lambda v: range(v.data.argmax()), "as a position or a count"),
    (lambda v: [1, 2, 3][v.data.argmax()], "as a position or a count"),
    (lambda v: v[: v.data.argmax()], "as a position or a count"),
    (lambda v: math.sqrt(v.data.sum()), r"float\(\) takes a number out"),
    (lambda v: math.floor(v.data.sum()), r"float\(\) takes a number out"),
    (lambda v: round(v.data.sum()), r"round\(\) takes a number out.*Use np\.round"),
    (lambda v: complex(v.data.sum()), r"complex\(\) takes a number out"),
    (lambda v: {1.0: 2.0}.get(v.data.sum()), "looked up in a dict or set"),
    (lambda v: {v.data.sum()}, "looked up in a dict or set"),
    (lambda v: v.data.sum().is_integer(), r"\.is_integer of an array is used"),
    (lambda v: v.data.tobytes(), r"\.tobytes of an array is used"),
    (lambda v: v.data.flat, r"\.flat of an array is used"),
    (lambda v: np.unique(v.data), r"the shape of np\.unique depends on the numbers"),
    (lambda v: np.where(v.data > 0), r"np\.where\(condition\) depends.*both branches"),
    (lambda v: np.array([v.data.sum(), 1.0]), r"float\(\) takes a number out|plain array"),
    (lambda v: np.array2string(v.data), "traced data is printed"),
    (lambda v: np.add.at(v.data, [0], 1.0), r"add\.at writes into an array"),
    (lambda v: pickle.dumps(v.data), "traced data is pickled"),
]


@pytest.mark.parametrize("case", range(len(REFUSED)))
def test_what_looks_at_numbers_is_refused_with_its_line(case):
    function, message = REFUSED[case]
    v = Value(np.array([1.0, -2.0, 3.0]))
    with pytest.raises(
        ag.TraceError, match=rf"(?s)cannot trace test_compiling\.py:\d+.*({message})"
    ):
        ag.compile(function)(v)
    same(v.data, np.array([1.0, -2.0, 3.0]))


def test_an_error_inside_leaves_everything_as_it_was():
    W, _ = parameters()
    before = W.data

    def broken(x):
        W.data -= 1.0
        W.grad = np.ones((2, 3))
        raise KeyError("broken")

    with pytest.raises(KeyError):
        ag.compile(broken)(X)
    assert W.data is before
    assert W.grad is None
    assert W.version == 0
    (W * 2.0).sum().backward()


def test_wrong_uses_are_refused():
    with pytest.raises(TypeError, match="got int; expected a function"):
        ag.compile(3)
    with pytest.raises(ValueError, match="programs=0; expected an int of at least 1"):
        ag.compile(lambda x: x, programs=0)
    with pytest.raises(ValueError, match="call the compiled function once"):
        ag.compile(lambda x: x).source()


def test_a_training_step_with_its_update_compiles():
    def steps(W, b, velocity):
        def step(x, y, rate):
            W.grad = b.grad = None
            J = ((ag.affine(x, W, b) - y) ** 2).mean()
            J.backward()
            velocity.data = 0.9 * velocity.data + W.grad
            W.data -= rate * velocity.data
            b.data = b.data - rate * b.grad
            return J

        return step

    first, second = [[*parameters(), Value(np.zeros((2, 3)))] for _ in range(2)]
    eager, compiled = steps(*first), ag.compile(steps(*second))
    array = second[0].data
    for k in range(20):
        J, K = eager(X, Y, 0.1 / (k + 1)), compiled(X, Y, 0.1 / (k + 1))
        same(J.data, K.data)
        for a, b in zip(first, second, strict=True):
            same(a.data, b.data)
            assert (a.grad is None) == (b.grad is None)
            if a.grad is not None:
                same(a.grad, b.grad)
            assert a.version == b.version
    assert second[0].data is array
    assert compiled.traces == 1


def test_steps_that_do_not_clear_gradients_add_them_up():
    def steps(w):
        def step(x):
            (w * x).sum().backward()

        return step

    v, w = Value(np.ones(3)), Value(np.ones(3))
    eager, compiled = steps(v), ag.compile(steps(w))
    for k in range(4):
        eager(np.full(3, k + 1.0))
        compiled(np.full(3, k + 1.0))
        same(v.grad, w.grad)


def test_the_source_runs_with_numpy_alone(tmp_path):
    W, b = parameters()
    compiled = ag.compile(loss_on(W, b))
    J = compiled(X, Y)
    J.backward()
    source = compiled.source()
    assert "W.T" in source
    assert "autograd" not in source
    np.savez(tmp_path / "given.npz", x=X, y=Y, W=W.data, b=b.data)
    (tmp_path / "program.py").write_text(source, encoding="utf-8")
    code = (
        "import sys, json, numpy as np, program\n"
        "given = np.load('given.npz')\n"
        "out = program.loss(given['x'], given['y'], given['W'], given['b'])\n"
        "assert not {'autograd', 'nn'} & set(sys.modules)\n"
        "np.savez('found.npz', *out)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    with np.load(tmp_path / "found.npz") as found:
        for mine, wanted in zip(found.values(), (J.data, W.grad, b.grad), strict=True):
            same(mine, wanted)


def test_the_source_copies_the_functions_that_it_cannot_trace():
    x = Value(RNG.normal(size=(2, 3, 6, 6)))
    kernel = Value(RNG.normal(size=(4, 3, 3, 3)))
    compiled = ag.compile(lambda x, k: ag.max_pool2d(ag.conv2d(x, k).tanh(), 2).sum())
    compiled(x, kernel)
    namespace = {}
    exec(compiled.source(), namespace)
    assert "autograd" not in compiled.source()
    run = namespace[compiled.program.name]
    same(run(x.data, kernel.data)[0], compiled(x, kernel).data)


def test_debuggers_find_the_lines_of_the_program():
    import linecache

    compiled = ag.compile(lambda x: (x * 2.0 + 1.0).sum())
    compiled(Value(np.ones(3)))
    code = compiled.program.running.__code__
    assert "compiled" in code.co_filename
    assert linecache.getline(code.co_filename, code.co_firstlineno).startswith("def ")


def test_threads_may_share_a_compiled_function():
    W, b = parameters()
    compiled = ag.compile(loss_on(W, b))
    inputs = [RNG.normal(size=(6, 3)) for _ in range(4)]
    wanted = [loss_on(W, b)(x, Y).item() for x in inputs]
    compiled(X, Y)
    wrong = []

    def work(k):
        for _ in range(200):
            if compiled(inputs[k], Y).item() != wanted[k]:
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_random_numbers_drawn_behind_the_trace_are_refused_with_their_line():
    rng = np.random.default_rng(0)
    w = Value(np.ones(3))
    with pytest.raises(
        ag.TraceError, match=r"(?s)test_compiling\.py:\d+ .*differs from run to run"
    ):
        ag.compile(lambda x: (w * x * rng.normal(size=3)).sum())(np.ones(3))
    steady = ag.compile(lambda x: (w * x * np.arange(3.0)).sum())
    assert steady(np.ones(3)).item() == 3.0


def test_running_states_without_axes_are_written_into_like_others():
    """0-d arrays: NumPy computes numbers from them, which are no arrays."""

    def stepping(state):
        def step(x):
            velocity = running(state, "velocity")
            velocity *= 0.5
            velocity += x.sum()
            twin = velocity.copy()
            twin += 1.0
            return velocity * 1.0, twin * 1.0

        return step

    eager, compiled = {"velocity": np.full((), 2.0)}, {"velocity": np.full((), 2.0)}
    step, other = stepping(eager), ag.compile(stepping(compiled))
    array = compiled["velocity"]
    for k in range(4):
        x = np.array([k, 1.0])
        same(other(x), step(x))
        same(compiled["velocity"], eager["velocity"])
    assert compiled["velocity"] is array


def test_relu_and_cross_entropy_compile_into_numpy_calls_of_their_own():
    model = nn.MLP(4, [64, 3], activation="relu", seed=0)
    x, labels = np.random.default_rng(0).normal(size=(40, 4)), np.arange(40) % 3
    loss = ag.compile(lambda x, labels: ag.softmax_cross_entropy(model(x), labels))
    loss(x, labels)
    text = loss.source()
    assert "def " not in text.replace("def function(", "")
    with pytest.raises(ValueError, match="got label 3 in row 0"):
        loss(x, labels + 3)
