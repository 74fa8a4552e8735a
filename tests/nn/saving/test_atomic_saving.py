"""Saving is all or nothing: killed, out of space or refused, the old file stays as it was."""

import errno
import os
import stat
import subprocess
import sys

import numpy as np
import pytest

import nn
from nn.saving import WeightsError, files, load_arrays, save_arrays

OLD, NEW = {"w": np.zeros(3)}, {"w": np.ones(3)}

#: Forks children that save for ever, kills them, and looks at what they left.
KILLS = """
import os, random, signal, sys, time
import numpy as np
from nn.saving import load_arrays, save_arrays

path, kills = sys.argv[1], int(sys.argv[2])
arrays = [{"w": np.full(20_000, float(k)), "b": np.full(3, float(k))} for k in (0, 1)]
start = time.perf_counter()
save_arrays(path, arrays[1])
save_arrays(path, arrays[0])
both = time.perf_counter() - start
rng, seen, midway = random.Random(0), set(), 0
for kill in range(kills):
    child = os.fork()
    if child == 0:
        while True:
            for some in arrays[:: 1 if kill % 2 else -1]:
                save_arrays(path, some)
    time.sleep(rng.uniform(0.0, 3 * both))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = load_arrays(path)
    assert found["w"].shape == (20_000,)
    assert len({*found["w"].tolist(), *found["b"].tolist()}) == 1
    seen.add(float(found["w"][0]))
    left = [name for name in os.listdir(os.path.dirname(path)) if name.endswith(".tmp")]
    midway += len(left)
    for name in left:
        os.unlink(os.path.join(os.path.dirname(path), name))
print(kills, len(seen), midway)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the test forks")
@pytest.mark.slow
@pytest.mark.parametrize("ending", [".npz", ".safetensors"])
def test_a_hundred_kills_leave_the_old_file_or_the_new(tmp_path, ending):
    command = [sys.executable, "-c", KILLS, str(tmp_path / f"w{ending}"), "100"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kills, seen, midway = map(int, done.stdout.split())
    assert (kills, seen) == (100, 2)
    # Most kills came in the middle of a save: that is what was to be tested.
    assert midway > 20


def old_file(tmp_path):
    path = tmp_path / "w.npz"
    save_arrays(path, OLD)
    return path


def assert_untouched(path):
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    np.testing.assert_array_equal(load_arrays(path)["w"], OLD["w"])


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_what_the_system_refuses_is_a_weights_error(tmp_path, monkeypatch, call, number):
    path = old_file(tmp_path)

    def fail(*args, **options):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files.os, call, fail)
    with pytest.raises(WeightsError) as caught:
        save_arrays(path, NEW)
    monkeypatch.undo()
    assert os.strerror(number) in str(caught.value)
    assert caught.value.expected == "a place that can be written"
    assert isinstance(caught.value.__cause__, OSError)
    assert_untouched(path)


FULL = """
import resource, signal, sys
import numpy as np
from nn.saving import WeightsError, save_arrays
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    save_arrays(sys.argv[1], {"w": np.ones(100_000)})
except WeightsError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is POSIX's")
def test_a_file_that_may_not_grow_leaves_the_old_one(tmp_path):
    path = old_file(tmp_path)
    command = [sys.executable, "-c", FULL, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (
        done.stdout
        == f"{path}: got 'File too large' from the system; expected a place that can be written.\n"
    )
    assert_untouched(path)


def test_an_interrupt_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = old_file(tmp_path)

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_arrays(path, NEW)
    monkeypatch.undo()
    assert_untouched(path)


def test_bytes_that_come_back_different_are_noticed_before_the_file_is_replaced(
    tmp_path, monkeypatch
):
    path, fsync = old_file(tmp_path), os.fsync

    def rot(descriptor):
        os.pwrite(descriptor, b"X", 100)
        fsync(descriptor)

    monkeypatch.setattr(files.os, "fsync", rot)
    with pytest.raises(WeightsError, match="other bytes than were written; expected the same byte"):
        save_arrays(path, NEW)
    monkeypatch.undo()
    assert_untouched(path)


def test_everything_is_flushed_before_and_after_the_file_takes_its_name(tmp_path, monkeypatch):
    calls, fsync, replace = [], os.fsync, os.replace

    def flushed(descriptor):
        mode = os.fstat(descriptor).st_mode
        calls.append("folder" if stat.S_ISDIR(mode) else "file")
        fsync(descriptor)

    def replaced(*paths):
        calls.append("replace")
        replace(*paths)

    monkeypatch.setattr(files.os, "fsync", flushed)
    monkeypatch.setattr(files.os, "replace", replaced)
    save_arrays(tmp_path / "w.npz", NEW)
    assert calls == ["file", "replace", "folder"]
    calls.clear()
    # Windows has no folders to flush.
    monkeypatch.delattr(files.os, "O_DIRECTORY")
    save_arrays(tmp_path / "w.npz", NEW)
    assert calls == ["file", "replace"]


def test_folders_devices_and_pipes_are_refused_both_ways(tmp_path):
    folder, pipe = tmp_path / "folder.npz", tmp_path / "pipe.npz"
    folder.mkdir()
    os.mkfifo(pipe)
    device = tmp_path / "device.npz"
    device.symlink_to("/dev/full")
    for path, kind in ((folder, "a folder"), (pipe, "a device or pipe"), (device, "a device or")):
        with pytest.raises(WeightsError, match=f"got {kind}.*; expected a regular file, or nothin"):
            save_arrays(path, NEW)
        with pytest.raises(WeightsError, match=f"got {kind}.*; expected a regular file"):
            load_arrays(path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "device.npz", "folder.npz", "pipe.npz"
    ]  # fmt: skip


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"got no folder .*none; expected a folder that is"):
        save_arrays(tmp_path / "none" / "w.npz", NEW)


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "w.npz", tmp_path / "link.npz"
    link.symlink_to(target)
    save_arrays(link, OLD)
    save_arrays(link, NEW)
    assert link.is_symlink()
    np.testing.assert_array_equal(load_arrays(target)["w"], NEW["w"])
    np.testing.assert_array_equal(load_arrays(link)["w"], NEW["w"])
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(WeightsError, match="from the system"):
        save_arrays(link, NEW)


