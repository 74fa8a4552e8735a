"""Report: a verdict in words, as lines with a role each; terminals, pytest and tests read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .comparison import Difference
from .curriculum import part_of
from .exercise import Exercise
from .plain import Opaque
from .probing import Outcome
from .runner import Trouble
from .verdict import FAILED, MISSING, NOT_STARTED, PASSED, Verdict


class Line(NamedTuple):
    """One line of text and its role: good, bad, mistake, code, quiet, formula or plain."""

    text: str
    role: str = "plain"


#: How the command is called in messages.
COMMAND = "glassgrad learn"
#: Characters that a number or array may take in a message.
WIDE = 60


def report(verdict: Verdict) -> list[Line]:
    """The verdict as a learner reads it."""
    exercise = verdict.exercise
    if verdict.status == PASSED:
        return passed(verdict)
    head = f"{exercise.id} · {exercise.title}"
    if verdict.status == MISSING:
        return [
            Line(f"✗ {head}", "bad"),
            Line(f"  there is no file {exercise.file_name}; {COMMAND} update writes it."),
        ]
    if verdict.status == NOT_STARTED:
        return [
            Line(f"· {head}", "quiet"),
            Line(f"  not started: open {exercise.file_name} and begin."),
        ]
    assert verdict.status == FAILED
    lines = [Line(f"✗ {head}", "bad"), *failed(verdict), *said(verdict)]
    helps = verdict.trouble is None or verdict.trouble.kind in ("timeout", "crash")
    return [*lines, closing(exercise)] if helps else lines


def passed(verdict: Verdict) -> list[Line]:
    """Success: how much was checked, the formula, and where the solution is."""
    exercise = verdict.exercise
    lines = [
        Line(f"✓ {exercise.id} · {exercise.title}", "good"),
        Line(f"  all {len(verdict.outcomes)} probes are right. You have written"),
    ]
    lines += [Line(f"    {line}", "formula") for line in exercise.formula.strip().splitlines()]
    if exercise.after:
        lines += [Line(f"  {line}") for line in exercise.after.strip().splitlines()]
    lines.append(Line(f"  Compare: {COMMAND} solution {exercise.id}", "quiet"))
    return lines + said(verdict)


def failed(verdict: Verdict) -> list[Line]:
    """What is wrong, by what is known of it."""
    file = verdict.exercise.file_name
    if verdict.trouble is not None:
        return trouble_lines(verdict.trouble, verdict.exercise)
    if verdict.to_do is not None:
        at = place_of(verdict.to_do, file)
        return [
            Line(f"  {at}: raise NotImplementedError still stands there."),
            Line(f"  {verdict.right} of {len(verdict.outcomes)} probes are right so far."),
        ]
    if verdict.found is not None:
        return searched_lines(verdict)
    number = next(i for i, found in enumerate(verdict.differences) if found)
    lines = probe_lines(verdict, number)
    lines += explanation(verdict)
    total, right = len(verdict.outcomes), verdict.right
    if right:
        lines.append(Line(f"  {right} of {total} probes are right.", "quiet"))
    return lines


def searched_lines(verdict: Verdict) -> list[Line]:
    """An input that a search has found, after all probes were right."""
    assert verdict.found is not None
    lines = [
        Line(f"  all {len(verdict.outcomes)} probes are right, but a search has found an input"),
        Line(f"  on which the answer is wrong: {verdict.found.text}"),
    ]
    for difference in verdict.found_differences[:4]:
        lines += [Line(f"    {text}") for text in difference_text(difference)]
    return lines + [Line(f"  → {text}", "mistake") for text in verdict.clues]


def place_of(found: Outcome | Trouble, file: str) -> str:
    """File and line; with --mine, another file of the learner's may be meant."""
    file = found.file or file
    return f"{file}, line {found.line}" if found.line else file


