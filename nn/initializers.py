"""Initial weights, random and scaled so that signals neither vanish nor saturate.

An initializer is called with a shape and a random generator. Shapes are the lecture's: weights
``(units, inputs)``, kernels of a convolution ``(units, inputs, height, width)``; other layouts
say what they are with ``fans``.
"""

from __future__ import annotations

import contextlib
import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .activations import Activation, relu
from .inputs import as_generator
from .lookup import of_name_or_class
from .schedules import positive, rate

#: Number of inputs of a unit, and number of units that read an input.
Fans = tuple[int, int]


class _Thread(threading.local):
    #: Bytes that initializers may still allocate; None is no limit, and numbers that are drawn.
    room: int | None = None


_thread = _Thread()


@contextlib.contextmanager
def blank(nbytes: int) -> Iterator[None]:
    """Inside, initializers draw nothing but give zeros, ``nbytes`` of them in all at most.

    For a model that is about to be filled from a file of that size.

    Raises:
        ValueError: in the initializer that is asked for more.
    """
    previous, _thread.room = _thread.room, nbytes
    try:
        yield
    finally:
        _thread.room = previous


def _zeros(shape: tuple[int, ...], dtype: Any) -> Any:
    assert _thread.room is not None
    needed = math.prod(shape) * np.dtype(dtype).itemsize
    if needed > _thread.room:
        raise ValueError(
            f"initializer got the shape {shape}, {needed} bytes; expected at most {_thread.room}."
        )
    _thread.room -= needed
    return np.zeros(shape, dtype)


class Initializer(ABC):
    """Random or constant weights of any shape: ``initializer(shape, rng)``.

    With a ``seed`` of its own each call gives the same numbers; otherwise ``rng`` decides, an
    int, a generator, or None for fresh ones.
    """

    def __init__(self, seed: int | None = None) -> None:
        as_generator(seed)
        self.seed = seed

    def __call__(
        self,
        shape: Any,
        rng: int | np.random.Generator | None = None,
        fans: Fans | None = None,
        dtype: Any = np.float64,
    ) -> Any:
        """An array of that shape, ``()`` too."""
        shape = (int(shape),) if isinstance(shape, int | np.integer) else tuple(shape)
        if _thread.room is not None:
            return _zeros(shape, dtype)
        generator = as_generator(rng if self.seed is None else self.seed)
        return np.asarray(self.draw(shape, generator, fans), dtype=dtype)

    @abstractmethod
    def draw(self, shape: tuple[int, ...], rng: np.random.Generator, fans: Fans | None) -> Any:
        """The numbers."""

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments, as plain numbers."""
        return dict(vars(self))

    def __repr__(self) -> str:
        settings = [f"{name}={x}" for name, x in self.settings().items() if x is not None]
        return f"{type(self).__name__}({', '.join(settings)})"


class Constant(Initializer):
    """The same number everywhere."""

    def __init__(self, value: float = 0.0) -> None:
        super().__init__()
        self.value = float(value)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator, fans: Fans | None) -> Any:
        return np.full(shape, self.value)

    def settings(self) -> dict[str, Any]:
        """The number."""
        return {"value": self.value}


class Zeros(Initializer):
    """Zeros: for biases. Weights that are all equal stay equal, and learn one thing together."""

    def __init__(self) -> None:
        super().__init__()

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator, fans: Fans | None) -> Any:
        return np.zeros(shape)

    def settings(self) -> dict[str, Any]:
        """None."""
        return {}


class Ones(Zeros):
    """Ones: for scales."""

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator, fans: Fans | None) -> Any:
        return np.ones(shape)


class RandomUniform(Initializer):
    """U(minval, maxval)."""

    def __init__(
        self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None
    ) -> None:
        super().__init__(seed)
        if not minval <= maxval:
            raise ValueError(
                f"RandomUniform() got minval={minval} and maxval={maxval}; expected minval <= "
                f"maxval."
            )
        self.minval, self.maxval = float(minval), float(maxval)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator, fans: Fans | None) -> Any:
        return rng.uniform(self.minval, self.maxval, size=shape)


class RandomNormal(Initializer):
    """N(mean, stddev²)."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = float(mean), rate(stddev, f"{type(self).__name__}(stddev)")

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator, fans: Fans | None) -> Any:
        return rng.normal(self.mean, self.stddev, size=shape)


class TruncatedNormal(RandomNormal):
    """N(mean, stddev²) without what is further than 2 stddev from the mean: that is drawn again.

    The standard deviation that is left is 0.8796 stddev.
    """

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator, fans: Fans | None) -> Any:
        numbers = np.asarray(rng.normal(size=shape))
        far = np.abs(numbers) > 2
        while far.any():
            numbers[far] = rng.normal(size=np.count_nonzero(far))
            far = np.abs(numbers) > 2
        return self.mean + self.stddev * numbers


