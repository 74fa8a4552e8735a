"""The check that ``autograd`` is this project's engine, made before anything else of nn."""

from __future__ import annotations

from types import ModuleType

import autograd

PROJECT = "glassgrad"


def check_engine(package: ModuleType) -> None:
    """Nothing, if ``package`` is glassgrad's engine.

    Raises:
        ImportError: it is another package of that name, such as the one on PyPI.
    """
    if getattr(package, "PROJECT", None) == PROJECT:
        return
    # A folder without __init__.py has a path but no file.
    found = getattr(package, "__file__", None) or next(iter(package.__path__))
    raise ImportError(
        f"nn found another package named 'autograd' at {found}; expected the engine that comes "
        f"with {PROJECT}. Both cannot be installed side by side: run 'pip uninstall autograd', "
        f"then reinstall {PROJECT} ('pip install --force-reinstall --no-deps {PROJECT}', or "
        f"'pip install -e .' in its checkout). A file or folder named autograd in the directory "
        f"you start Python from has the same effect: rename it.",
        name="autograd",
        path=str(found),
    )


check_engine(autograd)
