"""The data sets of TensorFlow Playground: points in the plane, with noise, split by ratio.

Formulas and defaults are those of its ``src/dataset.ts`` and ``src/playground.ts``; the random
numbers are NumPy's, so points differ from those in the browser.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from autograd import Value

from .inputs import as_count, as_generator, as_numbers
from .losses import mse

#: What the generators return: points ``(samples, 2)`` and labels ``(samples,)``.
Points = tuple[Any, Any]
Generator = Callable[[int, float, np.random.Generator], Points]

#: Half the width of the plane that the points of most sets lie in.
RADIUS = 5.0


class Playground(NamedTuple):
    """A data set of the playground in two parts, in the order of train_test_split."""

    X_train: Any
    X_test: Any
    y_train: Any
    y_test: Any


def playground(
    name: str,
    noise: float = 0.1,
    ratio: float = 0.5,
    samples: int | None = None,
    seed: int | np.random.Generator | None = 0,
) -> Playground:
    """A data set of the playground: ``circle xor gauss spiral``, or ``plane gaussian-regression``.

    Points are ``(rows, 2)``; labels ``(rows,)`` are -1 and 1, or numbers between them for the last
    two. ``noise`` is the share on the playground's slider, from 0 to 0.5; ``ratio`` the share of
    the rows that are trained on. There are 500 samples, or 1200 for the last two, unless given.

    >>> data = playground("circle", noise=0.0, seed=0)
    >>> data.X_train.shape, data.y_test.shape, sorted(set(data.y_train.tolist()))
    ((250, 2), (250,), [-1.0, 1.0])

    Raises:
        ValueError: another name, noise outside 0 … 0.5, or a ratio that leaves a part empty.
    """
    if name not in GENERATORS:
        close = difflib.get_close_matches(str(name), GENERATORS, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"playground() got {name!r}; expected {', '.join(GENERATORS)}.{hint}")
    if not 0 <= noise <= 0.5:
        raise ValueError(f"playground(noise) got {noise}; expected a share from 0 to 0.5.")
    usual = 500 if name in CLASSIFICATION else 1200
    count = usual if samples is None else as_count(samples, "playground(samples)")
    rng = as_generator(seed)
    X, y = GENERATORS[name](count, noise, rng)
    order, cut = rng.permutation(count), int(count * ratio) if 0 < ratio < 1 else 0
    if not 0 < cut < count:
        raise ValueError(
            f"playground() got ratio={ratio} and {count} samples; expected a share between 0 and 1 "
            f"that leaves at least one row in each part."
        )
    train, test = order[:cut], order[cut:]
    return Playground(X[train], X[test], y[train], y[test])


def circle(samples: int, noise: float, rng: np.random.Generator) -> Points:
    """A disc of radius 2.5 inside a ring from 3.5 to 5; noise moves points before they are judged.

    Half of the points lie in the disc, with 1 if their moved place is within 2.5, else -1.
    """
    inside = (samples + 1) // 2
    radius = np.concatenate(
        [
            rng.uniform(0, RADIUS / 2, inside),
            rng.uniform(0.7 * RADIUS, RADIUS, samples - inside),
        ]
    )
    angle = rng.uniform(0, 2 * np.pi, samples)
    X = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    moved = X + noise * rng.uniform(-RADIUS, RADIUS, (samples, 2))
    return X, sign_of(np.hypot(*moved.T) < RADIUS / 2)


def xor(samples: int, noise: float, rng: np.random.Generator) -> Points:
    """A square with a gap along both axes: 1 where x₁x₂ >= 0 at the moved place, else -1."""
    X = rng.uniform(-RADIUS, RADIUS, (samples, 2))
    X += np.where(X > 0, 0.3, -0.3)
    moved = X + noise * rng.uniform(-RADIUS, RADIUS, (samples, 2))
    return X, sign_of(moved[:, 0] * moved[:, 1] >= 0)


def gauss(samples: int, noise: float, rng: np.random.Generator) -> Points:
    """Two normal clouds, 1 around (2, 2) and -1 around (-2, -2), of variance 0.5 + 7 · noise."""
    positive = np.arange(samples) < (samples + 1) // 2
    centre = np.where(positive, 2.0, -2.0)[:, None]
    X = centre + rng.normal(scale=np.sqrt(0.5 + 7 * noise), size=(samples, 2))
    return X, sign_of(positive)


def spiral(samples: int, noise: float, rng: np.random.Generator) -> Points:
    """Two arms of 1¾ turns around each other; noise moves the points by up to that much."""
    positive = np.arange(samples) < (samples + 1) // 2
    count = np.where(positive, (samples + 1) // 2, samples // 2)
    along = np.where(positive, np.arange(samples), np.arange(samples) - (samples + 1) // 2) / count
    angle = 1.75 * along * 2 * np.pi + np.where(positive, 0.0, np.pi)
    X = RADIUS * along[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
    return X + noise * rng.uniform(-1, 1, (samples, 2)), sign_of(positive)


def plane(samples: int, noise: float, rng: np.random.Generator) -> Points:
    """A square of half-width 6 with labels (x₁ + x₂) / 10 at the moved place."""
    X = rng.uniform(-6, 6, (samples, 2))
    moved = X + noise * rng.uniform(-6, 6, (samples, 2))
    return X, moved.sum(axis=1) / 10


#: Centres of the six hills and valleys, and their signs.
HILLS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


def gaussian_regression(samples: int, noise: float, rng: np.random.Generator) -> Points:
    """Six cones of radius 2, up and down: ±(1 - distance / 2) from the nearest centre, else 0."""
    X = rng.uniform(-6, 6, (samples, 2))
    moved = X + noise * rng.uniform(-6, 6, (samples, 2))
    y = np.zeros(samples)
    for x1, x2, sign in HILLS:
        height = np.clip(1 - np.hypot(moved[:, 0] - x1, moved[:, 1] - x2) / 2, 0, 1)
        y = np.where(height > np.abs(y), sign * height, y)
    return X, y


def sign_of(positive: Any) -> Any:
    """1 where true, -1 where not."""
    return np.where(positive, 1.0, -1.0)


CLASSIFICATION: dict[str, Generator] = {
    "circle": circle,
    "xor": xor,
    "gauss": gauss,
    "spiral": spiral,
}
#: The data sets by name.
GENERATORS: dict[str, Generator] = {
    **CLASSIFICATION,
    "plane": plane,
    "gaussian-regression": gaussian_regression,
}


def playground_loss(prediction: Any, target: Any) -> Value:
    """The loss that the playground shows: J = (1/N) Σ ½ (ŷ_i - y_i)², half of `mse`."""
    loss = mse(prediction, target) / 2
    loss.label = "J"
    return loss


def features_of(x1: Any, x2: Any) -> dict[str, Any]:
    """The features that the playground offers for points, by name."""
    return {
        "x₁": x1,
        "x₂": x2,
        "x₁²": x1**2,
        "x₂²": x2**2,
        "x₁x₂": x1 * x2,
        "sin x₁": np.sin(x1),
        "sin x₂": np.sin(x2),
    }


def playground_features(X: Any, names: Iterable[str] = ("x₁", "x₂")) -> Any:
    """Features of points: ``(rows, 2) -> (rows, features)``, in the order of the names.

    Names are ``x₁ x₂ x₁² x₂² x₁x₂``, ``sin x₁`` and ``sin x₂``; ``x1``, ``x1^2``, ``x1x2`` and
    ``sin x1`` mean the same.

    >>> print(playground_features([[2.0, 3.0]], ["x₁", "x₁²", "x1x2"]))
    [[2. 4. 6.]]

    Raises:
        ValueError: points without two coordinates, or a name that is none of these.
    """
    X = as_numbers(X)
    if X.ndim != 2 or X.shape[1] != 2:
        raise ValueError(f"playground_features() got X of shape {X.shape}; expected (rows, 2).")
    known, columns = features_of(X[:, 0], X[:, 1]), []
    for name in [names] if isinstance(names, str) else names:
        spelled = str(name).replace("^2", "²").replace("x1", "x₁").replace("x2", "x₂")
        if spelled not in known:
            raise ValueError(f"playground_features() got {name!r}; expected {', '.join(known)}.")
        columns.append(known[spelled])
    if not columns:
        raise ValueError("playground_features() got no names; expected at least one.")
    return np.column_stack(columns)
