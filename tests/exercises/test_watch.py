"""``watch`` in a process of its own, reacting to files as editors write them."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from exercises.curriculum import find
from exercises.folder import create
from exercises.solution import solution_text

ROOT = Path(__file__).resolve().parents[2]
RIGHT = solution_text(find(1))


class Watcher:
    """The running command and what it has said."""

    def __init__(self, folder, *options):
        paths = os.pathsep.join([str(ROOT / "examples"), str(ROOT)])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "exercises", "watch", *options],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1",
                 "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        self.said = ""
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.said += line

    def close(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(10)
        self.process.stdout.close()

    def until(self, text, seconds=90.0):
        """Wait for ``text`` and forget what came before its end."""
        end = time.monotonic() + seconds
        while text not in self.said:
            assert time.monotonic() < end, f"no {text!r} in:\n{self.said}"
            assert self.process.poll() is None, self.said
            time.sleep(0.05)
        self.said = self.said.partition(text)[2]


@pytest.fixture(params=[[], ["--poll"]], ids=["told", "polling"])
def watcher(request, tmp_path):
    pytest.importorskip("watchfiles", reason='watching needs the extra: pip install -e ".[learn]"')
    folder = tmp_path / "mes exercices é"
    create(folder)
    watching = Watcher(folder, *request.param)
    yield folder, watching
    watching.close()


@pytest.mark.slow
def test_watch_reacts_to_edits_and_to_editors_that_replace_the_file(watcher):
    folder, watching = watcher
    path = folder / "ex01_pre_activation.py"
    watching.until("0 of 25 done. Ctrl-C stops.")
    watching.until("1 · The pre-activation of a neuron")
    time.sleep(0.5)
    path.write_text(RIGHT.replace("z + b", "z"), encoding="utf-8")
    watching.until("→ the bias b is not added")
    # vim and others: a new file takes the old one's name; some take the old one away first.
    new = folder / "ex01_pre_activation.py.tmp"
    new.write_text(RIGHT.replace("terms.sum()", "terms"), encoding="utf-8")
    os.replace(new, path)
    watching.until("are not summed: z is one number per neuron")
    os.replace(path, folder / "ex01_pre_activation.py~")
    time.sleep(0.1)
    path.write_text(RIGHT, encoding="utf-8")
    watching.until("✓ 1 · The pre-activation of a neuron")
    watching.until("2 · Activations")
    (folder / "ex02_activations.py").write_text("def linear(z:\n", encoding="utf-8")
    watching.until("line 1: Python cannot read this")
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(20) in (0, 130)
    time.sleep(0.2)
    assert "Traceback" not in watching.said
    assert "KeyboardInterrupt" not in watching.said
