"""Model files: architecture, weights and training state in one ``.safetensors`` file.

The arrays are entries ``weights/…`` and ``optimizer/…``; the rest is JSON in the metadata, of
names that are looked up in closed tables. Loading such a file makes objects of nn, and nothing
else can come of it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .. import initializers
from . import safetensors
from .architecture import described, rebuilt
from .entries import Contents
from .errors import WeightsError
from .files import as_path
from .plain import from_plain
from .training_state import described_state, restored_optimizer, restored_state
from .weights import Wanted, arrays_of, read, write

ENDING = ".safetensors"


def save(model: Any, path: Any, compiled: bool = True, allow_nonfinite: bool = False) -> None:
    """Write a model: layers, weights, optimizer and its state, loss, metrics, generators, history.

    What ``load`` gives goes on training as if there had been no interruption. Without
    ``compiled`` the optimizer, loss and metrics are left out. Written like weights, all or
    nothing; ``path`` ends in ``.safetensors``.

    Raises:
        WeightsError: a class, function or attribute of your own, which a file cannot hold; no
            weights yet; NaN or infinity; a place that cannot be written.
    """
    path = checked_path(as_path(path, "save()"))
    arrays = {f"weights/{name}": array for name, array in arrays_of(model, path).items()}
    left_out = " Or leave out optimizer, loss and metrics: compiled=False." if compiled else ""
    with saying(path, left_out):
        plain, running = described_state(model, compiled)
    with saying(path, ""):
        plain["architecture"] = described(model)
        check_complete(plain["architecture"], model)
    arrays.update({f"optimizer/{name}": array for name, array in running.items()})
    text = json.dumps(plain, separators=(",", ":"), sort_keys=True, allow_nan=False)
    write(path, arrays, {"kind": "model", "model": text}, allow_nonfinite)


@contextlib.contextmanager
def saying(path: str, hint: str) -> Iterator[None]:
    """Inside, what cannot be described is a WeightsError that names a way out."""
    try:
        yield
    except (TypeError, ValueError, AttributeError) as error:
        hint = f"Save its weights: model.save_weights(path).{hint}"
        expected = "a model of nn's own layers and functions"
        raise WeightsError(path, None, str(error), expected, hint) from error


def check_complete(plain: Any, model: Any) -> None:
    """Nothing, if what was described leads back to a model with the same weights."""
    # More room than the weights need: a layer that is found twice is no lack of memory.
    with initializers.blank((1 << 20) + 16 * sum(v.size for _, v in model.named_weights())):
        other = rebuilt(plain)
    own, others = shapes_of(model), shapes_of(other)
    if own != others:
        differing = sorted(own.items() ^ others.items(), key=str)
        raise ValueError(f"weights that the layers alone do not lead to: {differing[0][0]!r}")


def shapes_of(model: Any) -> Wanted:
    """Shape and type of each weight by name."""
    return {name: (value.shape, np.dtype(value.dtype)) for name, value in model.named_weights()}


def load(path: Any, allow_nonfinite: bool = False) -> Any:
    """The model of a file that ``save`` wrote, compiled if it was, ready to predict or train on.

    Raises:
        WeightsError: whatever is wrong with the file; no code in it is ever run.
    """
    path = checked_path(as_path(path, "load()"))
    model: Any = None
    optimizer: Any = None
    plain: Any = None
    state: Any = None

    def want(contents: Contents) -> Wanted:
        nonlocal model, plain, optimizer, state
        plain = safetensors.parsed(path, contents.text.get("model", "").encode())
        sizes = [e.nbytes for e in contents.entries if e.name.startswith("weights/")]
        with initializers.blank(sum(sizes)):
            model = made(path, lambda: rebuilt(plain["architecture"]))
        wanted = {f"weights/{name}": claim for name, claim in shapes_of(model).items()}
        if "optimizer" in plain:
            weights = dict(model.named_weights())
            optimizer, state = made(path, lambda: restored_optimizer(plain["optimizer"], weights))
            for slot, arrays in optimizer.slots.items():
                for k, array in enumerate(arrays):
                    wanted[f"optimizer/{slot}/{k}"] = (array.shape, array.dtype)
        return wanted

    arrays = read(path, "model", want, False, allow_nonfinite, False)
    for name, value in model.named_weights():
        value.data = arrays[f"weights/{name}"][()]
    made(path, lambda: restored_state(model, plain))
    if optimizer is not None:
        made(path, lambda: restore_compiled(model, plain, optimizer, state, arrays))
    return model


def restore_compiled(model: Any, plain: Any, optimizer: Any, state: Any, arrays: Any) -> None:
    """Compile the model as it was, its optimizer in the state it was in."""
    running = {
        name.partition("/")[2]: array
        for name, array in arrays.items()
        if name.startswith("optimizer/")
    }
    optimizer.load_state_dict({**state, "arrays": running})
    loss, metrics, loss_weights = from_plain(plain["compiled"])
    model.compile(optimizer, loss, metrics, loss_weights)


def made(path: str, make: Callable[[], Any]) -> Any:
    """What ``make`` makes; whatever a hostile description provokes is a WeightsError."""
    try:
        return make()
    except Exception as error:
        found = f"a description of a model that leads nowhere: {str(error)[:200]}"
        raise WeightsError(path, "model", found, "what save() writes") from error


def checked_path(path: str) -> str:
    """The path, if it ends as model files do."""
    if not path.endswith(ENDING):
        hint = "Weights alone can also be saved as .npz: model.save_weights(path)."
        raise WeightsError(path, None, "a name with another ending", ENDING, hint)
    return path
