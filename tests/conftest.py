"""How the suite runs: import paths, how hard Hypothesis tries, and that CI skips nothing.

The folders of tests bear the names of the packages: they must never be found in their place.
"""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).resolve().parent

# `cd tests; python -m pytest` puts this folder first, where tests/autograd, without __init__.py,
# would be taken for the package if that is installed in editable mode.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

# Material of tests, without doctests of its own; some of it needs PyTorch.
collect_ignore = ["random_programs"]

# A law is tried on 200 examples, always the same ones, in a whole run; on a few in the quick
# subset; on 2,000 new ones with `pytest --hypothesis-profile=nightly`.
COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile(
    "quick", max_examples=25, stateful_step_count=30, derandomize=True, **COMMON
)
settings.register_profile(
    "commit", max_examples=200, stateful_step_count=50, derandomize=True, **COMMON
)
settings.register_profile(
    "nightly",
    max_examples=2000,
    stateful_step_count=100,
    derandomize=False,  # Hypothesis would choose True where CI is set
    print_blob=True,
    **COMMON,
)


def pytest_configure(config):
    if not config.getoption("--hypothesis-profile"):
        quick = config.getoption("markexpr") == "not slow"
        settings.load_profile("quick" if quick else "commit")


def pytest_sessionfinish(session, exitstatus):
    """With GLASSGRAD_NO_SKIPS=1 a test that is skipped, or expected to fail, fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("GLASSGRAD_NO_SKIPS") != "1" or reporter is None:
        return
    missed = [kind for kind in ("skipped", "xfailed", "xpassed") if reporter.stats.get(kind)]
    if missed and exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"GLASSGRAD_NO_SKIPS=1, but there are tests {' and '.join(missed)}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
