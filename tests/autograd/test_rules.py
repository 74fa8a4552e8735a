"""Every op of the table: its rules, its forms, its dtypes."""

import inspect
from contextlib import contextmanager

import numpy as np
import pytest
from references import REFERENCES

import autograd as ag
from autograd import Value
from autograd.ops import OPS, apply, numpy_table
from autograd.value import record

every_op = pytest.mark.parametrize("op", OPS.values(), ids=OPS.keys())


@contextmanager
def sample(k):
    """A failure inside says at which sample it happened."""
    try:
        yield
    except Exception as error:
        error.add_note(f"at sample {k} of the op")
        raise


#: Edges that a full run over the table must compare, so that it cannot be empty unseen.
EXPECTED_EDGES = 800


def differentiable(op, inputs):
    """Places of the inputs that take a gradient: all but the plain numbers of the sample."""
    places = []
    for index, x in enumerate(inputs):
        plain = type(x) is int or (type(x) is float and index > 0)
        if not plain and (op.variadic or op.rules[index] is not None):
            places.append(index)
    return places


def replaced(inputs, index, x):
    return (*inputs[:index], x, *inputs[index + 1 :])


def unbroadcast(contribution, shape):
    """Summed down to ``shape``, one axis after the other."""
    contribution = np.asarray(contribution)
    while contribution.ndim > len(shape):
        contribution = contribution.sum(axis=0)
    for axis, length in enumerate(shape):
        if contribution.shape[axis] != length:
            contribution = contribution.sum(axis=axis, keepdims=True)
    return contribution


def call_numpy(op, function, inputs, settings):
    """The call of NumPy's own function that means ``op(*inputs, **settings)``."""
    if op.name == "where":
        return function(settings["condition"], *inputs)
    if op.name == "einsum":
        return function(settings["subscripts"], *inputs)
    if op.variadic:
        return function(list(inputs), **settings)
    return function(*inputs, **settings)


def call_method(op, first, rest, settings):
    method = getattr(first, op.name)
    kinds = [p.kind for p in inspect.signature(method).parameters.values()]
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        given = [x for x in settings.values() if x is not None]
        return method(*rest, *given)
    return method(*rest, **settings)


#: Functions that record an op under another name, or beside others.
FUNCTIONS = {
    "eigenvectors": lambda a: ag.eigh(a).eigenvectors,
    "left_singular_vectors": lambda a: ag.svd(a, full_matrices=False).U,
    "right_singular_vectors": lambda a: ag.svd(a, full_matrices=False).Vh,
    "lstsq": lambda a, b: ag.lstsq(a, b).x,
}

#: Ops without a function of the same arguments: what is behind an operator or a rule, or is told
#: more by its function (dropout draws the mask).
UNNAMED = {
    "getitem", "astype", "recomputed", "compiled_call", "windows", "fold", "convolution",
    "convolution_transpose",
    "convolution_kernel", "max_pool", "avg_pool", "dropout",
}  # fmt: skip


def call_function(op, inputs, settings):
    function = FUNCTIONS.get(op.name) or getattr(ag, op.name)
    if op.name == "where":
        return function(settings["condition"], *inputs)
    if op.name == "einsum":
        return function(settings["subscripts"], *inputs)
    return function(list(inputs), **settings) if op.variadic else function(*inputs, **settings)


def test_the_table_has_samples_enough_for_every_op():
    assert len(OPS) >= 27
    few = {name: len(op.samples()) for name, op in OPS.items() if len(op.samples()) < 3}
    assert few == {}
    edges = 0
    for op in OPS.values():
        edges += sum(len(differentiable(op, inputs)) for inputs, _ in op.samples())
    assert edges >= EXPECTED_EDGES, f"only {edges} edges are compared"


@every_op
def test_each_op_names_its_inputs_its_rules_and_its_sign(op):
    assert op.__doc__
    assert op.symbol
    assert OPS[op.name] is op
    assert len(op.input_names) == len(set(op.input_names)) >= 1
    for name in op.input_names:
        if not op.variadic:
            assert "{" + name + "}" in op.pattern
        rule = op.wrt_inputs or getattr(op, f"wrt_{name}")
        assert callable(rule)
        assert rule.__name__ == ("wrt_inputs" if op.wrt_inputs else f"wrt_{name}")


def check_rule_agrees_with_central_differences(op, inputs, settings, jacobian):
    out = op.forward(*inputs, **settings)
    places = differentiable(op, inputs)
    assert places, "nothing to differentiate in this sample"
    for index in places:
        x = np.asarray(inputs[index], dtype=np.float64)

        def forward(moved, index=index):
            return op.forward(*replaced(inputs, index, moved), **settings)

        numeric = jacobian(forward, x)
        exact = np.zeros(np.shape(out) + x.shape)
        for place in np.ndindex(np.shape(out)):
            delta = np.zeros(np.shape(out))
            delta[place] = 1.0
            passed = op.rules[index](delta[()], out, *inputs, **settings)
            exact[place] = unbroadcast(passed, x.shape)
        np.testing.assert_allclose(exact, numeric, rtol=1e-8, atol=1e-9)


