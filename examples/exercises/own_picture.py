"""Own picture: a network on a learner's own engine, drawn by our figures, in a child process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from .folder import Folder, LearnError
from .runner import environment, own_files

#: The exercises that the picture is made of, and seconds that it may take.
PARTS, PATIENCE = (16, 17, 18, 19, 20, 21), 60.0


def draw_own(folder: Folder, file: Path) -> None:
    """Draw ∂J/∂w of a 2-2-1 network for one point of XOR into ``file``.

    Raises:
        LearnError: an exercise is missing or its code fails, or the file cannot be written.
    """
    job = {"files": own_files(folder.root), "picture": str(file)}
    missing = [number for number in PARTS if number not in job["files"]]
    if missing:
        raise LearnError(f"there is no file of exercise {missing[0]}; a drawing needs 16 to 21.")
    command = [sys.executable, "-P", "-c", "from exercises.own_picture import main; main()"]
    try:
        done = subprocess.run(
            command, input=json.dumps(job), capture_output=True, encoding="utf-8",
            errors="replace", env=environment(), timeout=PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise LearnError(
            f"your engine was stopped after {PATIENCE:g} s; is there a loop?"
        ) from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1].strip()
        raise LearnError(f"your engine cannot be drawn: {last}")


def main() -> None:
    """In the child: read the job, build the network on the learner's engine, save its picture."""
    from viz.draw import draw

    from .child import own

    job = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    files = {int(number): entry for number, entry in job["files"].items()}
    J = loss(own(files, max(PARTS) + 1))
    draw(J).save(job["picture"])


def loss(given: Any) -> Any:
    """J of one point of XOR, after backward, with labels on what a learner would look for."""
    x = [given.Value(1.0), given.Value(0.0)]
    x[0].label, x[1].label = "x₁", "x₂"
    model = given.MLP([2, 2, 1], np.random.default_rng(0))
    for number, p in enumerate(model.parameters(), start=1):
        p.label = f"w{number}".translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    y_hat = model(x)[0]
    y_hat.label = "ŷ"
    J = (y_hat - 1.0) ** 2
    J.label = "J"
    J.backward()
    return J
