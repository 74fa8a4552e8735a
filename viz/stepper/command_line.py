"""The command ``glassgrad step``: a program, or a saved trace, step by step."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from autograd.tracing import TraceFileError

from .script import opened, report
from .terminal import debug


def add_step(commands: Any) -> None:
    """The command ``step``."""
    shown = commands.add_parser(
        "step",
        help="run a program under a trace, and step through what it computed, both ways",
        description="Runs a program and opens the stepper before its first forward step. "
        "Commands are read from the standard input, so a script of them can be piped in. "
        "A .json file is opened as a saved trace. --html and --save may also stand after the "
        "script; what comes after -- is the program's in any case.",
    )
    shown.add_argument("--html", metavar="FILE", help="write one offline page instead")
    shown.add_argument("--save", metavar="FILE", help="write the trace as JSON instead")
    shown.add_argument("script", help="a Python program, or a trace saved as .json")
    shown.add_argument(
        "arguments", nargs=argparse.REMAINDER, help="what the program gets as sys.argv[1:]"
    )
    shown.set_defaults(run=step)


#: Files that --html and --save write where they stand after the script without a name.
WRITTEN = {"--html": "step.html", "--save": "step.json"}


def take_options(arguments: argparse.Namespace) -> None:
    """Take --html and --save out of what stands after the script, up to ``--``."""
    rest, kept = list(arguments.arguments), []
    if arguments.words[-len(rest) - 1] == "--":
        rest.insert(0, "--")
    while rest and rest[0] != "--":
        word = rest.pop(0)
        option, equals, name = word.partition("=")
        if option not in WRITTEN:
            kept.append(word)
            continue
        if not equals:
            named = bool(rest) and not rest[0].startswith("-")
            name = rest.pop(0) if named else WRITTEN[option]
        setattr(arguments, option.removeprefix("--"), name)
    arguments.arguments = kept + rest[1:]


def step(arguments: argparse.Namespace) -> int:
    """Run, then step or write. 0 for success, 1 for a program that raised or recorded nothing."""
    take_options(arguments)
    try:
        run = opened(arguments.script, arguments.arguments)
    except (OSError, TraceFileError) as error:
        print(f"glassgrad step: {arguments.script}: {error}", file=sys.stderr)
        return 2
    said = report(run, arguments.script)
    if said:
        print(said, file=sys.stderr)
    if not len(run.trace):
        print(
            f"glassgrad step: {arguments.script} recorded nothing to step through: no op on a "
            f"Value that needs a gradient, outside of no_grad, ran in its main thread.",
            file=sys.stderr,
        )
        return 1
    if arguments.html or arguments.save:
        return write(run.trace, arguments)
    # After an exception one wants to see the end, not the beginning.
    failed = run.error is not None and not isinstance(run.error, SystemExit)
    debug(run.trace, at=len(run.trace) - 1 if failed else 0)
    return 1 if failed else 0


def write(trace: Any, arguments: argparse.Namespace) -> int:
    """Write the page, the JSON file, or both."""
    try:
        for name, save in ((arguments.html, trace.save_html), (arguments.save, trace.save)):
            if name:
                save(name)
                print(f"wrote {name} ({Path(name).stat().st_size:,} bytes)")
    except (OSError, LookupError) as error:
        print(f"glassgrad step: {error}", file=sys.stderr)
        return 2
    return 0
