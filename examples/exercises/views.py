"""Views: lines, states and tables in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .curriculum import part_of
from .progress import State
from .report import COMMAND, Line
from .verdict import FAILED, MISSING, NOT_STARTED, PASSED

#: How lines of a role look.
STYLES = {
    "good": "bold green",
    "bad": "bold red",
    "mistake": "yellow",
    "code": "dim",
    "quiet": "dim",
    "formula": "cyan",
    "head": "bold",
    "plain": "",
}
#: The sign and the style of a state.
SIGNS = {
    PASSED: ("✓", "green"),
    FAILED: ("✗", "red"),
    NOT_STARTED: ("·", "dim"),
    MISSING: ("?", "yellow"),
}
#: Characters of the progress bar, and of the title of a part.
BAR, TITLE = 50, 24


def console() -> Console:
    """Where everything is shown."""
    return Console(highlight=False, soft_wrap=True)


def show(lines: Sequence[Line], on: Console | None = None) -> None:
    """Lines in the colours of their roles."""
    target = on or console()
    for line in lines:
        target.print(Text(line.text, style=STYLES[line.role]))


def show_progress(states: Sequence[State], name: str, on: Console | None = None) -> None:
    """All exercises by part, with a bar; failed ones with the mistake that was found."""
    target = on or console()
    done = sum(state.done for state in states)
    target.print(Text(f"{name}: {done} of {len(states)} done", style="bold"))
    target.print(bar(done, len(states)))
    part = ""
    for state in states:
        number = state.exercise.id
        if part_of(number) != part:
            part = part_of(number)
            inside = [s for s in states if part_of(s.exercise.id) == part]
            finished = sum(s.done for s in inside)
            target.print()
            title = Text(f"{part:<{TITLE}}", style="bold")
            target.print(title.append(strip(finished, len(inside), 2 * len(inside))))
        target.print(row(state))
    coming = next((state for state in states if not state.done), None)
    target.print()
    if coming is None:
        target.print(Text("All done. You have written the whole lecture.", style="bold green"))
    else:
        text = f"Next: {coming.exercise.file_name} · {COMMAND} next"
        target.print(Text(text, style="dim"))


def bar(done: int, total: int) -> Text:
    """A bar of progress."""
    return strip(done, total, BAR).append(f" {100 * done // max(1, total)} %", style="dim")


def strip(done: int, total: int, width: int) -> Text:
    """A line of ``width`` characters, coloured as far as things are done; then the counts."""
    full = width * done // max(1, total)
    text = Text("━" * full, style="green").append("━" * (width - full), style="bright_black")
    return text.append(f" {done}/{total}", style="dim")


def row(state: State) -> Text:
    """One exercise in one line."""
    sign, style = SIGNS[state.status]
    exercise = state.exercise
    text = Text(f" {sign} {exercise.id:>2}  ", style=style)
    text.append(exercise.title, style="" if state.status != NOT_STARTED else "dim")
    if state.given_up:
        text.append("  (solution seen)", style="dim")
    if state.status == FAILED and state.asked and not state.mistakes:
        text.append(f"  {state.right} of {state.asked} probes right", style="dim")
    if state.status == FAILED and state.mistakes:
        words = "; ".join(exercise.mistakes[code].split(":")[0] for code in state.mistakes)
        text.append(f"  → {words}", style="yellow")
    return text


def show_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A small table."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for cells in rows:
        table.add_row(*(Text(cell) for cell in cells))
    console().print(table)
