"""Module: something with parameters that computes outputs from inputs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from autograd import Value
from autograd.modes import thread
from autograd.origin import LIBRARY
from autograd.parameters import forget_gradients
from autograd.views import bundle

from .saving.weights import load_weights, save_weights

#: Attribute names, positions and keys that lead to a parameter.
Path = tuple[Any, ...]


class Module:
    """A part of a network; subclasses make their parameters in ``__init__`` and say ``forward``.

    Parameters are found, not registered: every leaf Value that needs a gradient in an attribute,
    in a Module there, or in lists, tuples and dicts of these, in order of assignment.

    >>> class Scale(Module):
    ...     def __init__(self):
    ...         self.factor = Value(2.0, label="factor")
    ...
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> model = Scale()
    >>> print(model(3.0).data, model.count_parameters())
    6.0 1
    """

    def forward(self, *inputs: Any) -> Any:
        """The outputs for these inputs; every subclass says how."""
        raise NotImplementedError(
            f"{type(self).__name__} has no forward(); define 'def forward(self, x): …' in it, "
            f"which is what a call of the module runs."
        )

    def __call__(self, *inputs: Any) -> Any:
        caller, state = sys._getframe(1), thread.state
        if caller.f_code.co_filename in LIBRARY:
            return self.forward(*inputs)
        # All that our own code computes in there was made at the user's call. Where forward is
        # the user's, each of its lines is: None lets them be looked for.
        ours = getattr(type(self).forward, "__code__", caller.f_code).co_filename in LIBRARY
        outer, state.caller = state.caller, caller if ours else None
        try:
            return self.forward(*inputs)
        finally:
            state.caller = outer

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Pairs of path and parameter, such as ``("layers.0.weight", W)``; each parameter once."""
        found: list[tuple[Path, Value]] = []
        collect(self, (), found, set())
        return [(".".join(map(str, path)), value) for path, value in found]

    def parameters(self) -> list[Value]:
        """The values that training changes, each once, in a fixed order."""
        found: list[tuple[Path, Value]] = []
        collect(self, (), found, set())
        return [value for _, value in found]

    def named_weights(self) -> list[tuple[str, Value]]:
        """Pairs of path and weight, frozen ones too: what saving keeps."""
        found: list[tuple[Path, Value]] = []
        collect(self, (), found, set(), frozen=True)
        return [(".".join(map(str, path)), value) for path, value in found]

    def save_weights(self, path: Any, allow_nonfinite: bool = False) -> None:
        """Write all weights to a ``.npz`` or ``.safetensors`` file; see `saving.weights`."""
        save_weights(self, path, allow_nonfinite)

    def load_weights(
        self, path: Any, cast: bool = False, allow_nonfinite: bool = False, foreign: bool = False
    ) -> None:
        """Take all weights from such a file, or nothing if it does not fit exactly.

        Raises:
            WeightsError: file, entry, what was found and what was expected.
        """
        load_weights(self, path, cast, allow_nonfinite, foreign)

    def count_parameters(self) -> int:
        """How many numbers training changes: the sizes of all parameters added up."""
        return sum(value.size for value in self.parameters())

    def zero_grad(self) -> None:
        """Forget the gradients: ``.grad`` of every parameter is None."""
        forget_gradients(self.parameters())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return bundle(self, "model in a notebook")

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__}: {self.count_parameters()} parameters"]
        for path, value in self.named_parameters():
            lines.append(f"  {path} {value.shape}")
        return "\n".join(lines)


def collect(
    item: Any, path: Path, found: list[tuple[Path, Value]], seen: set[int], frozen: bool = False
) -> None:
    """Add to ``found`` the parameters under ``item``, each once, in order of assignment.

    With ``frozen`` also the leaves that need no gradient, which training leaves alone.
    """
    if not isinstance(item, PLACES) or id(item) in seen:
        return
    seen.add(id(item))
    if isinstance(item, Value):
        if item.op is None and (frozen or item.requires_grad):
            found.append((path, item))
        return
    for name, child in _children(item, path):
        collect(child, (*path, name), found, seen, frozen)


def _children(item: Any, path: Path) -> Iterable[tuple[Any, Any]]:
    if isinstance(item, Module):
        return vars(item).items()
    if isinstance(item, dict):
        return item.items()
    if isinstance(item, set | frozenset):
        if any(isinstance(element, Value | Module) for element in item):
            raise TypeError(
                f"parameters() met a {type(item).__name__} of Values or Modules at "
                f"{'.'.join(map(str, path))!r}, which has no fixed order; expected a list, a tuple "
                f"or a dict."
            )
        return []
    return enumerate(item)


#: Where parameters are looked for.
PLACES = (Value, Module, list, tuple, dict, set, frozenset)
