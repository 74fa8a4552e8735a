"""The .npz format: a zip archive of .npy members, stored as they are.

Written so that ``np.load`` reads it; read by a parser that knows where every byte belongs, since
``np.load`` takes duplicates, trailing bytes and headers that claim terabytes. The comment of the
archive holds the version and the SHA-256 of all bytes before it. Sources: APPNOTE.TXT 6.3 (zip),
and the description of the format in ``numpy.lib.format`` (npy 1.0).
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any

import numpy as np

from .entries import (
    DTYPES,
    HEADER_LIMIT,
    VERSION,
    Contents,
    Entry,
    checked_name,
    checked_shape,
    checked_version,
)
from .errors import WeightsError
from .files import Sink, Source

#: Signature, version needed, flags, method, time, date, CRC, sizes, lengths of name and extra.
LOCAL = struct.Struct("<4sHHHHHIIIHH")
#: Signature, versions, flags, method, time, date, CRC, sizes, name, extra, comment, disk,
#: attributes, offset of the local header.
CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
#: Signature, disks, entries, size and offset of the directory, length of the comment.
END = struct.Struct("<4sHHHHIIH")
#: Tag, length and the two sizes again: what np.savez adds to each local header.
ZIP64 = struct.Struct("<HHQQ")
MADE_HERE, VERSION_NEEDED, DATE = 20, 20, 33  # MS-DOS, 2.0, 1 January 1980
LIMIT = 0xFFFFFFFF
MARK = b"glassgrad "
COMMENT = re.compile(rb"glassgrad [0-9]{1,9} sha256 ([0-9a-f]{64})")
#: Bytes at the end of a file in which its end record is looked for.
TAIL = END.size + len(MARK) + 32 + 64
NPY = re.compile(
    r"\{'descr': '([^']{1,16})', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\), \} *\n"
)
SHAPE = re.compile(r"|[0-9]{1,19},|[0-9]{1,19}(, [0-9]{1,19})+")


def write(sink: Sink, path: str, arrays: dict[str, Any], text: dict[str, str]) -> None:
    """Write ``stored`` arrays as members called ``name.npy``; this format has no place for text."""
    assert not text
    directory = []
    for name, array in arrays.items():
        directory.append(write_member(sink, path, name.encode() + b".npy", array))
    start, size, count = sink.size, sum(map(len, directory)), len(directory)
    if size > HEADER_LIMIT:
        raise WeightsError(path, None, f"a header of {size} bytes", f"at most {HEADER_LIMIT}")
    sink.write(b"".join(directory))
    # The checksum is that of all bytes before its own.
    comment = MARK + b"%d sha256 " % VERSION
    sink.write(END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, len(comment) + 64))
    sink.write(comment)
    sink.write(sink.hash.hexdigest().encode())


def write_member(sink: Sink, path: str, name: bytes, array: Any) -> bytes:
    """Write one member; its line of the central directory is returned."""
    header = npy_header(array)
    body = memoryview(array.reshape(-1).view(np.uint8))
    crc, size, start = zlib.crc32(body, zlib.crc32(header)), len(header) + len(body), sink.size
    if start + size >= LIMIT:
        raise WeightsError(path, None, "4 GiB or more", "less in a .npz", "Use .safetensors.")
    shared = (VERSION_NEEDED, 0, 0, 0, DATE, crc, size, size, len(name), 0)
    sink.write(LOCAL.pack(b"PK\x03\x04", *shared) + name + header)
    sink.write(body)
    return CENTRAL.pack(b"PK\x01\x02", MADE_HERE, *shared, 0, 0, 0, 0, start) + name


def npy_header(array: Any) -> bytes:
    """The header of format 1.0: a Python dict in text, padded to a multiple of 64 bytes."""
    text = f"{{'descr': '{array.dtype.str}', 'fortran_order': False, 'shape': {array.shape}, }}"
    padding = " " * (-(10 + len(text) + 1) % 64)
    line = f"{text}{padding}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(line).to_bytes(2, "little") + line


def scan(source: Source) -> Contents:
    """What the directory and the headers of the arrays say; every byte has its place.

    Raises:
        WeightsError: whatever is wrong with it.
    """
    start, directory, count, checksum = scan_end(source)
    entries: dict[str, Entry] = {}
    place = end = 0
    for _ in range(count):
        line = Line(source.path, directory, place)
        entry = scan_member(source, line, end)
        if entry.name in entries:
            raise WeightsError(source.path, entry.name, "it twice", "every name once")
        entries[entry.name] = entry
        place, end = line.end, entry.start + entry.nbytes
    if place != len(directory) or end != start:
        unread = len(directory) - place + start - end
        raise WeightsError(source.path, None, f"{unread} bytes that belong to no array", "none")
    return Contents(list(entries.values()), checksum)


def scan_end(source: Source) -> tuple[int, bytes, int, str | None]:
    """Start and bytes of the directory, number of its lines, and the checksum claimed."""
    path, size = source.path, source.size
    tail = source.read_at(max(0, size - TAIL), min(size, TAIL))
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + END.size:
        head = source.read_at(0, min(size, 512)).lower()
        page = " It looks like a web page." if b"<html" in head else ""
        hint = f"The file is truncated, or is no .npz file.{page}"
        raise WeightsError(path, None, "no end of a zip archive", "a .npz file", hint)
    _, disk, first, here, count, length, start, note = END.unpack_from(tail, place)
    end, comment = size - len(tail) + place, tail[place + END.size :]
    said = (disk, first, here, start + length, note)
    if said != (0, 0, count, end, len(comment)) or length > HEADER_LIMIT:
        found = f"a last record that says disks {disk} and {first}, {here} of {count} arrays"
        expected = f"one disk, all arrays, and a directory that ends at byte {end}"
        raise WeightsError(path, None, f"{found}, {length} bytes from {start} on", expected)
    return start, source.read_at(start, length), count, claimed_checksum(path, comment)


def claimed_checksum(path: str, comment: bytes) -> str | None:
    """The checksum in the comment, after a look at the version; None in np.savez's files."""
    if not comment:
        return None
    version = re.match(rb"glassgrad ([0-9]+) ", comment)
    if version:
        checked_version(path, version[1].decode())
    whole = COMMENT.fullmatch(comment)
    if whole is None:
        raise WeightsError(path, None, f"the comment {comment[:40]!r}", "a checksum, or none")
    return whole[1].decode()


