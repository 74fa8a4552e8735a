"""Code that a learner should never write: each kind ends in a clear message, and never in a pass.

Exercise 1 is asked of it; a few kinds, which end by a limit on time, have a short one.
"""

import os
import subprocess
import sys
import time

import pytest

from exercises import runner
from exercises.curriculum import find
from exercises.report import report, text_of
from exercises.verdict import examine

RIGHT = "    return float(sum(a * c for a, c in zip(x, w))) + b\n"
HEAD = "def pre_activation(x, w, b):\n"

#: Name of the kind, the learner's file, and what the message says.
KINDS = {
    "os._exit": ("import os\n" + HEAD + "    os._exit(0)\n", "ended the program (exit status 0)"),
    "os._exit while loading": ("import os\nos._exit(0)\n", "ended the program (exit status 0)"),
    "sys.exit": ("import sys\n" + HEAD + "    sys.exit(0)\n", "yours SystemExit in line 3: 0"),
    "sys.exit while loading": (
        "import sys\nsys.exit(0)\n" + HEAD + RIGHT,
        "line 2 ends the program while it is loaded",
    ),
    "exit in atexit": (
        "import atexit, os\natexit.register(os._exit, 0)\n" + HEAD + "    return 0.0\n",
        "expected 0.5   yours 0",
    ),
    "a patched comparison": (
        "import numpy as np\nnp.isclose = np.allclose = lambda *a, **k: True\n"
        "np.array_equal = lambda *a, **k: True\n" + HEAD + "    return 0.0\n",
        "yours 0",
    ),
    "a patched assert": (
        "import unittest\nunittest.TestCase.assertEqual = lambda *a: None\n"
        "import builtins\nbuiltins.AssertionError = Warning\n" + HEAD + "    assert False\n",
        "yours AssertionError in line 6",
    ),
    "a patched kit": (
        "import exercises.comparison as c, exercises.verdict as v\n"
        "c.differences = v.differences = lambda *a, **k: []\n" + HEAD + "    return 0.0\n",
        "yours 0",
    ),
    "equal to everything": (
        "class Any:\n    def __eq__(self, other):\n        return True\n"
        "    def __float__(self):\n        return 0.0\n" + HEAD + "    return Any()\n",
        "an object of type Any",
    ),
    "a float equal to everything": (
        "class Any(float):\n    def __eq__(self, other):\n        return True\n"
        "    __hash__ = None\n" + HEAD + "    return Any(0)\n",
        "an object of type Any",
    ),
    "an array equal to everything": (
        "import numpy as np\nclass Any(np.ndarray):\n    def __eq__(self, other):\n"
        "        return True\n" + HEAD + "    return np.zeros(1).view(Any)\n",
        "an object of type Any",
    ),
    "SkipTest": (
        "import unittest\n" + HEAD + "    raise unittest.SkipTest('later')\n",
        "SkipTest in line 3: later",
    ),
    "pytest.skip": (
        "import pytest\n" + HEAD + "    pytest.skip('later')\n",
        "Skipped in line 3: later",
    ),
    "KeyboardInterrupt": (HEAD + "    raise KeyboardInterrupt\n", "KeyboardInterrupt in line 2"),
    "GeneratorExit": (HEAD + "    raise GeneratorExit\n", "GeneratorExit in line 2"),
    "an endless loop": (HEAD + "    while True:\n        pass\n", "stopped after 1 s"),
    "an endless loop that catches all": (
        HEAD + "    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass\n",
        "stopped after 1 s",
    ),
    "an endless loop while loading": ("while True:\n    pass\n", "line 1: stopped after 1 s"),
    "a long sleep": (
        "import time\n" + HEAD + "    time.sleep(1e6)\n", "line 3: stopped after 1 s",
    ),
    "an alarm switched off": (
        "import faulthandler\nfaulthandler.cancel_dump_traceback_later()\n"
        + HEAD + "    while True:\n        pass\n",
        "stopped after 1 s",
    ),
    "a thread that never ends": (
        "import threading, time\ndef run():\n    while True:\n        time.sleep(0.1)\n"
        "threading.Thread(target=run).start()\n" + HEAD + RIGHT,
        "✓ 1",
    ),
    "a process that never ends": (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(31337)'])\n"
        + HEAD + RIGHT,
        "✓ 1",
    ),
    "much output": (HEAD + "    while True:\n        print('x' * 10000)\n", "a print in a loop?"),
    "much memory": (HEAD + "    return sum(bytearray(1 << 40))\n", "MemoryError in line 2"),
    "endless recursion": (
        HEAD + "    return pre_activation(x, w, b)\n",
        "RecursionError in line 2: maxim",
    ),
    "recursion past the stack": (
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "def deep(f):\n    return eval('f(f)')\n" + HEAD + "    return deep(deep)\n",
        "line 4",
    ),
    "its own end": (
        "import os, signal\n" + HEAD + "    os.kill(os.getpid(), signal.SIGKILL)\n",
        "crashed (SIGKILL)",
    ),
    "a crash": (
        "import ctypes\n" + HEAD + "    ctypes.string_at(0)\n",
        "line 3: the interpreter crashed",
    ),
    "closed files": ("import os\nos.closerange(0, 100)\n" + HEAD + RIGHT, "✗ 1"),
    "an emptied folder": (
        "import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\n" + HEAD + RIGHT,
        "✓ 1",
    ),
    "a syntax error": (HEAD + "    return (x\n", "line 2: Python cannot read this: '(' was never"),
    "wrong indentation": (HEAD + "return x\n", "line 2: Python cannot read this: expected an ind"),
    "a wrong import": ("import torchy\n" + HEAD + RIGHT, "line 1: No module named 'torchy'."),
    "an error while loading": ("y = 1 / 0\n" + HEAD + RIGHT, "line 1: ZeroDivisionError while the"),
    "a missing name": (
        "def preactivation(x, w, b):\n    return 0\n",
        "does not define pre_activation (is it your preactivation?)",
    ),
    "a number for a function": ("pre_activation = 3\n", "TypeError: 'int' object is not call"),
    "too few parameters": ("def pre_activation(x):\n    return 0\n", "takes 1 positional argument"),
    "input()": (HEAD + "    return float(input())\n", "EOFError"),
    "None": (HEAD + "    None + x\n", "TypeError"),
    "nothing returned": (HEAD + "    z = 1\n", "is a return missing?"),
    "a text": (HEAD + "    return 'equal'\n", "the answer is a text; expected a number."),
    "a huge integer": (HEAD + "    return 10 ** 400\n", "an object of type int (very large)"),
    "a complex number": (HEAD + "    return 1j\n", "an object of type complex"),
    "a generator": (HEAD + "    yield 1\n", "an object of type generator"),
    "a list that holds itself": (HEAD + "    a = []\n    a.append(a)\n    return a\n", "✗ 1"),
    "NaN": (HEAD + "    return float('nan')\n", "the answer: NaN"),
    "an argument changed": (
        HEAD + "    x[0] = 0.0\n    return 0.0\n", "your code changes its argument x",
    ),
    "all of numpy deleted": (
        "import numpy, sys\nfor n in list(sys.modules):\n    if n.startswith('numpy'):\n"
        "        del sys.modules[n]\n" + HEAD + "    return 0.0\n",
        "yours 0",
    ),
    "a broken json": (
        "import json\njson.dumps = lambda *a, **k: 'null'\n" + HEAD + "    return 0.0\n", "✗ 1",
    ),
}  # fmt: skip
#: Kinds that end by the limit on time.
SLOW = [name for name in KINDS if "loop" in name or "sleep" in name or "alarm" in name]
#: Kinds asked in the quick tests too.
QUICK = [
    "os._exit",
    "equal to everything",
    "an endless loop",
    "a syntax error",
    "an argument changed",
]


