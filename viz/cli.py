"""Command line: ``glassgrad demo``, ``step``, ``dap``, and the commands of other floors.

A command is added by a function that takes argparse's subparsers and sets ``run``, a function
from the parsed arguments to the exit status. Other floors name theirs as entry points.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from .draw_command import add_draw
from .output import FigureError
from .stepper.command_line import add_step
from .stepper.dap.command_line import add_dap

#: The entry points through which other floors add commands.
GROUP = "glassgrad.commands"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; 0 for success, 2 for a wrong call or a folder that cannot be written."""
    return run_command(parser(), argv)


def run_command(commands: argparse.ArgumentParser, argv: Sequence[str] | None = None) -> int:
    """Run what ``commands`` makes of the arguments; its errors become one line and a status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console that cannot show ∂ shows a question mark instead of a traceback.
            stream.reconfigure(errors="replace")
    words = list(sys.argv[1:] if argv is None else argv)
    # A command may need the words as they were: argparse drops the first "--".
    arguments = commands.parse_args(words, argparse.Namespace(words=words))
    if not hasattr(arguments, "run"):
        commands.print_help()
        return 0
    try:
        status = arguments.run(arguments)
        if hasattr(sys.stdout, "flush"):
            sys.stdout.flush()  # here, where a closed pipe is caught
        return status
    except FigureError as error:
        print(f"{commands.prog}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{commands.prog}: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader, `head` say, has had enough; Python would complain once more at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def demo(arguments: argparse.Namespace) -> int:
    """The demo, in a terminal or written to a file."""
    from . import demo

    demo.run(arguments.out, arguments.seed)
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line's commands and options."""
    top = argparse.ArgumentParser(
        prog="glassgrad",
        description="A glass-box autograd engine: see every term of the chain rule.",
    )
    top.add_argument("--version", action="version", version=f"glassgrad {version()}")
    commands = top.add_subparsers(dest="command", metavar="command")
    add_demo(commands)
    add_draw(commands)
    add_step(commands)
    add_dap(commands)
    for add_command in entry_points_of_commands():
        add_command(commands)
    return top


def entry_points_of_commands() -> list[Any]:
    """The functions through which other floors add their commands."""
    return [entry.load() for entry in metadata.entry_points(group=GROUP)]


def add_demo(commands: Any) -> None:
    """The command ``demo``."""
    shown = commands.add_parser(
        "demo", help="train a small network on Iris, check and explain its gradients, draw them"
    )
    shown.add_argument(
        "--out",
        default="glassgrad-demo",
        metavar="DIR",
        help="folder for the diagrams (%(default)s)",
    )
    shown.add_argument(
        "--seed", type=seed, default=0, help="of the split and the weights (%(default)s)"
    )
    shown.set_defaults(run=demo)


def seed(text: str) -> int:
    """A seed from the command line: a whole number, not negative."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"got {text!r}; expected a whole number from 0 upwards")
    return int(text)


def version() -> str:
    """The installed version."""
    try:
        return metadata.version("glassgrad")
    except metadata.PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
