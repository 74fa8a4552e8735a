"""Commands: the words after ``glassgrad learn``; light, the work is imported when it is done."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from typing import Any


def add_learn(commands: Any) -> None:
    """The command ``learn`` with its verbs; the entry point of the kit."""
    learn = commands.add_parser(
        "learn", help="write the neuron, back-propagation and the engine yourself: exercises"
    )
    add_verbs(learn)


def add_verbs(parser: argparse.ArgumentParser) -> None:
    """The verbs of the kit on ``parser``; without one, its help is shown."""

    def show_help(arguments: argparse.Namespace) -> int:
        parser.print_help()
        return 0

    parser.set_defaults(run=show_help)
    verbs = parser.add_subparsers(dest="verb", metavar="verb")

    def verb(name: str, help: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
        made.set_defaults(run=later(name))
        return made

    init = verb("init", "make a folder with all exercises")
    init.add_argument("folder", metavar="DIR", help="a new or empty folder")
    watch = verb("watch", "test whatever is saved, until interrupted")
    watch.add_argument("--poll", action="store_true", help="for network drives: look every moment")
    watch.add_argument("--mine", action="store_true", help=MINE)
    verb("next", "show the next exercise")
    test = verb("test", "test one exercise, or all that were started")
    test.add_argument("ids", nargs="*", metavar="ID", help="13, ex13 or the file's name")
    test.add_argument("--mine", action="store_true", help=MINE)
    hint = verb("hint", "give a hint: 1 the idea, 2 the formula, 3 the line")
    hint.add_argument("id", metavar="ID")
    hint.add_argument("level", nargs="?", type=int, default=1, choices=(1, 2, 3))
    why = verb("why", "show expected, yours and finite differences side by side")
    why.add_argument("id", metavar="ID")
    why.add_argument("--mine", action="store_true", help=MINE)
    why.add_argument("--picture", metavar="FILE", help="draw the comparison: .svg, .png, .pdf …")
    debug = verb("debug", "step through your code to the first wrong number")
    debug.add_argument("id", metavar="ID")
    debug.add_argument("--mine", action="store_true", help=MINE)
    solution = verb("solution", "show a solution, once yours passes")
    solution.add_argument("id", metavar="ID")
    solution.add_argument("--give-up", action="store_true", help="show it now; this is recorded")
    reset = verb("reset", "put the stub back; what you wrote is kept as a backup")
    reset.add_argument("id", metavar="ID")
    undo = verb("undo", "bring back what the last reset or update replaced")
    undo.add_argument("id", metavar="ID", nargs="?")
    verb("list", "show how far you are")
    draw = verb("draw", "draw a network on your own engine, exercises 16 to 21")
    draw.add_argument("file", metavar="FILE", help=".svg, .png, .pdf, .dot …")
    verb("update", "bring exercises that were not started up to date")
    verb("doctor", "check this folder and this Python")
    grade = verb("grade", "grade a folder: for teachers")
    grade.add_argument("folder", metavar="FOLDER")
    grade.add_argument("--json", action="store_true", help="machine-readable")


MINE = "build on your own earlier exercises instead of the reference's"


def later(verb: str) -> Callable[[argparse.Namespace], int]:
    """A function that imports the verb's code when it is run."""

    def run(arguments: argparse.Namespace) -> int:
        return getattr(importlib.import_module("exercises.verbs"), f"do_{verb}")(arguments)

    return run