def said(source, folder, seconds):
    path = folder / "ex01_pre_activation.py"
    path.write_text(source, encoding="utf-8")
    verdict = examine(find(1), path, seconds=seconds)
    assert path.read_text(encoding="utf-8") == source
    assert sorted(os.listdir(folder)) == [path.name]
    return verdict, text_of(report(verdict))


def check(name, folder):
    source, expected = KINDS[name]
    verdict, text = said(source, folder, 1.0 if name in SLOW else 20.0)
    assert expected in text
    assert verdict.passed == (expected == "✓ 1")
    if not verdict.passed:
        assert "ex01_pre_activation.py" in text or "probe " in text


@pytest.mark.parametrize("name", QUICK)
def test_hostile_code_ends_in_a_message(name, tmp_path):
    check(name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in KINDS if name not in QUICK])
def test_every_further_kind_ends_in_a_message(name, tmp_path):
    check(name, tmp_path)


def test_at_least_the_26_kinds_are_tried():
    assert len(KINDS) >= 26
    assert set(QUICK) <= set(KINDS)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc")
def test_processes_that_a_learner_starts_end_with_the_run(tmp_path):
    said(KINDS["a process that never ends"][0], tmp_path, 20.0)
    time.sleep(0.2)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=False)
    assert "time.sleep(31337)" not in listed.stdout


def test_a_process_that_does_not_begin_is_told_from_a_learners_loop(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "START", 0.2)
    monkeypatch.setattr(runner, "CHILD", [sys.executable, "-c", "import time; time.sleep(60)"])
    verdict, text = said(HEAD + RIGHT, tmp_path, 20.0)
    assert not verdict.passed
    assert "the kit could not start: its process did not begin within 0.2 s" in text


@pytest.mark.slow
def test_print_is_shown_and_no_more_than_its_first_lines(tmp_path):
    source = HEAD + "    for i in range(40):\n        print('line', i)\n" + RIGHT
    verdict, text = said(source, tmp_path, 20.0)
    assert verdict.passed
    assert "your code printed:\n    line 0\n    line 1\n" in text
    assert "… " in text
    assert "line 9" not in text