@every_op
def test_rule_agrees_with_central_differences(op, jacobian):
    for k, (inputs, settings) in enumerate(op.samples()):
        with sample(k):
            check_rule_agrees_with_central_differences(op, inputs, settings, jacobian)


@every_op
def test_each_wrong_call_of_the_table_gets_its_message(op):
    wrong = op.error_samples()
    assert len(wrong) >= 5
    for inputs, settings, error, message in wrong:
        with pytest.raises(error, match=message):
            record(op, inputs, settings or None)


def check_backward_passes_any_upstream_gradient_on(op, inputs, settings, k, jacobian):
    values = list(inputs)
    places = differentiable(op, inputs)
    for index in places:
        values[index] = Value(inputs[index])
    out = apply(op, *values, **settings)
    upstream = np.random.default_rng(k).uniform(-2.0, 3.0, size=out.shape)
    out.backward(upstream)
    for index in places:

        def forward(moved, index=index):
            return op.forward(*replaced(inputs, index, moved), **settings)

        numeric = jacobian(forward, inputs[index])
        expected = np.tensordot(upstream, numeric, axes=np.ndim(upstream))
        grad = values[index].grad
        assert grad.shape == np.shape(inputs[index])
        np.testing.assert_allclose(grad, expected, rtol=1e-8, atol=1e-8)


@every_op
def test_backward_passes_any_upstream_gradient_on(op, jacobian):
    for k, (inputs, settings) in enumerate(op.samples()):
        with sample(k):
            check_backward_passes_any_upstream_gradient_on(op, inputs, settings, k, jacobian)


def check_forward_agrees_with_numpy_and_is_never_a_0d_array(op, inputs, settings):
    out = apply(op, Value(inputs[0]), *inputs[1:], **settings).data
    assert isinstance(out, np.floating) if np.ndim(out) == 0 else type(out) is np.ndarray
    assert out.dtype == np.float64
    plain = [x if isinstance(x, int | float) else np.asarray(x) for x in inputs]
    compared = 0
    for function in op.numpy:
        np.testing.assert_allclose(out, call_numpy(op, function, plain, settings), rtol=1e-14)
        compared += 1
    if op.name in REFERENCES:
        reference = REFERENCES[op.name](*inputs, **settings)
        np.testing.assert_allclose(out, reference, rtol=1e-12, atol=1e-15)
        compared += 1
    assert compared, f"{op.name} needs a NumPy counterpart, or an entry in REFERENCES"


@every_op
def test_forward_agrees_with_numpy_and_is_never_a_0d_array(op):
    for k, (inputs, settings) in enumerate(op.samples()):
        with sample(k):
            check_forward_agrees_with_numpy_and_is_never_a_0d_array(op, inputs, settings)


def check_function_method_and_numpy_form_record_the_same(op, inputs, settings):
    values = [x if type(x) is int else Value(x) for x in inputs]
    expected = apply(op, *values, **settings)
    forms = [call_numpy(op, function, values, settings) for function in op.numpy]
    if op.name in FUNCTIONS or (hasattr(ag, op.name) and op.name not in ("dropout", "trace")):
        forms.append(call_function(op, values, settings))
    if hasattr(Value, op.name) and op.name != "copy":
        forms.append(call_method(op, values[0], values[1:], settings))
    assert forms or op.name in UNNAMED
    for form in forms:
        assert form.op is op
        assert type(form.data) is type(expected.data)
        np.testing.assert_array_equal(form.data, expected.data)
        assert [a is b for a, b in zip(form.inputs, expected.inputs, strict=True)].count(
            False
        ) == sum(not isinstance(x, Value) and type(x) is not int for x in expected.inputs)


@every_op
def test_function_method_and_numpy_form_record_the_same(op):
    for k, (inputs, settings) in enumerate(op.samples()):
        with sample(k):
            check_function_method_and_numpy_form_record_the_same(op, inputs, settings)


@every_op
def test_each_numpy_function_stands_for_one_op(op):
    for function in op.numpy:
        assert [o for f, o in numpy_table() if f is function] == [op]


def check_float32_stays_float32_forwards_and_backwards(op, inputs, settings):
    values = []
    for x in inputs:
        values.append(x if type(x) in (int, float) else Value(np.asarray(x, dtype=np.float32)))
    if type(inputs[0]) is float:
        values[0] = Value(inputs[0], dtype=np.float32)
    out = apply(op, *values, **settings)
    assert out.dtype == settings.get("dtype", np.float32)
    out.backward(np.full(out.shape, 0.5))
    checked = 0
    for value in values:
        if isinstance(value, Value):
            assert value.grad.dtype == np.float32
            assert value.grad.shape == value.shape
            checked += 1
    assert checked


