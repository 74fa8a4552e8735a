"""WeightsError: the one exception of saving and loading."""

from __future__ import annotations


class WeightsError(ValueError):
    """A file of weights or a model that cannot be written, or not be trusted.

    ``file`` is its path, ``entry`` the array or part of it that is wrong (None for the file as a
    whole), ``found`` what came and ``expected`` what should have.

    >>> print(WeightsError("net.npz", "layers.0.weight", "shape (3, 4)", "shape (4, 3)"))
    net.npz, entry 'layers.0.weight': got shape (3, 4); expected shape (4, 3).
    """

    def __init__(
        self, file: str, entry: str | None, found: str, expected: str, hint: str = ""
    ) -> None:
        self.file, self.entry, self.found, self.expected = file, entry, found, expected
        self.hint = hint
        where = file if entry is None else f"{file}, entry {entry!r}"
        super().__init__(f"{where}: got {found}; expected {expected}.{' ' if hint else ''}{hint}")

    def __reduce__(self) -> tuple[type[WeightsError], tuple[str, str | None, str, str, str]]:
        # So that it passes from one process to another, as in parallel searches.
        return type(self), (self.file, self.entry, self.found, self.expected, self.hint)