class VarianceScaling(Initializer):
    """Mean 0 and variance scale / n, n being the ``fan_in``, ``fan_out`` or ``fan_avg``.

    ``distribution`` is "uniform", U(-r, r) with r = √(3 scale / n), or "normal".
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "normal",
        seed: int | None = None,
    ) -> None:
        super().__init__(seed)
        self.scale = positive(scale, "VarianceScaling(scale)")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(
                f"VarianceScaling() got mode={mode!r}; expected fan_in, fan_out or fan_avg."
            )
        if distribution not in ("uniform", "normal"):
            raise ValueError(
                f"VarianceScaling() got distribution={distribution!r}; expected uniform or normal."
            )
        self.mode, self.distribution = mode, distribution

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator, fans: Fans | None) -> Any:
        fan_in, fan_out = fans_of(shape) if fans is None else fans
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        if self.distribution == "normal":
            return rng.normal(0.0, np.sqrt(self.scale / n), size=shape)
        limit = np.sqrt(3.0 * self.scale / n)
        return rng.uniform(-limit, limit, size=shape)


class _Named(VarianceScaling):
    """A VarianceScaling that has a name of its own."""

    made_of: tuple[float, str, str]

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(*self.made_of, seed=seed)

    def settings(self) -> dict[str, Any]:
        """The seed."""
        return {"seed": self.seed}


class GlorotUniform(_Named):
    """U(-r, r), r = √(6 / (inputs + units)). Glorot & Bengio 2010, equation 16."""

    made_of = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Named):
    """N(0, 2 / (inputs + units)). Glorot & Bengio 2010, equation 12.

    Not truncated, as in PyTorch; Keras truncates it, and the normal forms of He and LeCun.
    """

    made_of = (1.0, "fan_avg", "normal")


class HeUniform(_Named):
    """U(-r, r), r = √(6 / inputs): He's variance, uniformly."""

    made_of = (2.0, "fan_in", "uniform")


class HeNormal(_Named):
    """N(0, 2 / inputs). He et al. 2015, equation 10: relu drops half of the signal."""

    made_of = (2.0, "fan_in", "normal")


class LecunUniform(_Named):
    """U(-r, r), r = √(3 / inputs): LeCun's variance, uniformly."""

    made_of = (1.0, "fan_in", "uniform")


class LecunNormal(_Named):
    """N(0, 1 / inputs). LeCun, Bottou, Orr & Müller 1998, equation 16."""

    made_of = (1.0, "fan_in", "normal")


class Orthogonal(Initializer):
    """Rows (or columns, if they are fewer) at right angles, each of length ``gain``.

    Axes after the first are taken together. Source: Saxe, McClelland & Ganguli 2014; the signs
    of the QR decomposition are set so that all orthogonal matrices are equally likely
    (Mezzadri 2007).

    >>> W = Orthogonal(seed=0)((2, 3))
    >>> print((W @ W.T).round(12) + 0.0)
    [[1. 0.]
     [0. 1.]]
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = float(gain)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator, fans: Fans | None) -> Any:
        if len(shape) < 2:
            raise ValueError(f"Orthogonal() got shape {shape}; expected two axes or more.")
        rows, columns = shape[0], math.prod(shape[1:])
        normal = rng.normal(size=(max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(normal)
        q *= np.where(np.diagonal(r) < 0, -1.0, 1.0)
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


def fans_of(shape: tuple[int, ...]) -> Fans:
    """Inputs of a unit and units per input for weights ``(units, inputs, *kernel)``.

    >>> fans_of((8, 3)), fans_of((16, 3, 5, 5)), fans_of((4,)), fans_of(())
    ((3, 8), (75, 400), (4, 1), (1, 1))
    """
    if len(shape) < 2:
        return (shape[0] if shape else 1), 1
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


#: The initializers by Keras's names.
INITIALIZERS: dict[str, type[Initializer]] = {
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_uniform": HeUniform,
    "he_normal": HeNormal,
    "lecun_uniform": LecunUniform,
    "lecun_normal": LecunNormal,
    "orthogonal": Orthogonal,
    "constant": Constant,
    "zeros": Zeros,
    "ones": Ones,
    "random_uniform": RandomUniform,
    "random_normal": RandomNormal,
    "truncated_normal": TruncatedNormal,
    "variance_scaling": VarianceScaling,
}
ALIASES = {"uniform": "random_uniform", "normal": "random_normal"}


def get(initializer: str | Callable[..., Any]) -> Callable[..., Any]:
    """The initializer of that name; one given, or a function of shape and rng, as it is.

    >>> get("he_normal")
    HeNormal()

    Raises:
        ValueError: no initializer has that name.
        TypeError: neither a name nor a function.
    """
    other = " or a function of shape and rng"
    found: Callable[..., Any] = of_name_or_class(
        "initializer", initializer, INITIALIZERS, Initializer, other, ALIASES
    )
    return found


def glorot_uniform(inputs: int, units: int, rng: np.random.Generator) -> Any:
    """Weights ``(units, inputs)`` from U(-r, r), r = √(6 / (inputs + units)): GlorotUniform."""
    return GlorotUniform()((units, inputs), rng)


def he_normal(inputs: int, units: int, rng: np.random.Generator) -> Any:
    """Weights ``(units, inputs)`` from N(0, 2 / inputs): HeNormal."""
    return HeNormal()((units, inputs), rng)


def initial_weight(inputs: int, units: int, activation: Activation, rng: Any) -> Any:
    """Weights ``(units, inputs)`` that suit the activation: He's for relu, Glorot's otherwise."""
    if activation is relu:
        return he_normal(inputs, units, rng)
    return glorot_uniform(inputs, units, rng)
