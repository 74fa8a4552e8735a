"""debuggers: how other debuggers show a Value.

VS Code and PyCharm are served by an extension of pydevd, the debugger inside debugpy: it is the
folder ``pydevd_plugins``, which an ordinary installation puts where pydevd looks. Where the
package is installed in editable mode, the folder of this file belongs on ``PYTHONPATH`` of the
debugged program (in VS Code: ``"env"`` in launch.json); `folder` is its name.
"""

from __future__ import annotations

import os


def folder() -> str:
    """The folder that belongs on ``PYTHONPATH`` so that pydevd finds its extension."""
    return os.path.dirname(os.path.abspath(__file__))
