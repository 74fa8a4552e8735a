"""The kit lies in examples/: found there even where an older installation does not know it."""

import importlib.util
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

if importlib.util.find_spec("exercises") is None:
    sys.path.append(str(EXAMPLES))
