"""Damaged and hostile files: each is refused with a WeightsError, and the model is as it was."""

# ruff: noqa: E501 - in the tables, a case is a line

import io
import json
import struct
import time
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.saving import WeightsError, load_arrays, npz, save_arrays
from nn.saving.weights import load_weights, save_weights

ENDINGS = [".npz", ".safetensors"]


@pytest.fixture(scope="module", params=ENDINGS)
def saved(request, tmp_path_factory):
    """A small file, the place of its damaged twin, and a model of other weights that it fits."""
    folder = tmp_path_factory.mktemp("files")
    save_weights(nn.Layer(2, 1, rng=0), folder / f"good{request.param}")
    raw = (folder / f"good{request.param}").read_bytes()
    return raw, folder / f"bad{request.param}", nn.Layer(2, 1, rng=1)


def refused(raw, path, layer, **options):
    """The error for this file, once it is sure that the model is as it was."""
    path.write_bytes(raw)
    weight, bias = layer.weight.data.copy(), layer.bias.data.copy()
    versions = layer.weight.version, layer.bias.version
    with pytest.raises(WeightsError) as caught:
        load_weights(layer, path, **options)
    np.testing.assert_array_equal(layer.weight.data, weight)
    np.testing.assert_array_equal(layer.bias.data, bias)
    assert versions == (layer.weight.version, layer.bias.version)
    assert caught.value.file == str(path)
    assert caught.value.found
    assert caught.value.expected
    return caught.value


def test_every_flip_of_a_byte_is_refused(saved):
    raw, path, layer = saved
    assert 250 < len(raw) < 800
    for place in range(len(raw)):
        damaged = bytearray(raw)
        damaged[place] ^= (1, 0x20, 0xFF)[place % 3]
        refused(bytes(damaged), path, layer)


@pytest.mark.slow
def test_flips_of_bits_are_refused_even_where_files_of_others_are_taken(saved):
    raw, path, layer = saved
    for place in range(0, 8 * len(raw), 3):
        damaged = bytearray(raw)
        damaged[place // 8] ^= 1 << place % 8
        refused(bytes(damaged), path, layer, foreign=True)


def test_every_truncation_is_refused(saved):
    raw, path, layer = saved
    for length in range(len(raw)):
        refused(raw[:length], path, layer, foreign=True)


@given(st.data())
def test_no_edit_of_a_file_is_taken(saved, data):
    raw, path, layer = saved
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 40)))
    put = data.draw(st.binary(max_size=40))
    edited = raw[:start] + put + raw[end:]
    if edited != raw:
        refused(edited, path, layer, foreign=data.draw(st.booleans()))


def test_bytes_in_front_and_behind_are_refused(saved):
    raw, path, layer = saved
    for damaged in (raw + b"\0", b"\0" + raw, raw + raw, raw + b"PK\x05\x06" + bytes(18), b""):
        refused(damaged, path, layer, foreign=True)


def test_a_later_version_is_refused_by_name(saved):
    raw, path, layer = saved
    later = raw.replace(b"glassgrad 1 ", b"glassgrad 7 ").replace(
        b'"glassgrad":"1"', b'"glassgrad":"7"'
    )
    error = refused(later, path, layer)
    assert str(error) == (
        f"{path}: got format version 7; expected version 1 or older. The file comes from a newer "
        f"glassgrad; update it to read the file."
    )
    for text in (b"0", b"x", b"\xb2"):
        strange = raw.replace(b"glassgrad 1 ", b"glassgrad " + text + b" ")
        strange = strange.replace(b'"glassgrad":"1"', b'"glassgrad":"' + text + b'"')
        assert "expected" in str(refused(strange, path, layer, foreign=True))


def test_a_web_page_is_told_apart_and_no_unsafe_way_is_advised(tmp_path):
    page = b"<!DOCTYPE html><html><body>404 Not Found</body></html>" * 5
    error = refused(page, tmp_path / "w.npz", nn.Layer(2, 1))
    assert "no .npz file. It looks like a web page." in str(error)
    error = refused(page, tmp_path / "w.safetensors", nn.Layer(2, 1))
    assert "a safetensors file" in str(error)


