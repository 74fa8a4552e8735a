"""The debug adapter, driven by a scripted client: forwards, backwards, breakpoints, variables."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from viz import cli
from viz.stepper.dap.adapter import Adapter
from viz.stepper.dap.protocol import ProtocolError, Sender, read_message

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"
NEURON = str(PROGRAMS / "neuron.py")


def encoded(message):
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


class Client:
    """An editor: sends requests, keeps answers and events."""

    def __init__(self):
        self.out = io.BytesIO()
        self.adapter = Adapter(io.BytesIO(), self.out)
        self.sent = 0
        self.events = []

    def ask(self, command, **arguments):
        """The body of the answer; an error is raised with its message."""
        self.sent += 1
        start = self.out.tell()
        request = {"seq": self.sent, "type": "request", "command": command}
        self.adapter.answer({**request, "arguments": arguments})
        self.out.seek(start)
        answer = None
        while (message := read_message(self.out)) is not None:
            if message["type"] == "event":
                self.events.append(message)
            else:
                answer = message
        assert answer["request_seq"] == self.sent
        assert answer["command"] == command
        if not answer["success"]:
            raise RuntimeError(answer["message"])
        return answer.get("body")

    def launched(self, program=NEURON, **more):
        self.ask("initialize", adapterID="glassgrad")
        self.ask("launch", program=program, **more)
        return self

    def stop(self):
        """The last stop: reason and text."""
        body = [event for event in self.events if event["event"] == "stopped"][-1]["body"]
        return body["reason"], body.get("text", "")

    def top(self):
        return self.ask("stackTrace", threadId=1)["stackFrames"][0]

    def values(self, scope=0):
        """Name and value of the variables in a scope of the top frame."""
        scopes = self.ask("scopes", frameId=1)["scopes"]
        found = self.ask("variables", variablesReference=scopes[scope]["variablesReference"])
        return {each["name"]: each["value"] for each in found["variables"]}


@pytest.fixture
def client():
    return Client().launched()


def test_an_editor_learns_that_one_can_step_back():
    capabilities = Client().ask("initialize", adapterID="glassgrad")
    assert capabilities["supportsStepBack"]
    assert [each["filter"] for each in capabilities["exceptionBreakpointFilters"]] == ["nan", "inf"]


def test_a_launched_program_stops_at_its_first_forward_step(client):
    assert client.events[-1]["event"] == "initialized"
    client.ask("configurationDone")
    assert client.stop() == ("entry", "")
    frame = client.top()
    assert frame["name"] == "u1 = w * x = 0.2 * 3 = 0.6"
    assert frame["source"]["path"] == NEURON
    line = Path(NEURON).read_text(encoding="utf-8").splitlines()[frame["line"] - 1]
    assert line[frame["column"] - 1 : frame["endColumn"] - 1] == "w * x"
    threads = client.ask("threads")["threads"]
    assert threads == [{"id": 1, "name": "forward pass, event 0 of 23"}]


def test_stepping_goes_both_ways_and_back_is_where_one_was(client):
    client.ask("configurationDone")
    there = []
    for _ in range(8):
        there.append(client.top())
        client.ask("next", threadId=1)
    back = []
    for _ in range(8):
        client.ask("stepBack", threadId=1)
        back.append(client.top())
    assert back == there[::-1]
    client.ask("stepBack", threadId=1)
    assert client.stop() == ("step", "the beginning of the trace")


def test_the_stack_is_the_way_from_the_loss(client):
    client.ask("configurationDone")
    client.ask("setFunctionBreakpoints", breakpoints=[{"name": "tanh"}])
    client.ask("continue", threadId=1)
    assert client.top()["name"] == "a = tanh(u1) = tanh(0.6) = 0.53705"
    client.ask("continue", threadId=1)
    assert client.stop() == ("breakpoint", "breakpoint 1: op tanh")
    frames = client.ask("stackTrace", threadId=1)["stackFrames"]
    assert [each["name"] for each in frames] == [
        "δ(u1) gets upstream 4.0741 · local 0.711578 = 2.89904", "u3 = x * a", "J = u2 + u3"
    ]  # fmt: skip
    assert client.ask("stackTrace", threadId=1, startFrame=1, levels=1) == {
        "stackFrames": frames[1:2], "totalFrames": 3
    }  # fmt: skip
    client.ask("reverseContinue", threadId=1)
    assert client.top()["name"] == "a = tanh(u1) = tanh(0.6) = 0.53705"


def test_lines_are_breakpoints_with_conditions(client):
    asked = [{"line": 6, "condition": "a.grad > 3.5"}, {"line": 1}, {"line": 7, "condition": "("}]
    answers = client.ask("setBreakpoints", source={"path": NEURON}, breakpoints=asked)
    assert [each["verified"] for each in answers["breakpoints"]] == [True, False, False]
    assert answers["breakpoints"][1]["message"] == "no value was made on this line"
    assert "no expression" in answers["breakpoints"][2]["message"]
    client.ask("configurationDone")
    client.ask("continue", threadId=1)
    assert client.stop() == ("breakpoint", "breakpoint 1: line 6")
    assert client.top()["name"].startswith("δ(a) = 3.0 + 0.53705 = 3.53705, 2 of 3")
    client.ask("setBreakpoints", source={"path": NEURON}, breakpoints=[])
    client.ask("continue", threadId=1)
    assert client.stop() == ("step", "the end of the trace")


def test_variables_show_value_delta_op_and_inputs(client):
    client.ask("configurationDone")
    client.ask("setFunctionBreakpoints", breakpoints=[{"name": "grad>4"}])
    client.ask("continue", threadId=1)
    assert client.values() == {
        "value": "0.53705", "δ": "4.0741", "grad": "4.0741", "uses": "3 of 3", "op": "tanh",
        "input[0]": "0.6 (δ —)",
    }  # fmt: skip
    assert client.values(1) == {"u1": "0.6 (δ —)"}
    assert client.values(2)["x"] == "3.0 (δ 0.53705, 1 of 2)"
    assert client.ask("evaluate", expression="x.grad * 2", context="hover")["result"] == "1.0741"
    with pytest.raises(RuntimeError, match="no value named 'zz'"):
        client.ask("evaluate", expression="zz")
    with pytest.raises(RuntimeError, match="there is no frame 9"):
        client.ask("scopes", frameId=9)


def test_arrays_open_row_by_row():
    client = Client().launched(str(PROGRAMS / "training.py"), args=["1"])
    client.ask("configurationDone")
    outputs = [e["body"] for e in client.events if e["event"] == "output"]
    assert outputs == [{"category": "stdout", "output": "loss 1.3737\n"}]
    scopes = client.ask("scopes", frameId=1)["scopes"]
    variables = client.ask("variables", variablesReference=scopes[0]["variablesReference"])
    value = variables["variables"][0]
    assert value["name"] == "value"
    rows = client.ask("variables", variablesReference=value["variablesReference"])["variables"]
    assert [row["name"] for row in rows] == ["[0]", "[1]", "[2]"]
    assert client.ask("variables", variablesReference=99_999) == {"variables": []}
    client.ask("stepOut", threadId=1)
    assert client.top()["name"].startswith("z² = a¹ @ W²ᵀ + b²")


def test_nan_stops_as_an_exception(tmp_path):
    program = tmp_path / "lost.py"
    program.write_text(
        "from autograd import Value\nimport numpy as np\nnp.seterr(all='ignore')\n"
        "x = Value(-1.0)\ny = x * 2\nz = y.log() * 3\n",
        encoding="utf-8",
    )
    client = Client().launched(str(program))
    client.ask("setExceptionBreakpoints", filters=["nan"])
    client.ask("configurationDone")
    client.ask("continue", threadId=1)
    assert client.stop() == ("exception", "breakpoint 1: nan")
    assert client.top()["line"] == 6
    assert np.geterr()["invalid"] == "warn", "what the program set has ended with it"


def test_a_program_that_raises_opens_at_its_end():
    client = Client().launched(str(PROGRAMS / "raising.py"))
    client.ask("configurationDone")
    assert client.top()["name"] == "y = x * 3 = 2 * 3 = 6.0"
    errors = [e["body"]["output"] for e in client.events if e["event"] == "output"]
    assert any("AttributeError" in text for text in errors)


def test_a_saved_trace_can_be_launched(tmp_path):
    x = Value(2.0, label="x")
    path = ag.trace(lambda: (x * x).backward()).save(tmp_path / "run.json")
    client = Client().launched(str(path))
    client.ask("configurationDone")
    assert client.top()["name"] == "u1 = x * x = 2 * 2 = 4.0"


@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        ("launch", {}, "launch needs 'program'"),
        ("launch", {"program": "/nowhere/x.py"}, "there is no file '/nowhere/x.py'"),
        ("launch", {"program": str(PROGRAMS / "without_values.py")}, "recorded nothing to step"),
        ("next", {}, "no program was launched yet"),
        ("stackTrace", {}, "no program was launched yet"),
        ("selfDestruct", {}, "'selfDestruct' is not supported"),
    ],
)
def test_what_cannot_be_done_is_answered(command, arguments, message):
    client = Client()
    with pytest.raises(RuntimeError, match=message):
        client.ask(command, **arguments)
    assert client.adapter.running


def test_the_adapter_speaks_over_standard_input_and_output():
    requests = [
        ("initialize", {"adapterID": "glassgrad"}),
        ("launch", {"program": NEURON}),
        ("configurationDone", {}),
        ("continue", {"threadId": 1}),
        ("stepBack", {"threadId": 1}),
        ("stackTrace", {"threadId": 1}),
        ("pause", {"threadId": 1}),
        ("terminate", {}),
        ("disconnect", {}),
    ]
    typed = b"".join(
        encoded({"seq": k, "type": "request", "command": command, "arguments": arguments})
        for k, (command, arguments) in enumerate(requests, start=1)
    )
    command = [sys.executable, "-m", "viz.cli", "dap"]
    done = subprocess.run(command, input=b"Nonsense: 1\r\n\r\n" + typed, capture_output=True)
    assert done.stderr == b""
    assert done.returncode == 0
    stream, messages = io.BytesIO(done.stdout), []
    while (message := read_message(stream)) is not None:
        messages.append(message)
    assert [m["seq"] for m in messages] == list(range(1, len(messages) + 1))
    answers = [m for m in messages if m["type"] == "response"]
    assert [(m["request_seq"], m["success"]) for m in answers] == [
        (k, True) for k in range(1, len(requests) + 1)
    ]
    assert messages[0]["body"]["category"] == "stderr"
    assert answers[5]["body"]["stackFrames"][0]["name"].startswith("δ(x) gets upstream")
    events = [m["event"] for m in messages if m["type"] == "event"]
    assert events == ["output", "initialized", *["stopped"] * 4, "terminated"]


@pytest.mark.parametrize(
    "raw", [b"Content-Length: 3\r\n\r\n[1]", b"Content-Length: 2\r\n\r\n{{", b"X: 1\r\n\r\n"]
)
def test_what_is_no_message_is_refused(raw):
    with pytest.raises(ProtocolError, match=r"a message (of type|that is not JSON|without)"):
        read_message(io.BytesIO(raw))


def test_the_end_of_the_stream_ends_and_nan_is_never_sent():
    assert read_message(io.BytesIO(b"")) is None
    assert read_message(io.BytesIO(b"Content-Length: 9\r\n\r\n{}")) is None
    with pytest.raises(ValueError, match="Out of range float"):
        Sender(io.BytesIO()).event("output", number=float("nan"))


def test_a_program_runs_in_its_folder_and_may_read_nothing(tmp_path):
    program = tmp_path / "reads.py"
    program.write_text(
        "import os, sys\nfrom autograd import Value\nprint(os.getcwd(), end='')\n"
        "assert sys.stdin.read() == '' and not sys.stdout.isatty()\nValue(2.0) * 3\n",
        encoding="utf-8",
    )
    client = Client().launched(str(program), cwd=str(tmp_path))
    assert client.events[0]["body"]["output"] == str(tmp_path)
    client.ask("setFunctionBreakpoints", breakpoints=[{"name": "nothing > 3"}])
    answer = client.ask("setFunctionBreakpoints", breakpoints=[{"name": "nothing > 3"}])
    assert "no value named 'nothing'" in answer["breakpoints"][0]["message"]
    client.ask("pause", threadId=1)
    assert client.stop() == ("pause", "")
    client.ask("terminate")
    assert client.events[-1]["event"] == "terminated"
    client.ask("disconnect")
    assert not client.adapter.running


def test_the_command_serves_its_standard_streams(monkeypatch):
    class Stream:
        def __init__(self, raw):
            self.buffer = raw

        def reconfigure(self, errors):
            assert errors == "replace"

    request = encoded({"seq": 1, "type": "request", "command": "disconnect"})
    out = Stream(io.BytesIO())
    monkeypatch.setattr(sys, "stdin", Stream(io.BytesIO(b"Length: 0\r\n\r\n" + request)))
    monkeypatch.setattr(sys, "stdout", out)
    assert cli.main(["dap"]) == 0
    out.buffer.seek(0)
    assert read_message(out.buffer)["event"] == "output"
    assert read_message(out.buffer)["command"] == "disconnect"
