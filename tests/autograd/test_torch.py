"""Values and gradients against PyTorch in float64, for every op that it has too."""

import numpy as np
import pytest

from autograd import Value
from autograd.ops import OPS, apply

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed: pip install 'glassgrad[torch]' compares with it"
)
F = torch.nn.functional

#: Fewer ops than this are never compared.
EXPECTED_OPS = 115


def axes(a, axis):
    """``axis`` as PyTorch takes it: a tuple, all of them for None."""
    if axis is None:
        return tuple(range(a.ndim))
    return axis if isinstance(axis, tuple) else (int(axis),)


def reducing(function):
    """A reduction of PyTorch with NumPy's axis: () reduces nothing."""

    def reduce(a, axis=None, keepdims=False, **settings):
        dim = axes(a, axis)
        if dim == ():
            a, dim = a.reshape((1, *a.shape)), (0,)
            out = function(a, dim=dim, keepdim=False, **settings)
            return out
        return function(a, dim=dim, keepdim=keepdims, **settings)

    return reduce


def prod(a, dim, keepdim):
    for k in sorted((k % a.ndim for k in dim), reverse=True):
        a = torch.prod(a, k, keepdim=True)
    kept = set(range(a.ndim)) - {k % a.ndim for k in dim}
    return a if keepdim else a.reshape([a.shape[k] for k in sorted(kept)])


def spread(function):
    def measure(a, dim, keepdim, ddof=0):
        if a.numel() == 0:
            raise NotImplementedError("PyTorch warns of nothing to measure")
        return function(a, dim, correction=ddof, keepdim=keepdim)

    return measure


def running(function):
    def run(a, axis=None):
        return function(a.reshape(-1), 0) if axis is None else function(a, axis)

    return run


def index_of(index):
    if isinstance(index, tuple):
        kinds = {type(part) for part in index}
        if kinds & {int, np.int64} and kinds & {list, np.ndarray} and len(kinds) > 2:
            raise NotImplementedError("PyTorch puts the axis of a mixed index elsewhere")
        return tuple(index_of(part) for part in index)
    if isinstance(index, slice) and index.step is not None and index.step < 0:
        raise NotImplementedError("PyTorch has no negative steps")
    return torch.as_tensor(index) if isinstance(index, np.ndarray | list) else index


def scatter(a, index, shape):
    places = np.arange(np.prod(shape)).reshape(shape)[index]
    places = torch.as_tensor(np.array(places))
    flat = torch.zeros(int(np.prod(shape)), dtype=a.dtype)
    spread = torch.broadcast_to(a, places.shape).reshape(-1)
    return flat.index_add(0, places.reshape(-1), spread).reshape(shape)


def swapped(a, axis1, axis2):
    return torch.swapaxes(a, axis1, axis2)


def expand_dims(a, axis):
    return a.reshape(np.expand_dims(np.empty(tuple(a.shape)), axis).shape)


def trace(a, offset=0, axis1=0, axis2=1):
    return torch.diagonal(a, offset, axis1, axis2).sum(-1)


def clip(a, low, high):
    low, high = (torch.as_tensor(x, dtype=a.dtype) for x in (low, high))
    a, low, high = torch.broadcast_tensors(a, low, high)
    return torch.clamp(a, low, high)


def round_to(a, decimals=0):
    return torch.round(a, decimals=decimals)


def repeat(a, repeats, axis=None):
    repeats = torch.as_tensor(np.array(repeats))
    if repeats.ndim:
        count = a.numel() if axis is None else a.shape[axis]
        repeats = repeats.expand(count)
    if axis is None or a.ndim == 0:
        return torch.repeat_interleave(a.reshape(-1), repeats)
    return torch.repeat_interleave(a, repeats, axis)


def tile(a, reps):
    return torch.tile(a, tuple(np.atleast_1d(reps).tolist()))


