"""Page: the whole lecture as one HTML file that needs nothing else, neither net nor script."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from pathlib import Path
from string import Template

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from .running import Run

TYPES = {".svg": "image/svg+xml", ".png": "image/png"}

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Introduction to neural networks, runnable</title>
<style>
:root { color-scheme: light; --ink: #1b1f24; --paper: #fff; --soft: #f4f6f8; --line: #d5dae0; }
body { margin: 0 auto; padding: 1rem 1.25rem 4rem; max-width: 60rem; background: var(--paper);
 color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
h1 { margin-bottom: .2rem; } h2 { margin-top: 3rem; border-top: 1px solid var(--line);
 padding-top: 1rem; }
nav ol { columns: 2 20rem; } nav a, h2 a { color: inherit; }
.slide { color: #57606a; margin-top: -.6rem; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: .4rem;
 padding: .7rem .9rem; overflow-x: auto; font: .86rem/1.45 ui-monospace, monospace; }
pre.words { background: none; border: 0; padding: 0; font-size: .95rem; white-space: pre-wrap; }
img { max-width: 100%; height: auto; background: #fff; }
figure { margin: 1rem 0; } figcaption { color: #57606a; font-size: .9rem; }
@media print { h2 { break-before: page; } nav ol { columns: 1; } }
$colours
</style>
</head>
<body>
<h1>Introduction to neural networks, runnable</h1>
<p>$count programs, each with its formula, its code, what it printed and what it drew.
Every number on this page was computed by the code beside it, which also asserts it.</p>
<nav aria-label="Topics"><ol>
$contents
</ol></nav>
<main>
$sections
</main>
</body>
</html>
""")

SECTION = Template("""<section id="$name">
<h2><a href="#$name">$number. $title</a></h2>
<p class="slide">Slide: $slide</p>
<pre class="words">$text</pre>
<h3>Code</h3>
$code
<h3>Printed</h3>
<pre tabindex="0">$printed</pre>
$figures
</section>
""")


def page(runs: Sequence[Run]) -> str:
    """The page of these runs, in their order."""
    contents = [
        f'<li value="{run.topic.number}"><a href="#{run.topic.name}">'
        f"{html.escape(run.topic.title)}</a></li>"
        for run in runs
    ]
    return PAGE.substitute(
        count=len(runs),
        colours=HtmlFormatter(style="tango").get_style_defs(".code"),
        contents="\n".join(contents),
        sections="\n".join(section(run) for run in runs),
    )


def section(run: Run) -> str:
    """One topic: its words, its code, what it printed, its figures."""
    topic = run.topic
    words = "\n".join(topic.text.splitlines()[1:]).replace(f"Slide: {topic.slide}", "")
    source = topic.path.read_text(encoding="utf-8")
    code = source.split('"""', 2)[2].strip()
    formatter = HtmlFormatter(cssclass="code")
    return SECTION.substitute(
        name=topic.name,
        number=topic.number,
        title=html.escape(topic.title),
        slide=html.escape(topic.slide),
        text=html.escape(words.strip()),
        code=highlight(code, PythonLexer(), formatter).replace("<pre>", '<pre tabindex="0">'),
        printed=html.escape(run.text.rstrip()),
        figures="\n".join(picture(path, topic.name) for path in run.figures),
    )


def picture(path: Path, script: str) -> str:
    """A figure with its file inside the page."""
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    says = html.escape(path.stem.removeprefix(f"{script}-").replace("-", " "))
    return (
        f'<figure><img src="data:{TYPES[path.suffix]};base64,{data}" alt="{says}">'
        f"<figcaption>{says}</figcaption></figure>"
    )