class Line:
    """One line of the directory, read from ``place`` on: a stored member and its sizes."""

    def __init__(self, path: str, directory: bytes, place: int) -> None:
        if len(directory) < place + CENTRAL.size:
            raise WeightsError(path, None, "a directory that is cut off", "a line for each array")
        fields = CENTRAL.unpack_from(directory, place)
        signature, _, _, flags, method, _, _, self.crc, packed, self.size, *rest = fields
        names, extra, comment, disk, _, _, self.start = rest
        self.end = place + CENTRAL.size + names
        self.raw = directory[place + CENTRAL.size : self.end]
        if signature != b"PK\x01\x02" or len(self.raw) != names or not self.raw.isascii():
            raise WeightsError(path, None, "a damaged directory", "a line for each array")
        text = self.raw.decode()
        if not text.endswith(".npy"):
            raise WeightsError(path, text[:80], "a member that is no array", "members named *.npy")
        self.name = checked_name(path, text[:-4])
        if method != 0 or flags != 0 or packed != self.size:
            hint = "Was it written by np.savez_compressed? Write it with np.savez."
            raise WeightsError(path, self.name, "a compressed member", "one that is stored", hint)
        if extra or comment or disk:
            raise WeightsError(path, self.name, "extra fields", "none")


def scan_member(source: Source, line: Line, end: int) -> Entry:
    """The array that a line of the directory speaks of; it starts where the last one ended."""
    path, name = source.path, line.name
    if line.start != end:
        raise WeightsError(path, name, f"its header at {line.start}", f"{end}, without a gap")
    local = source.read_at(end, LOCAL.size)
    fields = LOCAL.unpack(local)
    extra = source.read_at(end + LOCAL.size + len(line.raw), fields[-1])
    sizes, plain = (line.size, line.size), (fields[7:9], extra)
    if plain == ((LIMIT, LIMIT), ZIP64.pack(1, 16, *sizes)):
        plain = (sizes, b"")
    agreed = (fields[0], *fields[2:4], fields[6], plain, fields[9])
    wanted = (b"PK\x03\x04", 0, 0, line.crc, (sizes, b""), len(line.raw))
    if agreed != wanted:
        raise WeightsError(path, name, "a header that differs from the directory", "the same")
    if source.read_at(end + LOCAL.size, len(line.raw)) != line.raw:
        raise WeightsError(path, name, "another name in front of the array", "the same name")
    return scan_array(source, line, end + LOCAL.size + len(line.raw) + len(extra))


def scan_array(source: Source, line: Line, start: int) -> Entry:
    """The array whose .npy header starts there; its size is that of the member."""
    path, name = source.path, line.name
    magic = source.read_at(start, min(10, line.size))
    length = int.from_bytes(magic[8:10], "little")
    if magic[:8] != b"\x93NUMPY\x01\x00" or length > line.size - 10:
        raise WeightsError(path, name, f"{magic[:8]!r} in front", "an array in npy format 1.0")
    text = source.read_at(start + 10, length).decode("latin-1")
    header = NPY.fullmatch(text)
    if header is None or not SHAPE.fullmatch(header[3]) or header[1] not in DTYPES:
        expected = f"a plain array of {' or '.join(DTYPES)}"
        raise WeightsError(path, name, f"the header {text.strip()[:99]!r}", expected)
    shape = checked_shape(path, name, [int(n) for n in header[3].replace(",", " ").split()])
    entry = Entry(
        name, DTYPES[header[1]], shape, start + 10 + length, header[2] == "True", line.crc
    )
    if entry.nbytes != line.size - 10 - length:
        found = f"{line.size - 10 - length} bytes"
        raise WeightsError(path, name, found, f"{entry.nbytes} for the shape {shape}")
    return entry


def fill(source: Source, contents: Contents, arrays: dict[str, Any]) -> None:
    """Read all bytes in order; every CRC-32, and then the checksum, must be the one claimed.

    Raises:
        WeightsError: one of them is another.
    """
    place = 0
    for entry in contents.entries:
        headers = source.read_at(place, entry.start - place)
        source.hash.update(headers)
        crc = zlib.crc32(headers[headers.rindex(b"\x93NUMPY") :])
        crc = zlib.crc32(source.read_into(arrays[entry.name]), crc)
        if crc != entry.crc:
            found, wanted = f"bytes with the CRC-32 {crc:08x}", f"{entry.crc:08x}"
            raise WeightsError(source.path, entry.name, found, wanted, "The file is damaged.")
        place = entry.start + entry.nbytes
    own = 0 if contents.checksum is None else len(contents.checksum)
    source.hash.update(source.read_at(place, source.size - own - place))
    source.verify(contents.checksum)