def roll(a, shift, axis=None):
    if axis is None:
        return torch.roll(a, shift)
    shift, axis = np.broadcast_arrays(shift, axis)
    return torch.roll(a, tuple(shift.ravel().tolist()), tuple(axis.ravel().tolist()))


def flip(a, axis=None):
    return torch.flip(a, axes(a, axis))


def sort(a, axis=-1):
    return torch.sort(a.reshape(-1) if axis is None else a, -1 if axis is None else axis).values


def concatenate(*inputs, axis=0):
    if axis is None:
        return torch.cat([a.reshape(-1) for a in inputs])
    return torch.cat(inputs, axis)


def diag(a, k=0):
    return torch.diag(a, k)


def triangle(function):
    """``function`` with NumPy's way with a vector: it is repeated to a square first."""

    def cut(a, k=0):
        return function(a.expand(a.numel(), -1) if a.ndim == 1 else a, k)

    return cut


def pad(a, pad_width, mode="constant", constant_values=0):
    if mode != "constant":
        places = np.pad(np.arange(a.numel()).reshape(tuple(a.shape)), pad_width, mode)
        return a.reshape(-1)[torch.as_tensor(places)]
    widths = np.broadcast_to(pad_width, (a.ndim, 2))
    flat = [int(n) for pair in reversed(widths) for n in pair]
    if np.ndim(constant_values) == 0:
        return F.pad(a, flat, value=float(constant_values))
    raise NotImplementedError("PyTorch pads with one constant here")


def solve(a, b):
    if b.ndim == 1:  # PyTorch may take a vector for a batch
        return torch.linalg.solve(a, b[:, None])[..., 0]
    return torch.linalg.solve(a, b.expand((*a.shape[:-2], *b.shape[-2:])) if a.ndim > b.ndim else b)


def det(a):
    if a.numel() and float(torch.linalg.cond(a.detach()).max()) > 1e12:
        raise NotImplementedError("PyTorch's gradient at a singular matrix is not the cofactors")
    return torch.linalg.det(a)


def symmetric(function):
    """``function`` of the symmetric part, as it is read here; PyTorch reads one triangle."""
    return lambda a: function((a + a.transpose(-1, -2)) / 2)


def padded(a, padding, fill=0.0):
    return F.pad(a, [n for pair in reversed(padding) for n in pair], value=fill)


def convolution(a, weight, stride, padding, dilation, groups):
    function = (F.conv1d, F.conv2d, F.conv3d)[a.ndim - 3]
    return function(padded(a, padding), weight, None, stride, 0, dilation, groups)


def convolution_transpose(a, weight, space, stride, padding, dilation, groups):
    function = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[a.ndim - 3]
    if len(a) == 0:
        raise NotImplementedError("PyTorch refuses an empty batch here")
    x = function(a, weight, None, stride, 0, 0, groups, dilation)
    shape = [n + sum(ends) for n, ends in zip(space, padding, strict=True)]
    missing = [n - m for n, m in zip(shape, x.shape[2:], strict=True)]
    x = padded(x, [(0, n) for n in missing])
    inside = [slice(p[0], n - p[1]) for n, p in zip(shape, padding, strict=True)]
    return x[(..., *inside)]


def max_pool(a, kernel, stride, padding):
    function = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[a.ndim - 3]
    return function(padded(a, padding, -np.inf), kernel, stride)


def avg_pool(a, kernel, stride, padding, count_padding=True):
    function = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[a.ndim - 3]
    mean = function(padded(a, padding), kernel, stride)
    return mean if count_padding else mean / function(padded(a * 0 + 1, padding), kernel, stride)


def batch_norm(a, weight, bias, eps=1e-5):
    return F.batch_norm(a, None, None, weight, bias, training=True, eps=eps)


def layer_norm(a, weight, bias, eps=1e-5):
    if weight.numel() == 1:
        raise NotImplementedError("PyTorch's gradient of a constant is rounding noise, not 0")
    return F.layer_norm(a, weight.shape, weight, bias, eps)


