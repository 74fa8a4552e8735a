"""Draw command: ``glassgrad draw script.py`` draws from any script that builds a Value."""

from __future__ import annotations

import argparse
import sys
import traceback
from pathlib import Path
from typing import Any

import nn
from autograd.node import Node

from .conventions import CONVENTIONS
from .output import OutputError, check_place
from .program import run_program
from .renderers.drawing import ENDINGS, Drawing
from .renderers.style import PALETTES, THEMES

VIEWS = ("graph", "layers", "network")


def add_draw(commands: Any) -> None:
    """The command ``draw``."""
    shown = commands.add_parser(
        "draw",
        help="run a script and draw the graph, the layers or the network that it builds",
        description="Runs the script, takes a Value (or, for the network, a model) from its "
        "variables, and draws it.",
    )
    shown.add_argument("script", help="a Python file that builds a Value")
    shown.add_argument(
        "--root", metavar="NAME", help="the variable to draw; by default J, loss or the last Value"
    )
    shown.add_argument("--view", choices=VIEWS, default="graph", help="(%(default)s)")
    shown.add_argument(
        "-o", "--out", metavar="FILE",
        help=f"the picture, by its ending: {', '.join(ENDINGS)} (SCRIPT.svg); - prints it as text",
    )  # fmt: skip
    shown.add_argument("--backward", action="store_true", help="with an arrow back for each use")
    shown.add_argument("--palette", choices=PALETTES, default="default", help="(%(default)s)")
    shown.add_argument("--theme", choices=THEMES, default="light", help="(%(default)s)")
    shown.add_argument("--notation", choices=list(CONVENTIONS), default="lecture",
                       help="(%(default)s)")  # fmt: skip
    shown.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The picture of a script's Value; 0, 1 if the script fails, 2 for a wrong call."""
    script = Path(arguments.script)
    out = arguments.out or f"{script.stem}.svg"
    if out != "-":
        if Path(out).suffix.lstrip(".").lower() not in ENDINGS:
            endings = ", ".join(f".{ending}" for ending in ENDINGS)
            raise OutputError(f"cannot write {out}: expected a name that ends in {endings}.")
        check_place(Path(out))
    variables = variables_of(script)
    if variables is None:
        return 1
    drawing = drawing_of(variables, arguments)
    if out == "-":
        print(drawing.listing() if arguments.view == "graph" else drawing)
    else:
        print(f"{drawing.save(out)}: {drawing.diagram.title}")
    return 0


def variables_of(script: Path) -> dict[str, Any] | None:
    """The script's variables when it has run; None if it failed, its traceback printed."""
    if not script.is_file():
        raise OutputError(f"cannot read {script}: there is no such file.")
    try:
        return run_program(script)
    except SystemExit as stopped:
        if stopped.code not in (None, 0):
            print(f"{script} ended itself with exit({stopped.code!r}).", file=sys.stderr)
        else:
            print(f"{script} ended itself; nothing is left to draw.", file=sys.stderr)
    except Exception:
        traceback.print_exc()
        print(f"{script} failed before there was anything to draw.", file=sys.stderr)
    return None


def drawing_of(variables: dict[str, Any], arguments: argparse.Namespace) -> Drawing:
    """The drawing that was asked for, of the variable that was named or found."""
    from .draw import draw, draw_backprop, draw_network

    look = {"palette": arguments.palette, "theme": arguments.theme, "notation": arguments.notation}
    chosen = chosen_variable(variables, arguments.root, arguments.view)
    try:
        if arguments.view == "network":
            return draw_network(chosen, **look)
        if arguments.view == "layers":
            return draw_backprop(chosen, None, **look)
        return draw(chosen, backward=arguments.backward, **look)
    except ValueError as error:
        raise OutputError(str(error)) from None


def chosen_variable(variables: dict[str, Any], name: str | None, view: str) -> Any:
    """The named variable, or J, loss, or the last fitting one.

    Raises:
        OutputError: there is none, or it is of the wrong kind; the message lists what there is.
    """
    kind, what = (nn.Module, "model") if view == "network" else (Node, "Value")
    fitting = {key: x for key, x in variables.items() if isinstance(x, kind)}
    if name is not None:
        if name in fitting:
            return fitting[name]
        got = type(variables[name]).__name__ if name in variables else "no such variable"
        raise OutputError(f"--root {name} is {got}; expected a {what}.{_known(fitting)}")
    computed = [
        key for key, x in fitting.items()
        if not isinstance(x, Node) or (x.op is not None and x.shape == ())
    ]  # fmt: skip
    for wanted in ("J", "loss", *reversed(computed or list(fitting))):
        if wanted in fitting:
            return fitting[wanted]
    raise OutputError(f"the script left no {what} in its variables; assign it to a name.")


def _known(fitting: dict[str, Any]) -> str:
    if not fitting:
        return " There is none in the script's variables."
    names = list(fitting)[-8:]
    return f" There is {', '.join(names)}{', …' if len(fitting) > 8 else ''}."
