"""More steps of random programs: indices, products, matrices, networks, the engine's own ways."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import numpy as np
import torch
from program_steps import EVERYWHERE, INSIDE_ONE, F, Shape, kind, nothing, one_axis, varied
from program_steps import KINDS as KINDS

import autograd as ag

# Indexing


def an_index(random: Random, shape: Shape) -> dict[str, Any] | None:
    """Integers, slices with steps, an ellipsis, a new axis; in one axis positions or a mask."""
    if not shape:
        return None
    index: list[Any] = []
    special = random.randrange(2 * len(shape))
    for axis, n in enumerate(shape):
        if axis == special:
            positions = [random.randrange(-n, n) for _ in range(random.randint(1, 4))]
            mask = [random.random() < 0.6 for _ in range(n - 1)] + [True]
            index.append(np.array(random.choice([positions, mask])))
            continue
        if special < len(shape) and axis < special:
            index.append(slice(None))
            continue
        start = random.randrange(n)
        index.append(random.choice([
            random.randrange(-n, n) if special >= len(shape) else slice(None),
            slice(None), slice(start, None, random.randint(1, 2)), slice(None, start + 1),
        ]))  # fmt: skip
    if special >= len(shape) and random.random() < 0.3:
        index.insert(random.randrange(len(index) + 1), None)
    if special >= len(shape) and random.random() < 0.3:
        index = [*index[: random.randrange(len(index))], ...]
    return {"index": tuple(index)}


def index_theirs(a: Any, index: Any) -> Any:
    return a[tuple(torch.as_tensor(k) if isinstance(k, np.ndarray) else k for k in index)]


kind("getitem", an_index, lambda a, index: a[index], index_theirs, None)


def reversed_slice(random: Random, shape: Shape) -> dict[str, Any] | None:
    return {"step": -random.randint(1, 2)} if shape else None


kind("reversed", reversed_slice, lambda a, step: a[::step],
     lambda a, step: torch.flip(a, (0,))[::-step], None)  # fmt: skip


def places_along(random: Random, shape: Shape) -> dict[str, Any] | None:
    drawn = one_axis(random, shape)
    if drawn is None:
        return None
    axis = drawn["axis"] % len(shape)
    count = list(shape)
    count[axis] = random.randint(1, 3)
    flat = [random.randrange(shape[axis]) for _ in range(math.prod(count))]
    return {"places": np.array(flat).reshape(count), "axis": axis}


kind(
    "take_along_axis", places_along,
    lambda a, places, axis: ag.take_along_axis(a, places, axis),
    lambda a, places, axis: torch.take_along_dim(a, torch.as_tensor(places), axis), None,
)  # fmt: skip
kind(
    "take", places_along, lambda a, places, axis: ag.take(a, places.ravel()[:4], axis),
    lambda a, places, axis: torch.index_select(a, axis, torch.as_tensor(places.ravel()[:4])), None,
)  # fmt: skip


def scattered(random: Random, shape: Shape) -> dict[str, Any] | None:
    return {"places": np.array([random.randrange(4) for _ in range(shape[0])])} if shape else None


def scatter_theirs(a: Any, places: Any) -> Any:
    return torch.zeros((4, *a.shape[1:]), dtype=a.dtype).index_add(0, torch.as_tensor(places), a)


kind("scatter", scattered, lambda a, places: ag.scatter(a, places, (4, *a.shape[1:])),
     scatter_theirs, None)  # fmt: skip


def matrix_offset(random: Random, shape: Shape) -> dict[str, Any] | None:
    return {"k": random.randint(-1, 1)} if len(shape) >= 2 and min(shape[-2:]) > 1 else None


kind("triu", matrix_offset, lambda a, k: ag.triu(a, k), lambda a, k: torch.triu(a, k), None)
kind("tril", matrix_offset, lambda a, k: ag.tril(a, k), lambda a, k: torch.tril(a, k), None)
kind("diagonal", matrix_offset, lambda a, k: ag.diagonal(a, k, -2, -1),
     lambda a, k: torch.diagonal(a, k, -2, -1), None)  # fmt: skip
kind("trace", matrix_offset, lambda a, k: np.trace(a, k, -2, -1),
     lambda a, k: torch.diagonal(a, k, -2, -1).sum(-1), None)  # fmt: skip


def a_vector(random: Random, shape: Shape) -> dict[str, Any] | None:
    return {"k": random.randint(-1, 1)} if len(shape) == 1 else None


kind("diag", a_vector, lambda a, k: ag.diag(a, k), lambda a, k: torch.diag(a, k), None)


# Products


def matrices(random: Random, a: Shape, b: Shape) -> dict[str, Any] | None:
    try:
        np.matmul(np.empty(a), np.empty(b))
    except ValueError:
        return None
    return {}


kind("matmul", matrices, lambda a, b: a @ b, lambda a, b: a @ b, EVERYWHERE, None)


def an_array(random: Random, *shape: int) -> Any:
    flat = [round(random.uniform(-1, 1), 2) for _ in range(math.prod(shape))]
    return np.array(flat).reshape(shape)


def a_weight(random: Random, shape: Shape) -> dict[str, Any] | None:
    return {"w": an_array(random, shape[-1], random.randint(1, 3))} if shape else None


kind("times weight", a_weight, lambda a, w: a @ w, lambda a, w: a @ torch.as_tensor(w), None)
kind("affine", lambda random, shape: None if len(shape) != 2 else
     {"w": an_array(random, 2, shape[-1]), "b": an_array(random, 2)},
     lambda a, w, b: ag.affine(a, w, b),
     lambda a, w, b: F.linear(a, torch.as_tensor(w), torch.as_tensor(b)), None)  # fmt: skip
kind("outer", nothing, ag.outer, lambda a, b: torch.outer(a.reshape(-1), b.reshape(-1)),
     EVERYWHERE, None)  # fmt: skip


def last_alike(random: Random, a: Shape, b: Shape) -> dict[str, Any] | None:
    return {} if a and b and a[-1] == b[-1] else None


kind("inner", last_alike, ag.inner, torch.inner, EVERYWHERE, None)
kind("tensordot", last_alike, lambda a, b: ag.tensordot(a, b, ([a.ndim - 1], [b.ndim - 1])),
     lambda a, b: torch.tensordot(a, b, ([a.ndim - 1], [b.ndim - 1])),
     EVERYWHERE, None)  # fmt: skip


def subscripts(random: Random, a: Shape, b: Shape) -> dict[str, Any] | None:
    """Letters for the axes: equal lengths may share one; some letters go to the result."""
    letters: list[tuple[str, int]] = []
    words = []
    for shape in (a, b):
        word = ""
        for n in shape:
            known = [letter for letter, length in letters if length == n and letter not in word]
            if known and random.random() < 0.7:
                word += random.choice(known)
            else:
                letters.append(("ijklmnopqrstuvwxyz"[len(letters)], n))
                word += letters[-1][0]
        words.append(word)
    kept = [letter for letter, _ in letters if random.random() < 0.6]
    random.shuffle(kept)
    return {"subscripts": f"{words[0]},{words[1]}->{''.join(kept)}"}


kind("einsum", subscripts, lambda a, b, subscripts: ag.einsum(subscripts, a, b),
     lambda a, b, subscripts: torch.einsum(subscripts, a, b), EVERYWHERE, None)  # fmt: skip


# Matrices: 3 x 3, far from singular, of the elements of any value


#: Added to each matrix: keeps its singular values away from zero and from each other.
SINGULAR_VALUES = np.diag([4.0, 7.0, 10.0])


def drawn_matrix(random: Random, shape: Shape, *others: Shape) -> dict[str, Any]:
    return {"places": np.array([random.randrange(math.prod(shape)) for _ in range(9)])}


def matrix_ours(a: Any, places: Any) -> Any:
    return a.ravel()[places].reshape(3, 3) + SINGULAR_VALUES


def matrix_theirs(a: Any, places: Any) -> Any:
    flat = a.reshape(-1)[torch.as_tensor(places)].reshape(3, 3)
    return flat + torch.as_tensor(SINGULAR_VALUES)


for name, ours, theirs in (
    ("det", lambda m: ag.det(m / 5), lambda m: torch.linalg.det(m / 5)),
    ("inv", ag.inv, torch.linalg.inv),
    ("slogdet", lambda m: ag.slogdet(m)[1], lambda m: torch.linalg.slogdet(m)[1]),
    ("pinv", ag.pinv, torch.linalg.pinv),
    ("eigvalsh", lambda m: ag.eigvalsh(m + m.T), lambda m: torch.linalg.eigvalsh(m + m.T)),
    ("eigenvectors, squared", lambda m: ag.eigh(m + m.T)[1] ** 2,
     lambda m: torch.linalg.eigh(m + m.T)[1] ** 2),
    ("left singular vectors, squared", lambda m: ag.svd(m)[0] ** 2,
     lambda m: torch.linalg.svd(m)[0] ** 2),
    ("right singular vectors, squared", lambda m: ag.svd(m)[2] ** 2,
     lambda m: torch.linalg.svd(m)[2] ** 2),
    ("singular values", ag.svdvals, torch.linalg.svdvals),
    ("least squares", lambda m: ag.lstsq(m[:, :2], m[:, 2])[0],
     lambda m: torch.linalg.lstsq(m[:, :2], m[:, 2:]).solution[:, 0]),
    ("cholesky", lambda m: ag.cholesky(m @ m.T), lambda m: torch.linalg.cholesky(m @ m.T)),
    ("solve", lambda m: ag.solve(m, m[0]), lambda m: torch.linalg.solve(m, m[0])),
    ("nuclear norm", lambda m: ag.matrix_norm(m, "nuc"),
     lambda m: torch.linalg.matrix_norm(m, "nuc")),
):  # fmt: skip
    kind(
        name, drawn_matrix, lambda a, places, ours=ours: ours(matrix_ours(a, places)),
        lambda a, places, theirs=theirs: theirs(matrix_theirs(a, places)), INSIDE_ONE,
    )  # fmt: skip


# Networks


def image(random: Random, shape: Shape) -> dict[str, Any] | None:
    """A batch of one, with channels 1 or 2, of the elements of any value."""
    channels = random.choice([1, 2])
    places = [random.randrange(math.prod(shape)) for _ in range(channels * 12)]
    return {"places": np.array(places).reshape(1, channels, 3, 4)}


def convolving(random: Random, shape: Shape) -> dict[str, Any] | None:
    drawn = image(random, shape) or {}
    channels = drawn["places"].shape[1]
    groups = random.choice([1, channels])
    kernel = an_array(random, 2, channels // groups, 2, random.choice([1, 2]))
    return {**drawn, "w": kernel, "stride": random.choice([1, 2]),
            "padding": random.choice([0, 1]), "groups": groups}  # fmt: skip


kind(
    "conv2d of values", convolving,
    lambda a, places, w, **s: ag.conv2d(a.ravel()[places], w * a.mean(), **s),
    lambda a, places, w, **s: F.conv2d(
        a.reshape(-1)[torch.as_tensor(places)], torch.as_tensor(w) * a.mean(), **s
    ), EVERYWHERE,
)  # fmt: skip
kind(
    "conv1d of values", convolving,
    lambda a, places, w, **s: ag.conv1d(a.ravel()[places[:, :, 0]], w[:, :, 0], **s),
    lambda a, places, w, **s: F.conv1d(
        a.reshape(-1)[torch.as_tensor(places[:, :, 0])], torch.as_tensor(w[:, :, 0]), **s
    ), EVERYWHERE,
)  # fmt: skip


def pooling(random: Random, shape: Shape) -> dict[str, Any] | None:
    return {**(image(random, shape) or {}), "stride": random.choice([1, 2])}


kind(
    "avg_pool2d of values", image,
    lambda a, places: ag.avg_pool2d(a.ravel()[places], 2, 1, 1),
    lambda a, places: F.avg_pool2d(a.reshape(-1)[torch.as_tensor(places)], 2, 1, 1), None,
)  # fmt: skip
kind(
    "max_pool2d of values", pooling,
    lambda a, places, stride: ag.max_pool2d(
        a.ravel()[places] + varied(places.shape), 2, stride
    ),
    lambda a, places, stride: F.max_pool2d(
        a.reshape(-1)[torch.as_tensor(places)] + torch.as_tensor(varied(places.shape)), 2, stride
    ), None,
)  # fmt: skip
kind(
    "layer_normalization", lambda random, shape: {} if shape and shape[-1] > 2 else None,
    lambda a: ag.layer_normalization(a, eps=0.1),
    lambda a: F.layer_norm(a, a.shape[-1:], eps=0.1), None,
)  # fmt: skip
kind(
    "batch_normalization", lambda random, shape: {} if len(shape) == 2 and shape[0] > 1 else None,
    lambda a: ag.batch_normalization(a, eps=0.1),
    lambda a: F.batch_norm(a, None, None, training=True, eps=0.1), None,
)  # fmt: skip


def labels(random: Random, shape: Shape) -> dict[str, Any] | None:
    if len(shape) != 2:
        return None
    return {"labels": np.array([random.randrange(shape[1]) for _ in range(shape[0])])}


kind("cross-entropy", labels, lambda a, labels: ag.softmax_cross_entropy(a, labels),
     lambda a, labels: F.cross_entropy(a, torch.as_tensor(labels)), None)  # fmt: skip
kind("embedding", labels, lambda a, labels: ag.embedding(a, labels % a.shape[0]),
     lambda a, labels: F.embedding(torch.as_tensor(labels) % a.shape[0], a), None)  # fmt: skip
kind("squared error", lambda random, a, b: {} if a == b else None, ag.mean_squared_error,
     F.mse_loss, EVERYWHERE, None)  # fmt: skip
kind(
    "binary cross-entropy", nothing,
    lambda a: ag.binary_cross_entropy_with_logits(a, np.full(a.shape, 0.3)),
    lambda a: F.binary_cross_entropy_with_logits(a, torch.full_like(a, 0.3)), None,
)  # fmt: skip


# The engine's own ways

kind("detach", nothing, lambda a: a.detach(), lambda a: a.detach(), None)
kind("checkpoint", nothing, lambda a: ag.checkpoint(lambda t: (t * t).tanh() + t, a),
     lambda a: (a * a).tanh() + a, None)  # fmt: skip
kind("numpy's function", nothing, lambda a: np.tanh(a) * np.ones(a.shape),
     lambda a: torch.tanh(a), None)  # fmt: skip