def probe_lines(verdict: Verdict, number: int) -> list[Line]:
    """One wrong probe: what was asked, what was expected, what came."""
    probe = verdict.exercise.questions()[number]
    lines = [Line(f"  probe {number + 1} of {len(verdict.outcomes)}: {probe.text}")]
    for difference in verdict.differences[number][:4]:
        lines += [Line(f"    {text}") for text in difference_text(difference)]
        if isinstance(difference.got, Outcome) and difference.got.code:
            lines.append(Line(f"      {difference.got.code}", "code"))
    rest = len(verdict.differences[number]) - 4
    if rest > 0:
        lines.append(Line(f"    … and {rest} more", "quiet"))
    return lines


def difference_text(difference: Difference) -> list[str]:
    """Expected and yours, side by side where they are short."""
    where = f"{difference.where}: " if difference.where else ""
    if difference.kind == "changed":
        changed = ", ".join(difference.got) or "nothing"
        return [f"{where}your code changes its argument {changed} in place; work on a copy"]
    expected, got = shown(difference.expected), shown(difference.got)
    if isinstance(difference.expected, str) and difference.kind in ("raised", "milestone"):
        wanted = difference.kind == "milestone" or difference.expected.startswith("at ")
        expected = difference.expected if wanted else f"an exception {difference.expected}"
    if difference.kind == "shape":
        expected = f"{expected}  (shape {np.shape(difference.expected)})"
        got = f"{got}  (shape {np.shape(difference.got)})"
    if len(where) + len(expected) + len(got) < 70:
        return [f"{where}expected {expected}   yours {got}"]
    return [f"{where}expected {expected}", f"{' ' * len(where)}yours    {got}"]


def shown(value: Any) -> str:
    """A plain value, or what was raised, in few digits."""
    if isinstance(value, Outcome):
        if not value.raised:
            return shown(value.value)
        at = f" in line {value.line}" if value.line else ""
        text = f": {value.message}" if value.message else ""
        return f"{value.raised}{at}{text}"
    if isinstance(value, np.ndarray):
        text = np.array2string(value, precision=4, separator=" ", threshold=20, edgeitems=3)
        text = " ".join(text.split())
    elif isinstance(value, float):
        text = f"{value:.6g}"
    elif isinstance(value, list):
        text = f"[{', '.join(shown(item) for item in value)}]"
    elif isinstance(value, dict):
        inner = ", ".join(f"{key}: {shown(item)}" for key, item in value.items())
        text = f"{{{inner}}}"
    elif isinstance(value, Opaque) or value is None:
        text = str(value)
    else:
        text = repr(value)
    return text if len(text) <= WIDE else f"{text[: WIDE - 1]}…"


def explanation(verdict: Verdict) -> list[Line]:
    """The mistakes that were found; else what the numbers say."""
    diagnosis, mistakes = verdict.diagnosis, verdict.exercise.mistakes
    if diagnosis is None:
        return []
    if len(diagnosis.explanations) == 1:
        codes = diagnosis.explanations[0]
        lines = [Line(f"  → {mistakes[code]}", "mistake") for code in codes]
        text = f"(this explains all {diagnosis.probes} probes; code: {diagnosis.code})"
        return [*lines, Line(f"    {text}", "code")]
    if diagnosis.explanations:
        return alternatives(diagnosis.explanations, verdict.exercise, diagnosis.probes)
    lines = []
    if diagnosis.partly:
        lines.append(Line(f"  → {mistakes[diagnosis.partly]}", "mistake"))
        text = f"(this explains {diagnosis.explained} of the {diagnosis.wrong} wrong probes)"
        lines.append(Line(f"    {text}", "code"))
        lines += probe_lines(verdict, diagnosis.unexplained)
    lines += [Line(f"  → {text}", "mistake") for text in verdict.clues]
    return lines + ([Line(f"  → {verdict.divergence}", "mistake")] if verdict.divergence else [])


