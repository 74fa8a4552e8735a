"""``python -m exercises``: the same as ``glassgrad learn``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from viz.cli import run_command

from .commands import add_verbs


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb of the kit; the exit status."""
    parser = argparse.ArgumentParser(
        prog="glassgrad learn", description="Exercises with tests that know why you failed."
    )
    add_verbs(parser)
    return run_command(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
