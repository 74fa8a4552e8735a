"""Files: read from front to back with every length checked, written as a whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import numpy as np

from .errors import WeightsError

#: Flags that only some systems know: Windows would translate ends of lines.
BINARY, NOT_BLOCKING = getattr(os, "O_BINARY", 0), getattr(os, "O_NONBLOCK", 0)
#: Bytes handled at a time where the whole is not needed at once.
CHUNK = 1 << 20


def as_path(path: Any, what: str) -> str:
    """The path as a str, or the error that says what came instead."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(
            f"{what} got a path of type {type(path).__name__}; expected a str or a pathlib.Path."
        )
    return os.fsdecode(path)


class Source:
    """A regular file opened for reading; whatever is wrong with it is a WeightsError."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.hash = hashlib.sha256()
        try:
            # Not blocking: a named pipe in the file's place must not hang the reader.
            descriptor = os.open(path, os.O_RDONLY | NOT_BLOCKING | BINARY)
        except (OSError, ValueError) as error:
            raise WeightsError(path, None, reason(error), "a file that can be read") from error
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise WeightsError(path, None, kind_of(status.st_mode), "a regular file")
        self.file: BinaryIO = os.fdopen(descriptor, "rb")
        self.size = status.st_size

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: Any) -> None:
        self.file.close()

    def read_at(self, start: int, count: int) -> bytes:
        """``count`` bytes from ``start`` on; the place of the next read is behind them."""
        if start < 0 or count < 0 or start + count > self.size:
            raise WeightsError(
                self.path,
                None,
                f"{self.size} bytes",
                f"{count} bytes from byte {start} on",
                "The file is truncated or damaged.",
            )
        with self._errors():
            self.file.seek(start)
            data = self.file.read(count)
        if len(data) != count:
            raise self.changed()
        return data

    def read_into(self, array: Any) -> memoryview:
        """Fill the array with the next bytes; they are returned, and count for the hash."""
        view = memoryview(array.reshape(-1).view(np.uint8))
        with self._errors():
            # A buffered file fills the view unless it comes to its end.
            count = self.file.readinto(view)  # type: ignore[attr-defined]
        if count != len(view):
            raise self.changed()
        self.hash.update(view)
        return view

    def verify(self, checksum: str | None) -> None:
        """Nothing, if the bytes read have this SHA-256; None is a file that claims none."""
        found = self.hash.hexdigest()
        if checksum is not None and found != checksum:
            raise WeightsError(
                self.path,
                None,
                f"bytes with the SHA-256 {found[:12]}…",
                f"{checksum[:12]}…, as the file itself says",
                "The file is damaged.",
            )

    def changed(self) -> WeightsError:
        """The error for a file that shrank while it was read."""
        return WeightsError(
            self.path, None, "a file that changed while it was read", f"{self.size} bytes"
        )

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise WeightsError(self.path, None, reason(error), "bytes to read") from error


class Sink:
    """What is written is hashed and counted on its way into the file."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.hash, self.size = file, hashlib.sha256(), 0

    def write(self, data: Any) -> None:
        """Append the bytes."""
        self.file.write(data)
        self.hash.update(data)
        self.size += len(data)


def write_atomically(path: str, write: Callable[[Sink], None]) -> None:
    """The file as ``write`` fills it; whatever happens, ``path`` is the old file or the new one.

    The bytes go to a temporary file in the same folder, are flushed to the disk, read back and
    compared, and only then take the file's name; then the folder is flushed. A link is followed:
    the file it leads to is replaced.

    Raises:
        WeightsError: a folder or device in the file's place, a folder that is missing or cannot
            be written, a full disk, or bytes that came back different.
    """
    target = os.path.realpath(path)
    if not os.path.isdir(os.path.dirname(target)):
        raise WeightsError(
            path, None, f"no folder {os.path.dirname(target)}", "a folder that is there",
            "Make it first, or name another one.",
        )  # fmt: skip
    try:
        mode = replaceable_mode(path, target)
        folder, name = os.path.split(target)
        temporary = os.path.join(folder, f".{name[:100]}.{secrets.token_hex(8)}.tmp")
        try:
            fill(path, temporary, mode, write)
            os.replace(temporary, target)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
        flush_folder(folder)
    except (OSError, UnicodeError) as error:
        raise WeightsError(path, None, reason(error), "a place that can be written") from error


def replaceable_mode(path: str, target: str) -> int | None:
    """The permissions of the regular file there; None if there is nothing yet."""
    try:
        mode = os.stat(target).st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise WeightsError(path, None, kind_of(mode), "a regular file, or nothing, in its place")
    return stat.S_IMODE(mode)


def kind_of(mode: int) -> str:
    """What stands where a file should."""
    return "a folder" if stat.S_ISDIR(mode) else "a device or pipe"


def fill(path: str, temporary: str, mode: int | None, write: Callable[[Sink], None]) -> None:
    """Write the temporary file, flush it to the disk, and make sure of what is there."""
    # O_EXCL: a file or link that someone else put there is never followed.
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | BINARY, 0o666)
    with os.fdopen(descriptor, "r+b") as file:
        if mode is not None:
            os.chmod(temporary, mode)
        sink = Sink(file)
        write(sink)
        file.flush()
        os.fsync(descriptor)
        file.seek(0)
        found = hashlib.sha256()
        while chunk := file.read(CHUNK):
            found.update(chunk)
    if found.digest() != sink.hash.digest():
        raise WeightsError(path, None, "other bytes than were written", "the same bytes back")


def flush_folder(folder: str) -> None:
    """Make the new name last through a power failure, where folders can be flushed."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reason(error: Exception) -> str:
    """What the system said, without the path, which the message has already."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"'{text}' from the system"
