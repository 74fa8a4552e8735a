"""Page: a trace as one HTML document, and as a frame for a notebook."""

from __future__ import annotations

import html
import json
import os
import re
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from autograd.tracing import Trace

from ..diagrams.folding import told
from ..output import write_whole
from ..renderers.dot import clean
from .picture import picture
from .record import record

#: Height of the frame in a notebook, in pixels.
FRAME = 640


def page(trace: Trace, title: str | None = None) -> str:
    """The HTML document that steps through ``trace``: it needs a browser and nothing else.

    Without JavaScript it shows the last state.

    Raises:
        ValueError: the trace has no event.
    """
    if len(trace) == 0:
        raise ValueError(
            "the trace has no event: nothing was computed on Values while it recorded. "
            "Compute inside it: with autograd.trace() as t: loss(model(x), y).backward()."
        )
    data = record(trace)
    note = f"{len(trace.nodes):,} values"
    if data["folded"]:
        alike = [nodes for _, nodes, _ in data["groups"] if len(nodes) > 1]
        note = told(len(trace.nodes), sum(map(len, alike)), len(alike))
    title = clean(title or _title(trace)).replace("\n", " ")
    return Template(_asset("stepper.html")).substitute(
        title=html.escape(title),
        note=f"{note}, {len(trace):,} steps",
        css=_dense(_packed(_asset("stepper.css"))),
        js=_packed(_asset("stepper.js")),
        svg=picture(trace, data, title),
        data=in_script(data),
    )


def _title(trace: Trace) -> str:
    """What the trace is about: the value that its last backward pass began at."""
    seeds = trace.find(kind="seed")
    return f"Back-propagation of {seeds[-1].node.name}" if seeds else "A forward pass"


def save(trace: Trace, path: str | os.PathLike[str]) -> Path:
    """The page in the file ``path``, whole or not at all; the path.

    Raises:
        OutputError: it cannot be written.
    """
    return write_whole(path, page(trace).encode())


def notebook(trace: Trace) -> str:
    """The page in a frame that may run its script and nothing else."""
    return (
        f'<iframe sandbox="allow-scripts" style="width:100%;height:{FRAME}px;border:0" '
        f'title="step through back-propagation" srcdoc="{html.escape(page(trace))}"></iframe>'
    )


def in_script(data: Any) -> str:
    """JSON that can stand inside a script element: nothing in it ends the element."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return re.sub("[\ud800-\udfff]", "\\\\ufffd", text)


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _packed(source: str) -> str:
    """CSS or JavaScript without indents, blank lines and lines that are comments."""
    lines = [line.strip() for line in source.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _dense(css: str) -> str:
    """CSS without the white space that only readers need; its quoted texts have none of it."""
    return re.sub(r":\s+", ":", re.sub(r"\s*([{};,])\s*", r"\1", css))
