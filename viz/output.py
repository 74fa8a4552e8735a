"""Output: figures written whole or not at all, and the errors of files and renderers."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path


class FigureError(Exception):
    """A figure could not be drawn or written; the message is one line that says how to mend it."""


class RendererError(FigureError):
    """No Graphviz at hand, or Graphviz refused the figure."""


class OutputError(FigureError):
    """A file or folder that cannot be written."""


def write_whole(path: str | os.PathLike[str], content: bytes) -> Path:
    """``content`` in the file ``path``: the new file, or on any failure the old state.

    Raises:
        OutputError: where the file or its folder cannot be written.
    """
    path = Path(path)
    write_all([(path, content)])
    return path


def write_all(files: Sequence[tuple[Path, bytes]]) -> None:
    """Each content in its file, all of them or none: they take their names when all are written.

    Raises:
        OutputError: where one of the files cannot be written.
    """
    for path, _ in files:
        check_place(path)
    temporary: list[str] = []
    path = files[0][0]
    try:
        for path, content in files:
            handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
            temporary.append(name)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(name, 0o666 & ~_umask())
        for (path, _), name in zip(files, list(temporary), strict=True):
            os.replace(name, path)
            temporary.remove(name)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {_reason(error)}; {_REMEDY}.") from None
    finally:
        for name in temporary:
            Path(name).unlink(missing_ok=True)


def check_place(path: Path) -> None:
    """Raise if ``path`` is a folder, or lies in none."""
    if path.is_dir():
        raise OutputError(f"cannot write {path}: it is a folder; name a file in it.")
    if not path.parent.is_dir():
        raise OutputError(
            f"cannot write {path}: there is no folder {path.parent}; make it first, or name "
            f"another one."
        )


def writable_folder(path: str | os.PathLike[str]) -> Path:
    """The folder ``path``, made where it was missing, tried out with a file that is removed.

    Raises:
        OutputError: where it cannot be made or written.
    """
    path = Path(path)
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"trial")
    except FileExistsError:
        raise OutputError(f"cannot write to {path}: it is a file; name a folder.") from None
    except OSError as error:
        for folder in missing:
            if folder.is_dir():
                folder.rmdir()
        raise OutputError(f"cannot write to {path}: {_reason(error)}; {_REMEDY}.") from None
    return path


_REMEDY = "name a folder that you may write to, or free some space"


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
