"""The command ``glassgrad dap``: the adapter over standard input and output."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def add_dap(commands: Any) -> None:
    """The command ``dap``."""
    shown = commands.add_parser(
        "dap",
        help="let an editor step a program's trace, forwards and backwards",
        description="A debug adapter (Debug Adapter Protocol) over standard input and output. "
        "The editor starts it and sends 'launch' with 'program', 'args' and 'cwd'.",
    )
    shown.set_defaults(run=dap)


def dap(arguments: argparse.Namespace) -> int:
    """Serve one editor."""
    from .adapter import Adapter

    Adapter(sys.stdin.buffer, sys.stdout.buffer).serve()
    return 0
