"""Progress: what ``fit`` prints, a bar per epoch (verbose=1) or a line per epoch (verbose=2)."""

from __future__ import annotations

import sys
import time
from typing import Any

from .callbacks import Callback, Logs


def progress_of(verbose: Any) -> list[Callback]:
    """The callback that prints what ``verbose`` asks for.

    0 is silent, 1 draws a bar, 2 prints a line per epoch; ``"auto"`` is 1 on a terminal, else 2.

    Raises:
        ValueError: anything else.
    """
    if verbose == "auto":
        verbose = 1 if sys.stdout.isatty() else 2
    if verbose not in (0, 1, 2):
        raise ValueError(
            f"verbose got {verbose!r}; expected 0 (silent), 1 (bars), 2 (lines) or 'auto'."
        )
    if not verbose:
        return []
    return [ProgressBars() if verbose == 1 else ProgressLines()]


def described(logs: Logs | None) -> str:
    """The numbers as ``loss: 0.1234 - accuracy: 0.9``; tiny ones with an exponent.

    >>> described({"loss": 0.12345, "val_loss": 1e-6})
    'loss: 0.1235 - val_loss: 1.0000e-06'
    """
    shown = []
    for name, number in (logs or {}).items():
        plain = number == 0 or abs(number) > 1e-3
        shown.append(f"{name}: {number:.4f}" if plain else f"{name}: {number:.4e}")
    return " - ".join(shown)


class ProgressLines(Callback):
    """Two lines per epoch: its number, and steps, time and numbers."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Print the number of the epoch."""
        self.start = time.perf_counter()
        print(f"Epoch {epoch + 1}/{self.params['epochs']}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Print what the epoch led to."""
        seconds, steps = time.perf_counter() - self.start, self.params["steps"]
        print(f"{steps}/{steps} - {seconds:.0f}s - {described(logs)}")


class ProgressBars(Callback):
    """A bar that grows from batch to batch, with the running numbers beside it; drawn by rich."""

    bar: Any = None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Start the bar of the epoch."""
        from rich import progress  # only here: nn is imported without it

        columns = (
            progress.TextColumn("{task.description}"),
            progress.BarColumn(bar_width=24),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            progress.TextColumn("{task.fields[numbers]}"),
        )
        self.bar = progress.Progress(*columns)
        self.bar.start()
        text, steps = f"Epoch {epoch + 1}/{self.params['epochs']}", self.params["steps"]
        self.task = self.bar.add_task(text, total=steps, numbers="")

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Let the bar grow."""
        self.bar.update(self.task, advance=1, numbers=described(logs))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Finish the bar with the numbers of the epoch."""
        self.bar.update(self.task, numbers=described(logs))
        self.bar.stop()
        self.bar = None

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Leave no bar behind where the run broke off."""
        if self.bar is not None:
            self.bar.stop()
