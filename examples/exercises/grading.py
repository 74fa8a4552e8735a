"""Grading: all exercises of a folder, with the mistakes found, as plain data for teachers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .curriculum import exercises, part_of
from .folder import Folder, LearnError
from .progress import seen_solutions
from .report import Line, report, text_of
from .verdict import NOT_STARTED, Verdict, examine


def grade(root: Path) -> dict[str, Any]:
    """Every exercise of the folder tested anew; nothing is written there.

    Raises:
        LearnError: there is no such folder, or no exercise in it.
    """
    if not root.is_dir():
        raise LearnError(f"there is no folder {root}; name a learner's exercise folder.")
    folder = Folder(root)
    if not any(folder.path(exercise).exists() for exercise in exercises()):
        raise LearnError(f"{root} holds no exercise; name the folder that holds ex01_….py.")
    seen = seen_solutions(folder)
    results = []
    for exercise in exercises():
        verdict = examine(exercise, folder.path(exercise))
        results.append({**result(verdict), "solution_seen": exercise.id in seen})
    passed = sum(entry["status"] == "passed" for entry in results)
    return {"folder": str(root), "exercises": len(results), "passed": passed, "results": results}


def result(verdict: Verdict) -> dict[str, Any]:
    """One verdict as plain data."""
    exercise = verdict.exercise
    return {
        "id": exercise.id,
        "file": exercise.file_name,
        "part": part_of(exercise.id),
        "status": verdict.status,
        "probes": len(exercise.probes()),
        "right": verdict.right,
        "mistakes": verdict.mistakes,
        "trouble": verdict.trouble.kind if verdict.trouble else None,
        "report": "" if verdict.status in ("passed", NOT_STARTED) else text_of(report(verdict)),
    }


def grade_lines(graded: dict[str, Any]) -> list[Line]:
    """A grade in words."""
    lines = [Line(f"{graded['folder']}: {graded['passed']} of {graded['exercises']} pass.", "head")]
    signs = {"passed": ("✓", "good"), "failed": ("✗", "bad")}
    for entry in graded["results"]:
        sign, role = signs.get(entry["status"], ("·", "quiet"))
        text = f" {sign} {entry['id']:>2}  {entry['file']}  {entry['status']}"
        found = "+".join(entry["mistakes"]) or entry["trouble"] or ""
        if entry["status"] == "failed":
            text += f", {entry['right']} of {entry['probes']} probes right"
        text += f": {found}" if found else ""
        text += "  (solution seen)" if entry["solution_seen"] else ""
        lines.append(Line(text, role))
    return lines