def test_pickles_in_any_guise_are_refused_and_never_run(tmp_path):
    fired = []

    class Bomb:
        def __reduce__(self):
            return fired.append, (1,)

    buffer = io.BytesIO()
    np.save(buffer, np.array([Bomb()], dtype=object), allow_pickle=True)
    layer = nn.Layer(2, 1)
    for name in ("w.npz", "w.safetensors"):
        refused(buffer.getvalue(), tmp_path / name, layer, foreign=True)
    np.savez(tmp_path / "o.npz", weight=np.array([Bomb()], dtype=object), bias=np.zeros(1))
    raw = (tmp_path / "o.npz").read_bytes()
    assert "the header" in str(refused(raw, tmp_path / "w.npz", layer, foreign=True)) or fired == []
    assert fired == []


# -- zip archives


def archive(members, comment=b"", **options):
    """A zip archive of (name, bytes), as hostile as the options make it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as file:
        file.comment = comment
        for name, data in members:
            file.writestr(name, data)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=(1, 0))
    return buffer.getvalue()


def header_only(text, version=b"\x01\x00"):
    line = text.encode("latin-1") + b"\n"
    return b"\x93NUMPY" + version + len(line).to_bytes(2, "little") + line


WEIGHT, BIAS = ("weight.npy", npy(np.zeros((1, 2)))), ("bias.npy", npy(np.zeros(1)))
HUGE = "{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,), }"

AXES = ", ".join("1" * 33)

ARCHIVES = {
    "a zip bomb": (
        archive([("weight.npy", bytes(10_000_000))], compression=zipfile.ZIP_DEFLATED),
        r"a compressed member; expected one that is stored. Was it written by np.savez_compressed",
    ),
    "a header of 8 TiB": (
        archive([("weight.npy", header_only(HUGE)), BIAS]), r"got 0 bytes; expected 8796093022208"
    ),
    "a climbing name": (archive([("../../weight.npy", WEIGHT[1]), BIAS]), "a name that is not all"),
    "an absolute name": (archive([("/weight.npy", WEIGHT[1]), BIAS]), "a name that is not allowed"),
    "a name of another script": (archive([("wéight.npy", WEIGHT[1]), BIAS]), "a damaged directory"),
    "a member that is no array": (
        archive([WEIGHT, BIAS, ("run.py", b"1")]), "a member that is no array; expected members n"
    ),
    "a folder": (archive([WEIGHT, BIAS, ("folder/", b"")]), "a member that is no array"),
    "a foreign comment": (archive([WEIGHT, BIAS], b"hello"), "the comment b'hello'; expected a ch"),
    "npy format 2": (
        archive([("weight.npy", header_only("{}", b"\x02\x00")), BIAS]), "expected an array in npy"
    ),
    "an overlong header": (
        archive([("weight.npy", b"\x93NUMPY\x01\x00\xff\xff{}"), BIAS]), "in front; expected an ar"
    ),
    "a member of 3 bytes": (archive([("weight.npy", b"abc"), BIAS]), "in front; expected an array"),
    "integers": (archive([("weight.npy", npy(np.array([[1, 2]]))), BIAS]), "the header"),
    "complex numbers": (archive([("weight.npy", npy(np.zeros((1, 2), complex))), BIAS]), "<c16"),
    "text": (archive([("weight.npy", npy(np.array([["a", "b"]]))), BIAS]), "<U1"),
    "big-endian numbers": (archive([("weight.npy", npy(np.zeros((1, 2), ">f8"))), BIAS]), ">f8"),
    "records": (archive([("weight.npy", npy(np.zeros(2, "f8,f8"))), BIAS]), "the header"),
    "an expression for a shape": (
        archive([("weight.npy", header_only(HUGE.replace("1099511627776,", "2**40,"))), BIAS]),
        "the header",
    ),
    "a shape with a gap": (
        archive([("weight.npy", header_only(HUGE.replace("1099511627776,", "1 2"))), BIAS]),
        "shape': (1 2), }",
    ),
    "a negative length": (
        archive([("weight.npy", header_only(HUGE.replace("1099511627776,", "-1,"))), BIAS]),
        "the header",
    ),
    "an array cut short": (archive([("weight.npy", WEIGHT[1][:-8]), BIAS]), "got 8 bytes; expect"),
    "an array with more": (archive([("weight.npy", WEIGHT[1] + b"x"), BIAS]), "got 17 bytes; exp"),
    "33 axes": (
        archive([("weight.npy", header_only(HUGE.replace("1099511627776,", AXES))), BIAS]),
        "the shape [1, 1, 1",
    ),
    "no members": (archive([]), "other arrays; missing: bias, weight"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ARCHIVES)
def test_hostile_archives_are_refused(tmp_path, kind):
    raw, message = ARCHIVES[kind]
    error = refused(raw, tmp_path / "w.npz", nn.Layer(2, 1), foreign=True)
    assert message in str(error).replace("\\n", " ")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_occurs_twice_is_refused(tmp_path):
    raw = archive([WEIGHT, WEIGHT, BIAS])
    assert "got it twice" in str(refused(raw, tmp_path / "w.npz", nn.Layer(2, 1), foreign=True))


def test_links_in_archives_are_never_followed(tmp_path):
    info = zipfile.ZipInfo("weight.npy")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    raw = archive([(info, b"/etc/passwd"), BIAS])
    refused(raw, tmp_path / "w.npz", nn.Layer(2, 1), foreign=True)


def good_archive():
    return archive([WEIGHT, BIAS])


def changed(raw, place, data):
    return raw[:place] + data + raw[place + len(data) :]


def test_an_archive_of_plain_zip_members_is_read_when_foreign(tmp_path):
    (tmp_path / "w.npz").write_bytes(good_archive())
    load_weights(nn.Layer(2, 1), tmp_path / "w.npz", foreign=True)


STRUCTURE = {
    "another name in front": (lambda raw: changed(raw, 30, b"W"), "another name in front of the a"),
    "another CRC in front": (lambda raw: changed(raw, 14, b"\0\0\0\0"), "differs from the directo"),
    "extra bytes in front": (lambda raw: changed(raw, 28, b"\1"), "a header that differs from the"),
    "bytes smuggled in": (lambda raw: smuggled(raw), "a header that differs from the directory"),
    "a gap": (lambda raw: gap(raw), "its header at"),
    "bytes before the directory": (lambda raw: padded(raw), "7 bytes that belong to no array"),
    "a count too low": (lambda raw: counted(raw, 1), "bytes that belong to no array"),
    "a count too high": (lambda raw: counted(raw, 3), "a directory that is cut off"),
    "two disks": (lambda raw: changed(raw, len(raw) - 18, b"\1"), "a last record that says disks "),
    "another signature": (
        lambda raw: changed(raw, raw.index(b"PK\1\2"), b"XX"), "a damaged directory; expected a l"
    ),
    "extra fields": (lambda raw: changed(raw, raw.index(b"PK\1\2") + 32, b"\5"), "extra fields; e"),
    "another CRC in both": (lambda raw: another_crc(raw), "bytes with the CRC-32"),
}  # fmt: skip


def smuggled(raw):
    """Twenty bytes of one's own between the name of the first array and the array."""
    start, end = raw.index(b"PK\1\2"), len(raw) - 22
    raw = raw[:28] + struct.pack("<H", 20) + raw[30:40] + b"S" * 20 + raw[40:]
    second = raw.index(b"PK\1\2", start + 21)
    assert raw[second:].count(b"PK\1\2") >= 1
    raw = bytearray(raw)
    struct.pack_into("<I", raw, end + 20 + 16, start + 20)
    bias = raw.index(b"PK\1\2", start + 20 + 4)
    struct.pack_into("<I", raw, bias + 42, raw.index(b"PK\3\4", 4))
    return bytes(raw)


