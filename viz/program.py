"""Program: a user's script run as ``python script.py`` would run it, inside of this process."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Sequence
from typing import Any


def run_program(script: str | os.PathLike[str], arguments: Sequence[str] = ()) -> dict[str, Any]:
    """The variables that the script leaves behind.

    It sees itself as ``__main__``, with ``arguments`` as its ``sys.argv[1:]`` and its own folder
    first on the path; both are as before when it has ended. What it raises, an exit among it, is
    raised as it is.
    """
    script = os.fspath(script)
    argv, path = sys.argv, list(sys.path)
    sys.argv = [script, *arguments]
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    try:
        return runpy.run_path(script, run_name="__main__")
    finally:
        sys.argv, sys.path[:] = argv, path
