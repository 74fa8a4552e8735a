"""Debuggers show a Value as one line and a tidy tree: pydevd (run in debugpy) and pudb."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.debugger_view import line, tree
from viz.debuggers import folder
from viz.debuggers.pydevd_plugins.extensions import pydevd_plugin_glassgrad as plugin
from viz.stepper.dap.protocol import read_message


@pytest.fixture
def loss():
    w, x = Value(2.0, label="w"), Value([1.0, 3.0], label="x", requires_grad=False)
    with ag.scope("layer 1"):
        return (w * x).sum(axis=0)


def test_one_line_tells_op_data_gradient_and_expression(loss):
    assert line(loss) == "sum 8.0  δ —  [(w * x).sum(axis=0)]"
    loss.backward()
    product = loss.inputs[0]
    assert line(product) == "multiply [2., 6.]  δ [1., 1.]  [w * x]"
    assert line(product.inputs[0]) == "'w' 2.0  δ 4.0"
    assert line(product.inputs[1]) == "'x' [1., 3.]"
    assert len(line(Value(np.arange(900.0)).reshape(30, 30) * 2)) <= 120


def test_the_tree_has_what_belongs_to_a_value_and_no_more(loss):
    found = tree(loss)
    assert list(found) == ["value", "δ", "op", "input[0]", "axis", "keepdims", "made at", "layer"]
    assert found["δ"] == "— (no backward pass has reached it)"
    assert (found["op"], found["axis"], found["layer"]) == ("sum", 0, "layer 1")
    assert found["made at"].startswith("test_debuggers.py:")
    loss.backward()
    assert tree(loss)["δ"] == 1.0
    leaf = tree(loss.inputs[0].inputs[1])
    assert list(leaf) == ["value", "δ", "label", "made at"]
    assert leaf["δ"] == "constant"


def test_pudb_gets_the_line(loss):
    assert loss.safely_stringify_for_pudb() == line(loss)


def test_repr_tells_name_value_gradient_and_expression(loss):
    loss.label = "J"
    text = repr(loss)
    for part in ("8.0", "label='J'", "grad=—", "sum at test_debuggers.py:", "(w * x).sum(axis=0)"):
        assert part in text


def test_the_extension_keeps_to_pydevds_interface(loss):
    text, children = plugin.ValueText(), plugin.ValueChildren()
    for provider in (text, children):
        assert provider.can_provide(Value, "Value")
        assert not provider.can_provide(np.ndarray, "ndarray")
        assert not provider.can_provide(type("Node", (), {}), "Node")
    assert text.get_str(loss) == text.get_str_in_context(loss, "hover") == line(loss)
    found = children.get_dictionary(loss)
    assert children.resolve(loss, "input[0]") is found["input[0]"] is loss.inputs[0]


PROGRAM = """from autograd import Value
x, w = Value(3.0, label="x"), Value(0.2, label="w")
loss = (w * x).tanh() * 2
loss.backward()
print("done")
"""


class Debugpy:
    """debugpy, and a client connected to it."""

    def __init__(self, program):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = {**os.environ, "PYTHONPATH": folder(), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        command = [sys.executable, "-Xfrozen_modules=off", "-m", "debugpy"]
        command += ["--listen", f"127.0.0.1:{port}", "--wait-for-client", str(program)]
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.socket = self._connected(port)
        self.stream = self.socket.makefile("rb")
        self.sent = 0

    def _connected(self, port):
        for _ in range(200):
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=30)
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError(self.process.stdout.read()) from None
                time.sleep(0.1)
        raise RuntimeError("debugpy did not listen")

    def send(self, command, **arguments):
        self.sent += 1
        body = json.dumps(
            {"seq": self.sent, "type": "request", "command": command, "arguments": arguments}
        ).encode()
        self.socket.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return self.sent

    def until(self, fits):
        while True:
            message = read_message(self.stream)
            assert message is not None, self.process.stdout.read()
            if fits(message):
                return message

    def event(self, name):
        return self.until(lambda m: m.get("event") == name).get("body")

    def ask(self, command, **arguments):
        number = self.send(command, **arguments)
        answer = self.until(lambda m: m.get("request_seq") == number)
        assert answer["success"], answer
        return answer.get("body")

    def close(self):
        self.stream.close()
        self.socket.close()
        self.process.kill()
        self.process.communicate()


@pytest.mark.slow
def test_vs_codes_debugger_shows_the_tree(tmp_path):
    pytest.importorskip("debugpy", reason='pip install -e ".[dev]" installs debugpy')
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    client = Debugpy(program)
    try:
        client.ask("initialize", adapterID="python", pathFormat="path")
        client.send("attach", justMyCode=True)
        client.event("initialized")
        client.ask("setBreakpoints", source={"path": str(program)}, breakpoints=[{"line": 5}])
        client.ask("configurationDone")
        thread = client.event("stopped")["threadId"]
        frame = client.ask("stackTrace", threadId=thread)["stackFrames"][0]
        scope = client.ask("scopes", frameId=frame["id"])["scopes"][0]
        variables = client.ask("variables", variablesReference=scope["variablesReference"])
        found = {each["name"]: each for each in variables["variables"]}
        assert found["loss"]["value"] == "multiply 1.0741  δ 1.0  [(w * x).tanh() * 2]"
        assert found["x"]["value"].startswith("'x' 3.0  δ 0.2846")
        reference = found["loss"]["variablesReference"]
        children = client.ask("variables", variablesReference=reference)["variables"]
        shown = {each["name"]: each["value"] for each in children}
        # pydevd sorts what it shows.
        assert [name for name in shown if not name.endswith("variables")] == [
            "input[0]", "input[1]", "made at", "op", "value", "δ"
        ]  # fmt: skip
        assert shown["op"] == "'multiply'"
        assert shown["input[0]"].startswith("tanh 0.53705  δ 2.0  [(w * x).tanh()]")
        client.ask("disconnect", terminateDebuggee=True)
    finally:
        client.close()


def test_the_folder_for_editable_installations_holds_the_extension():
    path = Path(folder()) / "pydevd_plugins" / "extensions" / "pydevd_plugin_glassgrad.py"
    assert path.is_file()