def gap(raw):
    start = raw.index(b"PK\1\2")
    return changed(raw, start + 42, struct.pack("<I", 5))


def padded(raw):
    start, end = raw.index(b"PK\1\2"), len(raw) - 22
    tail = bytearray(raw[end:])
    struct.pack_into("<I", tail, 16, start + 7)
    return raw[:start] + bytes(7) + raw[start:end] + bytes(tail)


def counted(raw, count):
    return changed(raw, len(raw) - 14, struct.pack("<HH", count, count))


def another_crc(raw):
    crc = struct.pack("<I", zlib.crc32(b"another"))
    return changed(changed(raw, 14, crc), raw.index(b"PK\1\2") + 16, crc)


@pytest.mark.parametrize("kind", STRUCTURE)
def test_archives_whose_parts_disagree_are_refused(tmp_path, kind):
    change, message = STRUCTURE[kind]
    raw = change(good_archive())
    assert message in str(refused(raw, tmp_path / "w.npz", nn.Layer(2, 1), foreign=True))


def test_arrays_beyond_4_gib_are_sent_to_the_other_format(tmp_path, monkeypatch):
    monkeypatch.setattr(npz, "LIMIT", 500)
    with pytest.raises(WeightsError, match=r"4 GiB or more; expected less .* Use .safetensors"):
        save_arrays(tmp_path / "w.npz", {"a": np.zeros(100)})