@every_op
def test_float32_stays_float32_forwards_and_backwards(op):
    for k, (inputs, settings) in enumerate(op.samples()):
        with sample(k):
            check_float32_stays_float32_forwards_and_backwards(op, inputs, settings)


SCALAR_OPS = [op for op in OPS.values() if op.elementwise and op.name != "where"]


@pytest.mark.parametrize("op", SCALAR_OPS, ids=lambda op: op.name)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_scalars_give_numpy_scalars_in_data_and_gradient(op, dtype):
    point = 1.25 if op.name == "arccosh" else 0.75
    values = [Value(point, dtype=dtype) for _ in op.input_names]
    out = apply(op, *values)
    out.backward()
    for data in (out.data, out.grad, *(v.data for v in values), *(v.grad for v in values)):
        assert type(data) is dtype


OPERATORS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
}
LEFTS = [2.5, 3, True, np.float64(1.5), np.float32(1.5), np.int64(2), np.array(2.0)]
LEFTS += [
    np.array([1.0, 2.0, 3.0]),
    np.array([[1], [2]]),
    [1.0, 2.0, 3.0],
    (4.0,),
    np.ones((2, 1, 3)),
]


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("plain", LEFTS, ids=repr)
def test_operators_take_numbers_and_arrays_on_either_side(name, plain, jacobian):
    operate = OPERATORS[name]
    for sides in (lambda v: operate(plain, v), lambda v: operate(v, plain)):
        v = Value([0.5, 1.5, 2.5])
        out = sides(v)
        assert type(out) is Value
        assert out.op is OPS[name]

        def bare(x, sides=sides):
            y = sides(Value(x, requires_grad=False))
            return y.data

        array = np.asarray(plain)
        by_numpy = operate(array, v.data), operate(v.data, array)
        assert any(np.allclose(out.data, y, rtol=1e-14) for y in by_numpy)
        upstream = np.arange(1.0, out.size + 1).reshape(out.shape)
        out.backward(upstream)
        expected = np.tensordot(upstream, jacobian(bare, v.data), axes=out.ndim)
        np.testing.assert_allclose(v.grad, expected, rtol=1e-8)


def test_the_left_operand_stays_on_the_left():
    v = Value([2.0, 4.0])
    a = np.array([1.0, 8.0])
    assert (a - v).data.tolist() == [-1.0, 4.0]
    assert (v - a).data.tolist() == [1.0, -4.0]
    assert (a / v).data.tolist() == [0.5, 2.0]
    assert (a**v).data.tolist() == [1.0, 4096.0]
    assert (2 - v).data.tolist() == [0.0, -2.0]
    assert (2 / v).data.tolist() == [1.0, 0.5]
    assert (2**v).data.tolist() == [4.0, 16.0]


def test_matmul_takes_arrays_on_either_side():
    rng = np.random.default_rng(0)
    a, w = rng.normal(size=(2, 3)), Value(rng.normal(size=(3, 4)))
    upstream = rng.normal(size=(2, 4))
    out = a @ w
    out.backward(upstream)
    np.testing.assert_allclose(w.grad, a.T @ upstream)
    v = Value(a)
    (v @ w.data).backward(upstream)
    np.testing.assert_allclose(v.grad, upstream @ w.data.T)
    u = Value(rng.normal(size=3))
    ([[1.0, 2.0, 3.0]] @ u).backward([2.0])
    assert u.grad.tolist() == [2.0, 4.0, 6.0]


SHAPES = [(), (1,), (3,), (2, 3), (2, 1), (1, 3), (4, 2, 3), (4, 1, 1), (1, 2, 1), (0, 3)]
PAIRS = [
    (a, b)
    for a in SHAPES
    for b in SHAPES
    if not ({0} & {*a, *b} and {2, 4} & {*a, *b})  # (0, 3) meets what broadcasts with it
]


@pytest.mark.parametrize("name", OPERATORS)
def test_broadcasting_is_undone_in_all_directions(name):
    rng = np.random.default_rng(7)
    assert len(PAIRS) >= 80
    for shape_a, shape_b in PAIRS:
        a, b = Value(rng.uniform(0.5, 2, shape_a)), Value(rng.uniform(0.5, 2, shape_b))
        out = OPERATORS[name](a, b)
        assert out.shape == np.broadcast_shapes(shape_a, shape_b)
        upstream = rng.normal(size=out.shape)
        out.backward(upstream)
        whole_a, whole_b = np.broadcast_arrays(a.data, b.data)
        for value, place in ((a, 0), (b, 1)):
            rule = OPS[name].rules[place]
            full = np.broadcast_to(rule(upstream, out.data, whole_a, whole_b), out.shape)
            np.testing.assert_allclose(value.grad, unbroadcast(full, value.shape), rtol=1e-12)
            assert value.grad.shape == value.shape