#: The function of PyTorch for each op that it has: (tensors, settings as keywords) -> tensor.
THEIRS = {
    "add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "divide": torch.div,
    "power": torch.pow, "negative": torch.neg, "positive": torch.positive,
    "exp": torch.exp, "exp2": torch.exp2, "expm1": torch.expm1, "log": torch.log,
    "log2": torch.log2, "log10": torch.log10, "log1p": torch.log1p,
    "logaddexp": torch.logaddexp, "logaddexp2": torch.logaddexp2,
    "sinh": torch.sinh, "cosh": torch.cosh, "tanh": torch.tanh, "arcsinh": torch.arcsinh,
    "arccosh": torch.arccosh, "arctanh": torch.arctanh, "sin": torch.sin, "cos": torch.cos,
    "tan": torch.tan, "arcsin": torch.arcsin, "arccos": torch.arccos, "arctan": torch.arctan,
    "arctan2": torch.arctan2, "radians": torch.deg2rad, "degrees": torch.rad2deg,
    "square": torch.square, "sqrt": torch.sqrt, "reciprocal": torch.reciprocal,
    "hypot": torch.hypot, "erf": torch.erf, "erfc": torch.erfc, "sigmoid": torch.sigmoid,
    "relu": F.relu, "leaky_relu": F.leaky_relu, "elu": F.elu, "gelu": F.gelu, "silu": F.silu,
    "softplus": lambda a: F.softplus(a, threshold=700), "absolute": torch.abs,
    "sign": torch.sign, "copysign": torch.copysign, "floor": torch.floor, "ceil": torch.ceil,
    "trunc": torch.trunc, "rint": torch.round, "round": round_to, "remainder": torch.remainder,
    "fmod": torch.fmod, "where": lambda a, b, condition: torch.where(
        torch.as_tensor(condition), a, b
    ),
    "floor_divide": lambda a, b: torch.div(a, b, rounding_mode="floor"),
    "maximum": torch.maximum, "minimum": torch.minimum, "fmax": torch.fmax, "fmin": torch.fmin,
    "clip": clip,
    "sum": reducing(torch.sum), "mean": reducing(torch.mean), "max": reducing(torch.amax),
    "min": reducing(torch.amin), "logsumexp": reducing(torch.logsumexp),
    "prod": reducing(prod), "cumsum": running(torch.cumsum), "cumprod": running(torch.cumprod),
    "var": reducing(spread(torch.var)), "std": reducing(spread(torch.std)),
    "vector_norm": reducing(lambda a, dim, keepdim, ord=2: torch.linalg.vector_norm(
        a, ord, dim, keepdim
    )),
    "matmul": torch.matmul, "affine": F.linear, "trace": trace,
    "einsum": lambda *inputs, subscripts: torch.einsum(subscripts.replace(" ", ""), *inputs),
    "inner": torch.inner, "outer": lambda a, b: torch.outer(a.reshape(-1), b.reshape(-1)),
    "det": det, "inv": torch.linalg.inv, "cholesky": symmetric(torch.linalg.cholesky),
    "eigvalsh": symmetric(torch.linalg.eigvalsh), "svdvals": torch.linalg.svdvals,
    "logabsdet": lambda a: torch.linalg.slogdet(a)[1],
    "convolution": convolution, "convolution_transpose": convolution_transpose,
    "max_pool": max_pool, "avg_pool": avg_pool, "layer_normalization": layer_norm,
    "batch_normalization": batch_norm,
    "embedding": lambda weight, indices: F.embedding(torch.as_tensor(indices), weight),
    "binary_cross_entropy_with_logits": F.binary_cross_entropy_with_logits,
    "lstsq": lambda a, b: torch.linalg.lstsq(a, b.reshape(len(b), -1)).solution.reshape(
        a.shape[1:] + b.shape[1:]
    ),
    "solve": solve, "pinv": torch.linalg.pinv, "diagonal": lambda a, offset=0, axis1=0, axis2=1: (
        torch.diagonal(a, offset, axis1, axis2)
    ),
    "diag": diag, "triu": triangle(torch.triu), "tril": triangle(torch.tril),
    "getitem": lambda a, index: a[index_of(index)], "scatter": scatter,
    "astype": lambda a, dtype: a.to(getattr(torch, dtype.name)),
    "reshape": lambda a, shape: a.reshape((shape,) if isinstance(shape, int) else shape),
    "transpose": lambda a, axes=None: a.permute(axes or tuple(reversed(range(a.ndim)))),
    "swapaxes": swapped, "expand_dims": expand_dims,
    "broadcast_to": lambda a, shape: a.broadcast_to(np.broadcast_shapes(shape)),
    "stack": lambda *inputs, axis=0: torch.stack(inputs, axis), "concatenate": concatenate,
    "repeat": repeat, "tile": tile, "roll": roll, "flip": flip, "sort": sort, "pad": pad,
    "softmax": lambda a, axis=-1: torch.softmax(a, axis),
    "log_softmax": lambda a, axis=-1: torch.log_softmax(a, axis),
    "mean_squared_error": F.mse_loss,
    "softmax_cross_entropy": lambda a, labels: F.cross_entropy(a, torch.as_tensor(labels)),
}  # fmt: skip

