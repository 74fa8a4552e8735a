"""History: loss and metrics over the epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nn.training import Epoch

from .axes import axes, line


def plot_history(history: Any, names: Sequence[str] | None = None, ax: Any = None) -> Any:
    """One line per number over the epochs; held-out ones (``val_…``) dashed in the same colour.

    ``history`` is what ``fit`` or ``nn.train`` returns, or a dict of lists. Without ``names`` those
    that share the scale of the loss are drawn: the losses, or, where there are none, everything.

    Raises:
        ValueError: nothing of that name was written down.
    """
    written: Any = getattr(history, "history", history)
    if isinstance(written, list) and written and all(isinstance(x, Epoch) for x in written):
        written = _of_epochs(written)
    if not isinstance(written, Mapping):
        raise TypeError(
            f"plot_history() got {type(history).__name__}; expected what fit() or train() "
            f"returns, or a dict of lists."
        )
    shown = list(names) if names is not None else _losses(written)
    missing = [name for name in shown if name not in written]
    if missing or not shown:
        known = ", ".join(written) or "nothing"
        wanted = f"no {', '.join(missing)}" if missing else "nothing to draw"
        raise ValueError(f"plot_history() found {wanted}; the history has {known}.")
    ax = axes(ax)
    epochs = list(getattr(history, "epoch", None) or range(len(written[shown[0]])))
    trained = list(dict.fromkeys(name.removeprefix("val_") for name in shown))
    for name in shown:
        style = line(trained.index(name.removeprefix("val_")))
        style["linestyle"] = "--" if name.startswith("val_") else "-"
        label = f"{name.removeprefix('val_')}, held out" if name.startswith("val_") else name
        ax.plot([epoch + 1 for epoch in epochs], written[name], label=label, **style)
    ax.set_xlabel("epoch")
    ax.set_ylabel(trained[0] if len(trained) == 1 else "")
    ax.legend()
    return ax


def _of_epochs(epochs: Sequence[Epoch]) -> dict[str, list[float]]:
    """The numbers of each epoch, one list per name; those that were not measured are left out."""
    written = {"loss": [epoch.loss for epoch in epochs]}
    measured = [epoch.accuracy for epoch in epochs if epoch.accuracy is not None]
    return {**written, "accuracy": measured} if measured else written


def _losses(written: Mapping[str, Sequence[float]]) -> list[str]:
    losses = [name for name in written if name.removeprefix("val_").endswith("loss")]
    return losses or list(written)
