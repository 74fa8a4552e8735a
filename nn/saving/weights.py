"""Weights: what a model gives to a file, and what it takes from one, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from . import npz, safetensors
from .entries import Contents, Entry, stored
from .errors import WeightsError
from .files import CHUNK, Source, as_path, write_atomically

FORMATS: dict[str, ModuleType] = {".npz": npz, ".safetensors": safetensors}
WEIGHTS_ONLY = "Weights are loaded with model.load_weights(path)."
#: What a model has: names, shapes and types of its weights.
Wanted = dict[str, tuple[tuple[int, ...], np.dtype[Any]]]


def save_weights(model: Any, path: Any, allow_nonfinite: bool = False) -> None:
    """Write all weights of a model, frozen ones too, to ``.npz`` or ``.safetensors``.

    The names are those of ``model.named_weights()``. The file is replaced as a whole or not at
    all, whatever happens meanwhile; equal weights give equal bytes.

    Raises:
        WeightsError: no weights yet, NaN or infinity among them, or a place that cannot be
            written.
    """
    save_arrays(path, arrays_of(model, as_path(path, "save_weights()")), allow_nonfinite)


def load_weights(
    model: Any,
    path: Any,
    cast: bool = False,
    allow_nonfinite: bool = False,
    foreign: bool = False,
) -> None:
    """Give a model the weights of a file: the same names, shapes and types, or nothing changes.

    ``cast`` allows another floating type, ``allow_nonfinite`` NaN and infinity, ``foreign`` a
    file that another program wrote (``np.savez``, PyTorch's safetensors), which has no checksum.
    Loading never runs code from the file.

    Raises:
        WeightsError: whatever does not fit or cannot be trusted; the model is as it was.
    """
    path = as_path(path, "load_weights()")
    weights = dict(model.named_weights())
    if not weights:
        raise unbuilt(path)
    wanted = {name: (value.shape, value.dtype) for name, value in weights.items()}
    arrays = read(path, "weights", lambda _: wanted, cast, allow_nonfinite, foreign)
    for name, value in weights.items():
        value.data = arrays[name][()]


def save_arrays(path: Any, arrays: dict[str, Any], allow_nonfinite: bool = False) -> None:
    """Write arrays by name to ``.npz`` or ``.safetensors``, as save_weights does.

    Raises:
        WeightsError: names, numbers or a place that will not do.
    """
    path = as_path(path, "save_arrays()")
    write(path, arrays, {}, allow_nonfinite)


def load_arrays(path: Any, allow_nonfinite: bool = False, foreign: bool = False) -> dict[str, Any]:
    """The arrays of a file by name, as in load_weights but with no model to compare with.

    What is allocated is no more than the file is long.
    """
    path = as_path(path, "load_arrays()")
    return read(path, "weights", own_entries, False, allow_nonfinite, foreign)


def arrays_of(model: Any, path: str) -> dict[str, Any]:
    """The weights of a model by name."""
    arrays = {name: value.data for name, value in model.named_weights()}
    if not arrays:
        raise unbuilt(path)
    return arrays


def unbuilt(path: str) -> WeightsError:
    """The error for a model whose weights are not made yet."""
    hint = "Weights come with the first input: call the model once, or give it an input_shape."
    return WeightsError(path, None, "a model without weights", "a model that has some", hint)


def write(path: str, arrays: dict[str, Any], text: dict[str, str], allow_nonfinite: bool) -> None:
    """Write arrays and text in the format that the name ends in, once all is checked."""
    module, arrays = format_of(path), stored(path, arrays)
    if not allow_nonfinite:
        for name, array in arrays.items():
            check_finite(path, name, array)
    write_atomically(path, lambda sink: module.write(sink, path, arrays, text))


def read(
    path: str,
    kind: str,
    want: Callable[[Contents], Wanted],
    cast: bool,
    allow_nonfinite: bool,
    foreign: bool,
) -> dict[str, Any]:
    """The arrays of a file that holds exactly what ``want`` makes of its headers.

    ``kind`` is ``weights`` or ``model``.
    """
    module = format_of(path)
    with Source(path) as source:
        contents = module.scan(source)
        check_kind(path, contents, kind, foreign)
        wanted = want(contents)
        check_entries(path, contents.entries, wanted, cast)
        # Only now, when all sizes are known to be right, is anything allocated.
        raw = {entry.name: room_for(entry) for entry in contents.entries}
        module.fill(source, contents, raw)
    arrays = {}
    for entry in contents.entries:
        array = raw[entry.name].T if entry.fortran else raw[entry.name]
        with np.errstate(over="ignore"):
            dtype = wanted[entry.name][1].newbyteorder("=")
            arrays[entry.name] = array.astype(dtype, copy=False)
        if not allow_nonfinite:
            check_finite(path, entry.name, arrays[entry.name])
    return arrays


def own_entries(contents: Contents) -> Wanted:
    """What a file holds, taken as what is wanted."""
    return {entry.name: (entry.shape, entry.dtype) for entry in contents.entries}


def check_kind(path: str, contents: Contents, kind: str, foreign: bool) -> None:
    """Nothing, if the file is of that kind, and has a checksum or need not have one."""
    if contents.checksum is None and not foreign:
        hint = "For a file of another program, pass foreign=True."
        expected = "a file that glassgrad wrote"
        raise WeightsError(path, None, "a file without a checksum", expected, hint)
    found = contents.text.get("kind", "weights") if contents.checksum else "weights"
    if found != kind:
        ways = {"model": "A model is loaded with nn.load(path).", "weights": WEIGHTS_ONLY}
        raise WeightsError(path, None, f"a file of kind {found[:20]!r}", kind, ways.get(found, ""))


def format_of(path: str) -> ModuleType:
    """The module that reads and writes files of this name."""
    for ending, module in FORMATS.items():
        if path.endswith(ending):
            return module
    raise WeightsError(path, None, "a name with another ending", " or ".join(FORMATS))


def room_for(entry: Entry) -> Any:
    """An array to read the bytes of the entry into, in their order."""
    return np.empty(entry.shape[::-1] if entry.fortran else entry.shape, entry.dtype)


def check_entries(path: str, entries: list[Entry], wanted: Wanted, cast: bool) -> None:
    """Nothing, if names, shapes and types of a file are those that the model wants.

    Raises:
        WeightsError: with all missing and extra names, or the first array that does not fit.
    """
    found = {entry.name: entry for entry in entries}
    if found.keys() != wanted.keys():
        missing = listed(sorted(wanted.keys() - found.keys()))
        extra = listed(sorted(found.keys() - wanted.keys()))
        names = listed(sorted(wanted))
        raise WeightsError(
            path, None, f"other arrays; missing: {missing}; extra: {extra}", f"exactly {names}"
        )
    for name, entry in found.items():
        shape, dtype = wanted[name]
        if entry.shape != shape:
            hint = "Nothing is transposed." if len(shape) > 1 and entry.shape == shape[::-1] else ""
            raise WeightsError(path, name, f"shape {entry.shape}", f"shape {shape}", hint)
        if entry.dtype != dtype and not cast:
            found_type, type_wanted = entry.dtype.name, np.dtype(dtype).name
            raise WeightsError(path, name, found_type, type_wanted, "To convert, pass cast=True.")


def listed(names: list[str]) -> str:
    """The names in one line, at most forty of them."""
    more = f" and {len(names) - 40} more" if len(names) > 40 else ""
    return (", ".join(names[:40]) or "none") + more


def check_finite(path: str, name: str, array: Any) -> None:
    """Nothing, unless there is NaN or infinity among the numbers."""
    flat = array.reshape(-1) if array.flags.c_contiguous else array.T.reshape(-1)
    for start in range(0, flat.size, CHUNK):
        bad = ~np.isfinite(flat[start : start + CHUNK])
        if bad.any():
            number = flat[start + int(bad.argmax())]
            hint = "To take them as they are, pass allow_nonfinite=True."
            raise WeightsError(path, name, f"the number {number}", "finite numbers", hint)