# -- safetensors


def tensors(header, data=bytes(24), length=None):
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw) if length is None else length) + raw + data


def claim(dtype="F64", shape=(1, 2), offsets=(0, 16), **more):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets), **more}


B = claim(shape=(1,), offsets=(16, 24))

TENSORS = {
    "a header of 8 EiB": (tensors({}, length=1 << 63), r"a header of 9223372036854775808 bytes"),
    "a header beyond the file": (tensors({}, length=4000), "bytes; expected 4000 bytes from byte "),
    "an array of 8 TiB": (
        tensors({"weight": claim(shape=(1 << 40,), offsets=(0, 1 << 43)), "bias": B}), "from 8796"
    ),
    "sizes that overflow 64 bits": (
        tensors({"weight": claim(shape=(1 << 61, 1 << 61), offsets=(0, 16)), "bias": B}), "bytes fo"
    ),
    "a shape beyond NumPy": (tensors({"weight": claim(shape=(1 << 62,)), "bias": B}), "the shap"),
    "33 axes": (tensors({"weight": claim(shape=(1,) * 33), "bias": B}), "the shape [1, 1"),
    "a negative length": (tensors({"weight": claim(shape=(-1, -2)), "bias": B}), "the shape [-1, "),
    "lengths that are booleans": (tensors({"weight": claim(shape=(True, 2)), "bias": B}), "the sh"),
    "lengths that are floats": (tensors({"weight": claim(shape=(1.0, 2)), "bias": B}), "the shape"),
    "a shape that is text": (
        tensors({"weight": {**claim(), "shape": "12"}, "bias": B}), "the shape 12; expected up to 3"
    ),
    "overlapping arrays": (tensors({"weight": claim(), "bias": claim(shape=(1,), offsets=(8, 16))}),
                           "bytes from"),
    "a hole": (tensors({"weight": claim(), "bias": claim(shape=(1,), offsets=(24, 32))}, bytes(32)),
               "without a gap"),
    "bytes behind": (tensors({"weight": claim(), "bias": B}, bytes(25)), "as the header says"),
    "offsets out of order": (tensors({"weight": claim(offsets=(16, 0)), "bias": B}), "data_offset"),
    "negative offsets": (tensors({"weight": claim(offsets=(-16, 0)), "bias": B}), "data_offsets ["),
    "three offsets": (tensors({"weight": claim(offsets=(0, 8, 16)), "bias": B}), "data_offsets [0"),
    "integers": (tensors({"weight": claim("I64"), "bias": B}), "dtype 'I64'; expected F64 or F32"),
    "a type that is a list": (tensors({"weight": claim(["F64"]), "bias": B}), "dtype \"['F64']\""),
    "more keys": (tensors({"weight": claim(code="import os"), "bias": B}), "another description; "),
    "a number for an array": (tensors({"weight": 3, "bias": B}), "another description"),
    "a climbing name": (tensors({"../weight": claim(), "bias": B}), "a name that is not allowed"),
    "a key twice": (
        tensors(b'{"bias":' + json.dumps(B).encode() + b',"weight":{},"weight":'
                + json.dumps(claim()).encode() + b"}"), "a key occurs twice"
    ),
    "NaN in the header": (tensors(b'{"weight": NaN}'), "NaN in JSON"),
    "no object": (tensors(b"[1, 2]"), "no JSON object"),
    "blanks in front": (tensors(b" {}"), "no JSON object"),
    "no JSON": (tensors(b"{broken}"), "a header that is no JSON"),
    "bytes that are no text": (tensors(b'{"\xff": 1}'), "a header that is no JSON"),
    "100,000 brackets": (tensors(b"[" * 100_000), "a header that is no JSON"),
    "a number of 10,000 digits": (tensors(b'{"a":' + b"9" * 10_000 + b"}"), "that is no JSON"),
    "metadata that is no text": (tensors({"__metadata__": {"a": 1}}), "expected an object of str"),
    "metadata that is a list": (tensors({"__metadata__": [1]}), "something else"),
    "a checksum of another kind": (
        tensors({"__metadata__": {"glassgrad": "1", "sha256": "abc"}, "weight": claim()}, bytes(16)),
        "sha256 'abc'; expected 64 hex digits, once",
    ),
    "no checksum": (
        tensors({"__metadata__": {"glassgrad": "1"}, "weight": claim(), "bias": B}), "sha256 ''; e"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TENSORS)
def test_hostile_safetensors_are_refused(tmp_path, kind):
    raw, message = TENSORS[kind]
    error = refused(raw, tmp_path / "w.safetensors", nn.Layer(2, 1), foreign=True)
    assert message in str(error)


def test_a_plain_safetensors_file_is_read_when_foreign(tmp_path):
    path = tmp_path / "w.safetensors"
    path.write_bytes(tensors({"weight": claim(), "bias": B, "__metadata__": {"format": "pt"}}))
    load_weights(nn.Layer(2, 1), path, foreign=True)
    with pytest.raises(WeightsError, match="a file without a checksum"):
        load_arrays(path)


def test_a_file_that_claims_another_kind_is_sent_to_its_reader(tmp_path):
    layer = nn.Layer(2, 1, rng=0)
    nn.save(layer, tmp_path / "m.safetensors")
    layer.save_weights(tmp_path / "w.safetensors")
    with pytest.raises(WeightsError, match=r"kind model; .*nn.load\(path\)|'model'; expected weig"):
        layer.load_weights(tmp_path / "m.safetensors")
    with pytest.raises(WeightsError, match=r"'weights'; expected model. Weights are loaded with"):
        nn.load(tmp_path / "w.safetensors")


def test_hostile_headers_cost_neither_memory_nor_time(tmp_path):
    deep = tensors(b'{"a":' + b"[" * 500_000 + b"]" * 500_000 + b"}")
    wide = tensors(b'{"a":[' + b"[]," * 300_000 + b"[]]}")
    files = [(ARCHIVES["a header of 8 TiB"][0], ".npz"), (ARCHIVES["a zip bomb"][0], ".npz")]
    files += [(TENSORS["an array of 8 TiB"][0], ".safetensors"), (deep, ".safetensors")]
    for raw, ending in [*files, (wide, ".safetensors")]:
        path = tmp_path / f"w{ending}"
        # Processor time, which does not depend on what else the machine does.
        start = time.process_time()
        refused(raw, path, nn.Layer(2, 1), foreign=True)
        assert time.process_time() - start < 1
        tracemalloc.start()
        try:
            refused(raw, path, nn.Layer(2, 1), foreign=True)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 64 << 20


def test_loading_takes_little_more_memory_than_the_model(tmp_path):
    layer = nn.Layer(2000, 1000, rng=0)
    for ending in ENDINGS:
        layer.save_weights(tmp_path / f"w{ending}")
        tracemalloc.start()
        try:
            layer.load_weights(tmp_path / f"w{ending}")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        # New array, and the copy that the weight makes of it.
        assert peak < 2 * 16_000_000 + (8 << 20)