#: Ops that PyTorch does not have, or not with a gradient.
NOT_THEIRS = {
    "cbrt": "PyTorch has no cube root",
    "heaviside": "its heaviside has no derivative",
    "step": "PyTorch has no step function",
    "dropout": "its dropout draws the mask itself",
    "eigenvectors": "its gradient refuses what depends on the signs of the vectors",
    "left_singular_vectors": "its gradient refuses what depends on the signs of the vectors",
    "right_singular_vectors": "its gradient refuses what depends on the signs of the vectors",
    "windows": "its unfold lays the windows out in another way",
    "fold": "its fold lays the windows out in another way",
    "convolution_kernel": "the derivative of its convolution in the weight, compared there",
    "recomputed": "a checkpoint is no function of its own",
    "compiled_call": "a compiled function is no function of its own",
}

COMPARED = [name for name in OPS if name in THEIRS]


@pytest.mark.parametrize("name", COMPARED)
def test_value_and_gradient_agree_with_pytorch(name, differentiable):
    op, rng, compared = OPS[name], np.random.default_rng(23), 0
    for k, (inputs, settings) in enumerate(op.samples()):
        places = differentiable(op, inputs)
        ours, theirs = list(inputs), list(inputs)
        for place, x in enumerate(inputs):
            if type(x) is not int:
                theirs[place] = torch.tensor(np.array(x), requires_grad=place in places)
            if place in places:
                ours[place] = Value(x)
        try:
            out = THEIRS[name](*theirs, **settings)
        except NotImplementedError:
            continue
        y = apply(op, *ours, **settings)
        agree(y.data, out, f"{name}, sample {k}: the value")
        if not out.requires_grad:
            assert not places
            continue
        upstream = rng.normal(size=y.shape)
        y.backward(upstream)
        out.backward(torch.tensor(upstream))
        for place in places:
            expected = theirs[place].grad
            if expected is None:
                expected = torch.zeros_like(theirs[place])
            agree(ours[place].grad, expected, f"{name}, sample {k}: gradient of input {place}")
        compared += 1
    assert compared >= min(len(op.samples()), 25) * 0.75


def agree(ours, theirs, what):
    """Relative to 1e-12, of each element or of the largest of them."""
    theirs = theirs.detach().numpy()
    assert np.shape(ours) == theirs.shape, what
    scale = np.max(np.abs(theirs), initial=1e-300, where=np.isfinite(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-13 * scale, err_msg=what)


def test_every_op_is_compared_or_known_not_to_be_theirs():
    assert len(COMPARED) >= EXPECTED_OPS
    unknown = [name for name in OPS if name not in THEIRS and name not in NOT_THEIRS]
    assert unknown == []
