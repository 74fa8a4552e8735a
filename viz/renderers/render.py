"""Render: DOT text to SVG, PNG or PDF bytes, by the embedded Graphviz or a native ``dot``."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..output import RendererError

FORMATS = ("svg", "png", "pdf", "dot")
#: Resolution of PNG pictures, in dots per inch.
RESOLUTION = 144
INSTALL = "install it with: pip install 'pygraphviz>=2' (or Graphviz itself, from graphviz.org)"

#: Fonts are looked for here and in the system's folders.
_FONTS = Path(__file__).parent.parent / "fonts"
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
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


def render(dot: str, format: str = "svg") -> bytes:
    """The picture of a DOT text, as bytes; ``format`` is svg, png, pdf or dot (the text itself).

    Raises:
        ValueError: for another format.
        RendererError: where there is no Graphviz, or it refuses the text.
    """
    if format not in FORMATS:
        raise ValueError(f"format={format!r}; expected one of {', '.join(FORMATS)}.")
    if format == "dot":
        return dot.encode()
    embedded = _embedded()
    if embedded is not None:
        return _render_embedded(embedded, dot, format)
    native = shutil.which("dot")
    if native is not None:
        return _render_native(native, dot, format)
    raise RendererError(f"no Graphviz to draw {format} with; {INSTALL}.")


def _embedded() -> Any:
    """pygraphviz, whose wheels carry Graphviz; None where it cannot be imported."""
    try:
        import pygraphviz
    except ImportError:
        return None
    return pygraphviz


def _render_embedded(pygraphviz: Any, dot: str, format: str) -> bytes:
    with _one_at_a_time, _fonts_found(), _messages() as messages:
        try:
            graph = pygraphviz.AGraph(string=dot)
            if format == "png":
                graph.graph_attr["dpi"] = str(RESOLUTION)
            picture = graph.draw(format=format, prog="dot")
        except Exception as error:
            said = "; ".join(messages()) or str(error)
            raise RendererError(f"Graphviz could not draw the figure: {said}") from None
    if not picture:
        raise RendererError(f"Graphviz could not draw the figure as {format}.")
    return bytes(picture)


def _render_native(program: str, dot: str, format: str) -> bytes:
    command = [program, f"-T{format}"]
    if format == "png":
        command.append(f"-Gdpi={RESOLUTION}")
    done = subprocess.run(command, input=dot.encode(), capture_output=True, check=False)
    if done.returncode != 0 or not done.stdout:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise RendererError(f"Graphviz could not draw the figure: {said}")
    return done.stdout


@contextmanager
def _fonts_found() -> Iterator[None]:
    """A font configuration of our own while Graphviz draws: the same fonts everywhere.

    Machines without a usable configuration otherwise print warnings or draw no text.
    """
    if "FONTCONFIG_FILE" in os.environ or os.name == "nt":
        yield
        return
    handle, path = tempfile.mkstemp(suffix=".conf", prefix="glassgrad-fonts-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(_FONTCONFIG.format(fonts=_FONTS))
    os.environ["FONTCONFIG_FILE"] = path
    try:
        yield
    finally:
        del os.environ["FONTCONFIG_FILE"]
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
