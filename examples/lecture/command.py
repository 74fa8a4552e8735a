"""The command ``glassgrad lecture``: list the topics, run one, or make the page of all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def add_lecture(commands: Any) -> None:
    """Add the command ``lecture`` to argparse's subparsers."""
    command = commands.add_parser(
        "lecture", help="run the lecture's topics, one short program each, or all as one page"
    )
    command.add_argument("topic", nargs="?", help="number or name; without it they are listed")
    command.add_argument("--all", action="store_true", help="run all and write one HTML page")
    command.add_argument(
        "--out",
        default="lecture-figures",
        metavar="DIR",
        help="folder for the figures and the page (%(default)s)",
    )
    command.set_defaults(run=lecture)


def lecture(arguments: argparse.Namespace) -> int:
    """What the command does; 0, or 2 for a topic that does not exist."""
    if arguments.all and arguments.topic:
        return _refuse(f"got --all and the topic {arguments.topic!r}; expected one of the two.")
    if arguments.all:
        return _all(arguments.out)
    if arguments.topic is None:
        return _list()
    from .topics import find

    try:
        topic = find(arguments.topic)
    except LookupError as error:
        return _refuse(str(error.args[0]))
    return _one(topic, arguments.out)


def _list() -> int:
    from .topics import topics

    for topic in topics():
        print(f"{topic.number:>3}  {topic.title}")
    print("\nglassgrad lecture NUMBER runs one; glassgrad lecture --all makes one page of all.")
    return 0


def _one(topic: Any, out: str) -> int:
    from viz.output import writable_folder

    from .running import run

    done = run(topic, writable_folder(out), echo=sys.stdout)
    for path in done.figures:
        print(f"figure: {path}")
    return 0


def _all(out: str) -> int:
    from viz.output import writable_folder, write_whole

    from .page import page
    from .running import run
    from .topics import topics

    folder, runs = writable_folder(out), []
    for topic in topics():
        print(f"{topic.number:>3}  {topic.title} … ", end="", flush=True)
        runs.append(run(topic, folder))
        print(f"{runs[-1].seconds:.1f} s", flush=True)
    path = write_whole(Path(folder) / "lecture.html", page(runs).encode())
    print(f"page: {path}")
    return 0


def _refuse(message: str) -> int:
    print(f"glassgrad lecture: {message}", file=sys.stderr)
    return 2
