"""Is the measured branch coverage what it must be? Run it after `coverage run -m pytest …`.

Every line and every branch of the engine, of the optimizers and of saving; of the rest 98 in a
hundred, package by package.
"""

from __future__ import annotations

import json
import sys
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path

WHOLE = ["autograd/*", "nn/optimizer*.py", "nn/saving/*"]
ELSEWHERE = 98.0


def shortfalls(files: dict[str, dict[str, int]]) -> list[str]:
    """What is below the bar: of each file its lines and branches, in all and those that ran."""
    found, packages = [], {}
    for name, counts in sorted(files.items()):
        if any(fnmatchcase(name, pattern) for pattern in WHOLE):
            if counts["ran"] < counts["all"]:
                found.append(f"{name}: {counts['ran']} of {counts['all']} lines and branches run")
            continue
        package = packages.setdefault(name.split("/")[0], [0, 0])
        package[0] += counts["ran"]
        package[1] += counts["all"]
    for package, (ran, every) in packages.items():
        if 100 * ran < ELSEWHERE * every:
            found.append(f"{package}: {100 * ran / every:.2f} % of lines and branches run")
    for pattern in WHOLE:
        if not any(fnmatchcase(name, pattern) for name in files):
            found.append(f"{pattern}: nothing was measured")
    return found


def measured() -> dict[str, dict[str, int]]:
    """The counts of the last run, by file."""
    import coverage

    data = coverage.Coverage()
    data.load()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.json"
        data.json_report(outfile=str(path))
        report = json.loads(path.read_text(encoding="utf-8"))
    files = {}
    for name, file in report["files"].items():
        summary = file["summary"]
        files[Path(name).as_posix()] = {
            "ran": summary["covered_lines"] + summary["covered_branches"],
            "all": summary["num_statements"] + summary["num_branches"],
        }
    return files


def main() -> int:
    files = measured()
    total = {key: sum(file[key] for file in files.values()) for key in ("ran", "all")}
    print(
        f"branch coverage: {total['ran']} of {total['all']} lines and branches of {len(files)} "
        f"files, {100 * total['ran'] / total['all']:.2f} %"
    )
    found = shortfalls(files)
    print("\n".join(found) if found else "the bar is met")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