def test_a_file_planted_under_the_temporary_name_is_not_followed(tmp_path, monkeypatch):
    victim, path = tmp_path / "victim", old_file(tmp_path)
    victim.write_bytes(b"precious")
    monkeypatch.setattr(files.secrets, "token_hex", lambda _: "guessed")
    planted = tmp_path / ".w.npz.guessed.tmp"
    planted.symlink_to(victim)
    with pytest.raises(WeightsError, match="File exists"):
        save_arrays(path, NEW)
    assert victim.read_bytes() == b"precious"
    np.testing.assert_array_equal(load_arrays(path)["w"], OLD["w"])


def test_permissions_are_kept_and_new_files_have_the_usual_ones(tmp_path):
    path = old_file(tmp_path)
    (tmp_path / "usual").write_bytes(b"")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "usual").stat().st_mode)
    path.chmod(0o600)
    save_arrays(path, NEW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_long_name_still_has_room_for_its_temporary_file(tmp_path):
    path = tmp_path / f"{'n' * 240}.npz"
    save_arrays(path, NEW)
    np.testing.assert_array_equal(load_arrays(path)["w"], NEW["w"])
    with pytest.raises(WeightsError, match="File name too long"):
        save_arrays(tmp_path / f"{'n' * 400}.npz", NEW)


class Flaky:
    """A file that ends early, or fails, in the middle of being read."""

    def __init__(self, file, failure):
        self.file, self.failure = file, failure

    def __getattr__(self, name):
        return getattr(self.file, name)

    def read(self, count):
        return self.file.read(count)[: -1 if self.failure == "short head" else None]

    def readinto(self, view):
        if self.failure == "broken":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self.file.readinto(view) - 1


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ("short head", "a file that changed while it was read"),
        ("short body", "a file that changed while it was read"),
        ("broken", "'Input/output error' from the system; expected bytes to read"),
    ],
)
def test_a_file_that_fails_while_it_is_read_is_refused(tmp_path, monkeypatch, failure, message):
    path, fdopen = old_file(tmp_path), os.fdopen
    monkeypatch.setattr(files.os, "fdopen", lambda *args: Flaky(fdopen(*args), failure))
    layer = nn.Layer(3, 1)
    with pytest.raises(WeightsError, match=message):
        load_arrays(path)
    assert layer.weight.version == 0
