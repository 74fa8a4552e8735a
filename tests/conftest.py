"""The folders of tests bear the names of the packages: they must never be found in their place."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# `cd tests; python -m pytest` puts this folder first, where tests/autograd, without __init__.py,
# would be taken for the package if that is installed in editable mode.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
