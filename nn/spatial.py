"""Space: what layers that slide windows share. Their settings, axes and lengths, checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from .symbolic import Shape

#: How the axes of space are called, by their number.
AXES = {1: ("length",), 2: ("height", "width")}


def as_lengths(given: Any, ndim: int, what: str) -> tuple[int, ...]:
    """A setting as one positive int per axis of space.

    >>> as_lengths(3, 2, "Conv2D(kernel_size)"), as_lengths([3], 1, "Conv1D(kernel_size)")
    ((3, 3), (3,))
    """
    numbers = (given,) * ndim if is_count(given) else given
    if isinstance(numbers, list | tuple) and len(numbers) == ndim and all(map(is_count, numbers)):
        return tuple(int(n) for n in numbers)
    many = f", or {ndim} of them, one per axis" if ndim > 1 else ""
    raise ValueError(f"{what} got {given!r}; expected a positive int{many}.")


def is_count(n: Any) -> bool:
    """True for a positive int."""
    return isinstance(n, int | np.integer) and not isinstance(n, bool) and bool(n > 0)


def as_choice(given: Any, choices: tuple[str, ...], what: str) -> str:
    """A setting that is one of these words; the case does not matter."""
    if isinstance(given, str) and given.lower() in choices:
        return given.lower()
    expected = " or ".join(repr(choice) for choice in choices)
    raise ValueError(f"{what} got {given!r}; expected {expected}.")


def as_data_format(given: Any, what: str) -> str:
    """``"channels_last"`` (also for None, as in Keras) or ``"channels_first"``."""
    choices = ("channels_last", "channels_first")
    return as_choice("channels_last" if given is None else given, choices, what)


class Space:
    """The axes of ``(batch, *space, channels)``, or with channels first, and how to swap them."""

    def __init__(self, ndim: int, data_format: str) -> None:
        self.ndim = ndim
        self.channels_last = data_format == "channels_last"
        middle = tuple(range(1, ndim + 1))
        self._to_first = (0, ndim + 1, *middle)
        self._to_last = (0, *(k + 1 for k in middle), 1)

    def first(self, x: Any) -> Any:
        """``x`` with its channels at axis 1."""
        return x.transpose(self._to_first) if self.channels_last else x

    def back(self, x: Any) -> Any:
        """``x (batch, channels, *space)`` with the channels where the layer has them."""
        return x.transpose(self._to_last) if self.channels_last else x

    def split(self, shape: Shape) -> tuple[Any, Shape]:
        """Channels and lengths of space of a shape."""
        return (shape[-1], shape[1:-1]) if self.channels_last else (shape[1], shape[2:])

    def joined(self, batch: Any, channels: Any, space: Any) -> Shape:
        """A shape from its parts."""
        return (batch, *space, channels) if self.channels_last else (batch, channels, *space)

    def require(self, layer: Any, shape: Any, channels: int | None) -> None:
        """Nothing, or the error for inputs of other axes, or of other channels than these.

        Raises:
            ValueError: what came, and what was expected.
        """
        if not isinstance(shape, tuple):
            raise ValueError(f"{layer!r} got {len(shape)} inputs; expected one.")
        known = len(shape) == self.ndim + 2
        if known and (channels is None or self.split(shape)[0] == channels):
            return
        expected = self.joined("batch", channels or "channels", AXES[self.ndim])
        text = f"({', '.join(map(str, expected))})"
        raise ValueError(
            f"{layer!r} got x of shape {shape}; expected {text}.{self.hint(shape, channels)}"
        )

    def hint(self, shape: Shape, channels: int | None) -> str:
        """What was probably meant."""
        if len(shape) == self.ndim + 1:
            if channels == 1 or channels is None:
                where = "x[..., None]" if self.channels_last else "x[:, None]"
                return f" Did you mean {where}, one channel?"
            return " For one sample, write x[None]."
        if len(shape) == self.ndim + 2:
            other = shape[1] if self.channels_last else shape[-1]
            if other == channels:
                name = "channels_first" if self.channels_last else "channels_last"
                return f" Did you mean data_format={name!r}?"
        return ""


def one_shape(inputs: Any) -> Any:
    """The shape of one input; of several, their list, which ``Space.require`` refuses."""
    return list(inputs) if isinstance(inputs, list | dict) else inputs.shape


def out_length(n: int | None, reach: int, stride: int, padding: str) -> int | None:
    """How many windows of that reach there are over ``n`` places; None if n is not known.

    >>> out_length(8, 3, 1, "valid"), out_length(8, 3, 2, "same"), out_length(2, 3, 1, "valid")
    (6, 4, 0)
    """
    if n is None:
        return None
    if padding == "valid":
        return max((n - reach) // stride + 1, 0)
    return -(-n // stride)


def out_lengths(
    layer: Any, space: Any, reach: tuple[int, ...], stride: tuple[int, ...], padding: str
) -> tuple[int | None, ...]:
    """The lengths of the outputs along all axes of space.

    Raises:
        ValueError: the window is longer than an axis.
    """
    lengths = []
    for name, n, over, step in zip(AXES[len(reach)], space, reach, stride, strict=True):
        length = out_length(n, over, step, padding)
        if length == 0:
            raise ValueError(
                f"{layer!r} got inputs of {name} {n}; expected at least {over}, as far as its "
                f"window reaches. Use padding='same' or a smaller window."
            )
        lengths.append(length)
    return tuple(lengths)
