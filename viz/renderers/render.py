"""Render: DOT text to SVG, PNG or PDF bytes, by the embedded Graphviz or a native ``dot``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from ..output import RendererError

FORMATS = ("svg", "png", "pdf", "dot")
#: Resolution of PNG pictures, in dots per inch.
RESOLUTION = 144
INSTALL = "install it with: pip install 'pygraphviz>=2' (or Graphviz itself, from graphviz.org)"

#: Boxes by node id (x, y, width, height in points) to further nodes: names and attributes.
Overlay = Callable[
    [Mapping[str, tuple[float, float, float, float]]], list[tuple[str, dict[str, str]]]
]

#: Fonts are looked for here and in the system's folders.
_FONTS = Path(__file__).parent.parent / "fonts"
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
{users}  <dir>{fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir>/System/Library/Fonts</dir>
  <dir>/Library/Fonts</dir>
  <dir prefix="xdg">fonts</dir>
  <cachedir>/var/cache/fontconfig</cachedir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""

#: Graphviz is not made for several threads at once.
_one_at_a_time = threading.Lock()


def render(
    dot: str, format: str = "svg", overlay: Overlay | None = None, placed: bool = False
) -> bytes:
    """The picture of a DOT text, as bytes; ``format`` is svg, png, pdf or dot (the text itself).

    ``overlay`` is told where each box stands, and gives further nodes to draw there. With
    ``placed`` the text itself says where everything stands.

    Raises:
        ValueError: for another format.
        RendererError: where there is no Graphviz, or it refuses the text.
    """
    if format not in FORMATS:
        raise ValueError(f"format={format!r}; expected one of {', '.join(FORMATS)}.")
    return dot.encode() if format == "dot" else _drawn(dot, format, overlay, placed)


def layout(dot: str, placed: bool = False) -> Any:
    """Where everything of a DOT text stands, as Graphviz's JSON says it.

    With ``placed`` the text itself says where; it is measured and put into the same form.

    Raises:
        RendererError: where there is no Graphviz, or it refuses the text.
    """
    return json.loads(_drawn(dot, "json0", placed=placed))


def _drawn(dot: str, format: str, overlay: Overlay | None = None, placed: bool = False) -> bytes:
    embedded = _embedded()
    if embedded is not None:
        return _render_embedded(embedded, dot, format, overlay, placed)
    native = shutil.which("dot")
    if native is not None:
        return _render_native(native, dot, format, overlay, placed)
    raise RendererError(f"no Graphviz to draw {format} with; {INSTALL}.")


def _embedded() -> Any:
    """pygraphviz, whose wheels carry Graphviz; None where it cannot be imported."""
    try:
        import pygraphviz
    except ImportError:
        return None
    return pygraphviz


def _render_embedded(
    pygraphviz: Any, dot: str, format: str, overlay: Overlay | None, placed: bool
) -> bytes:
    with _one_at_a_time, _fonts_found(), _messages() as messages:
        try:
            graph = pygraphviz.AGraph(string=dot)
            graph.has_layout = placed
            # Without a layout in hand pygraphviz warns of graphs of more than 1,000 nodes.
            if overlay is not None or (not placed and graph.number_of_nodes() > 1_000):
                graph.layout(prog="dot")
            if overlay is not None:
                for name, attributes in overlay(_boxes(graph)):
                    graph.add_node(name, **attributes)
            if format == "png":
                graph.graph_attr["dpi"] = str(RESOLUTION)
            picture = graph.draw(format=format, prog=None if graph.has_layout else "dot")
        except Exception as error:
            said = "; ".join(messages()) or str(error)
            raise RendererError(f"Graphviz could not draw the figure: {said}") from None
    if not picture:
        raise RendererError(f"Graphviz could not draw the figure as {format}.")
    return bytes(picture)


def _boxes(graph: Any) -> dict[str, tuple[float, float, float, float]]:
    """Centre and size of each node of a layout."""
    found = {}
    for node in graph.nodes():
        x, y = (float(part) for part in node.attr["pos"].split(","))
        size = (72 * float(node.attr["width"]), 72 * float(node.attr["height"]))
        found[str(node)] = (x, y, *size)
    return found


def _render_native(
    program: str, dot: str, format: str, overlay: Overlay | None, placed: bool
) -> bytes:
    if overlay is not None:
        boxes = _boxes_of_plain(_run(program, dot, "plain").decode())
        extra = [
            f"{name} [{' '.join(f'{key}={_quoted(value)}' for key, value in attributes.items())}]"
            for name, attributes in overlay(boxes)
        ]
        dot = _run(program, dot, "dot").decode().rstrip().removesuffix("}")
        dot += "\n".join([*extra, "}"])
    return _run(program, dot, format, placed=placed or overlay is not None)


def _run(program: str, dot: str, format: str, placed: bool = False) -> bytes:
    """What a native Graphviz makes of a DOT text."""
    command = [program, f"-T{format}"]
    if placed:
        command[1:1] = ["-Kneato", "-n2"]
    if format == "png":
        command.append(f"-Gdpi={RESOLUTION}")
    done = subprocess.run(command, input=dot.encode(), capture_output=True, check=False)
    if done.returncode != 0 or not done.stdout:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise RendererError(f"Graphviz could not draw the figure: {said}")
    return done.stdout


def _boxes_of_plain(plain: str) -> dict[str, tuple[float, float, float, float]]:
    """Centre and size of each node, from Graphviz's plain format, in inches."""
    found = {}
    for line in plain.splitlines():
        if line.startswith("node "):
            name, *numbers = line.split()[1:6]
            x, y, width, height = (72 * float(number) for number in numbers)
            found[name] = (x, y, width, height)
    return found


def _quoted(value: str) -> str:
    return value if value.startswith('"') else f'"{value}"'


@contextmanager
def _fonts_found() -> Iterator[None]:
    """A font configuration of our own while Graphviz draws: the same fonts everywhere.

    Machines without a usable configuration otherwise print warnings or draw no text. What
    FONTCONFIG_FILE names is taken in, so that a user's own fonts come first.
    """
    if os.name == "nt":
        yield
        return
    own = os.environ.get("FONTCONFIG_FILE")
    users = f'  <include ignore_missing="yes">{escape(own)}</include>\n' if own else ""
    handle, path = tempfile.mkstemp(suffix=".conf", prefix="glassgrad-fonts-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(_FONTCONFIG.format(fonts=escape(str(_FONTS)), users=users))
    os.environ["FONTCONFIG_FILE"] = path
    try:
        yield
    finally:
        if own is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = own
        os.unlink(path)


@contextmanager
def _messages() -> Iterator[Any]:
    """What the C libraries write to stderr meanwhile, kept off the screen: a list of lines."""
    try:
        kept = os.dup(2)
    except OSError:
        yield list
        return
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield lambda: _lines(file)
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _lines(file: Any) -> list[str]:
    file.seek(0)
    lines = file.read().decode(errors="replace").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("Fontconfig")]