def alternatives(
    explanations: Sequence[tuple[str, ...]], exercise: Exercise, probes: int
) -> list[Line]:
    """Explanations that no probe tells apart: what all share, and the rest."""
    shared = [code for code in explanations[0] if all(code in codes for codes in explanations)]
    lines = [Line(f"  → {exercise.mistakes[code]}", "mistake") for code in shared]
    others = [[code for code in codes if code not in shared] for codes in explanations]
    if all(others):
        lead = "and, hidden behind it, one of these:" if shared else "one of these:"
        lines.append(Line(f"  → {lead}", "mistake"))
        for codes in others[:6]:
            text = "; ".join(exercise.mistakes[code] for code in codes)
            lines.append(Line(f"      – {text}", "mistake"))
    names = " or ".join("+".join(codes) for codes in explanations[:6])
    text = f"(each explains all {probes} probes; code: {names})"
    return [*lines, Line(f"    {text}", "code")]


def trouble_lines(trouble: Trouble, exercise: Exercise) -> list[Line]:
    """Why the run came to no end, and what to do."""
    at = place_of(trouble, exercise.file_name)
    during = ""
    if trouble.probe is not None:
        probe = exercise.questions()[trouble.probe]
        during = f"  during probe {trouble.probe + 1}: {probe.text}"
    lines = [Line(f"  {text}") for text in trouble_texts(trouble, at)]
    if trouble.code:
        lines.insert(1, Line(f"      {trouble.code}", "code"))
    return lines + ([Line(during, "quiet")] if during else [])


def trouble_texts(trouble: Trouble, at: str) -> list[str]:
    """The sentences on one kind of trouble."""
    error, message = trouble.error, trouble.message
    if trouble.kind == "load" and error == "MissingNamesError":
        return [f"{at} does not define {message}.", "Keep the names that the stub has."]
    if trouble.kind == "load" and error in ("SyntaxError", "IndentationError", "TabError"):
        return [f"{at}: Python cannot read this: {message}."]
    if trouble.kind == "load" and error in ("ImportError", "ModuleNotFoundError"):
        return [f"{at}: {message}.", "Exercises need the standard library and NumPy only."]
    if trouble.kind == "load" and error == "SystemExit":
        return [f"{at} ends the program while it is loaded; take out exit()."]
    if trouble.kind == "load":
        return [f"{at}: {error} while the file was loaded: {message}."]
    if trouble.kind == "timeout":
        return [f"{at}: stopped after {message}.", "Is there a loop that never ends?"]
    if trouble.kind == "crash":
        return [f"{at}: the interpreter crashed ({message}).", "Is there a recursion with no end?"]
    if trouble.kind == "printed":
        return [f"{at}: stopped: it printed more than {message}.", "Is there a print in a loop?"]
    if trouble.kind == "start":
        return [f"the kit could not start: {message}", "glassgrad learn doctor may know why."]
    if trouble.kind == "ended":
        return [
            f"{at}: your code ended the program (exit status {message}) before it answered.",
            "Take out exit(), quit() and os._exit(): return the result instead.",
        ]
    return [f"{at}: only {message} answers came back."]


def said(verdict: Verdict) -> list[Line]:
    """What the learner's code printed, in its first lines."""
    lines = verdict.printed.strip().splitlines()
    if not lines:
        return []
    shown_lines = [Line(f"    {line[:100]}", "quiet") for line in lines[:8]]
    more = [Line(f"    … {len(lines) - 8} more lines", "quiet")] if len(lines) > 8 else []
    return [Line("  your code printed:", "quiet"), *shown_lines, *more]


def closing(exercise: Exercise) -> Line:
    """Where to go from a failure."""
    return Line(f"  {COMMAND} hint {exercise.id} · {COMMAND} why {exercise.id}", "quiet")


def task_lines(exercise: Exercise) -> list[Line]:
    """What an exercise asks for, and where."""
    return [
        Line(f"{exercise.id} · {exercise.title}  ({part_of(exercise.id)})", "head"),
        *(Line(f"  {line}") for line in exercise.task.strip().splitlines()),
        *(Line(f"    {line}", "formula") for line in exercise.formula.strip().splitlines()),
        Line(f"  Write in {exercise.file_name}; {COMMAND} hint {exercise.id} helps.", "quiet"),
    ]


def text_of(lines: Sequence[Line]) -> str:
    """The lines as plain text."""
    return "\n".join(line.text for line in lines)