@pytest.mark.parametrize("axis", [0, -1, None, ()])
@pytest.mark.parametrize("name", ["sum", "max"])
def test_a_scalar_reduces_over_an_axis_as_in_numpy(name, axis):
    v = Value(3.0)
    out = getattr(v, name)(axis=axis)
    out.backward(2.0)
    assert (out.shape, out.item(), v.grad) == ((), 3.0, 2.0)


@pytest.mark.parametrize("axis", [None, 0, -1, (0, -1), (1,), np.int64(1), ()])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("name", ["sum", "mean", "max"])
def test_reductions_take_every_axis_that_numpy_takes(name, axis, keepdims, jacobian):
    data = np.random.default_rng(3).permutation(24).reshape(2, 3, 4) / 8
    v = Value(data)
    out = getattr(v, name)(axis=axis, keepdims=keepdims)
    np.testing.assert_allclose(out.data, getattr(np, name)(data, axis=axis, keepdims=keepdims))
    upstream = np.random.default_rng(4).normal(size=out.shape)
    out.backward(upstream)
    numeric = jacobian(lambda x: getattr(np, name)(x, axis=axis, keepdims=keepdims), data)
    expected = np.tensordot(upstream, numeric, axes=out.ndim)
    np.testing.assert_allclose(v.grad, expected, rtol=1e-9, atol=1e-9)


MATRIX = np.arange(12.0).reshape(3, 4)
INDICES = [
    0, -1, np.int64(1), slice(None), slice(None, None, -2), ..., None, True, False, np.True_, (),
    [], [0, 2, 2], [True, False, True], (0, 1), (slice(1, None), [0, 0]), (None, 1, ..., None),
    np.array(1), np.array([], dtype=int), np.array([[0, 1], [1, 1]]), MATRIX > 5, range(2),
    (np.array([0, 2]), None, np.array([1, 1])), ([0, 1, 1], [3, 3, 3]), (MATRIX > 50,),
]  # fmt: skip


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_indexing_follows_numpy_and_repeats_add_up(index):
    v = Value(MATRIX)
    out = v[index]
    np.testing.assert_array_equal(out.data, MATRIX[index])
    upstream = np.random.default_rng(1).normal(size=out.shape)
    out.backward(upstream)
    expected = np.zeros_like(MATRIX)
    np.add.at(expected, index, upstream)
    np.testing.assert_allclose(v.grad, expected)


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        (lambda v: v.reshape(3, 2), (3, 2)),
        (lambda v: v.reshape((3, 2)), (3, 2)),
        (lambda v: v.reshape([3, 2]), (3, 2)),
        (lambda v: v.reshape(-1), (6,)),
        (lambda v: v.reshape(np.int64(6)), (6,)),
        (lambda v: v.transpose(), (3, 2)),
        (lambda v: v.transpose(1, 0), (3, 2)),
        (lambda v: v.transpose((1, 0)), (3, 2)),
        (lambda v: v.transpose(-1, 0), (3, 2)),
        (lambda v: v.transpose(None), (3, 2)),
        (lambda v: v.T, (3, 2)),
        (lambda v: v.swapaxes(0, -1), (3, 2)),
    ],
)
def test_shapes_are_given_as_numpy_takes_them(expression, shape):
    v = Value(np.arange(6.0).reshape(2, 3))
    out = expression(v)
    assert out.shape == shape
    np.testing.assert_array_equal(out.data, expression(v.data.copy()))
    out.backward(out.data)
    np.testing.assert_array_equal(v.grad, v.data)


def test_stack_takes_any_iterable_and_constants_between_values():
    a, b = Value(1.0), Value(3.0)
    out = ag.stack(x for x in (a, 2.0, b))
    assert out.data.tolist() == [1.0, 2.0, 3.0]
    out.backward([5.0, 6.0, 7.0])
    assert (a.grad, b.grad) == (5.0, 7.0)


def test_free_functions_of_plain_numbers_give_floating_constants():
    results = [ag.add(1, 2), ag.multiply([1, 2], 3), ag.where([True, False], 1, 2), ag.exp(0)]
    results += [
        ag.affine([1], [[2]], [3]),
        ag.stack([1, 2]),
        ag.matmul([[1, 2]], [3, 4]),
        ag.sum([1, 2]),
        ag.negative(1),
    ]
    for result in results:
        assert result.dtype == np.float64
        assert not result.requires_grad
        assert repr(result)
    assert ag.add(1, 2).data == 3.0
