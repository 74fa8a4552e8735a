"""Adapter: what each request of the Debug Adapter Protocol does to a session."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any

from autograd.tracing import Forward

from ..conditions import Breakpoint, breakpoint_of
from ..expressions import Expression, ExpressionError
from ..screen import shown
from ..script import opened, report
from ..session import Session
from .frames import Variables, frame, stack
from .protocol import Output, ProtocolError, Sender, read_message

#: The one thread there is.
THREAD = 1
CAPABILITIES = {
    "supportsConfigurationDoneRequest": True,
    "supportsStepBack": True,
    "supportsConditionalBreakpoints": True,
    "supportsFunctionBreakpoints": True,
    "supportsEvaluateForHovers": True,
    "supportsTerminateRequest": True,
    "exceptionBreakpointFilters": [
        {"filter": "nan", "label": "NaN", "default": True},
        {"filter": "inf", "label": "Infinity", "default": False},
    ],
}


class Adapter:
    """Answers an editor's requests about one trace, until it disconnects."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self.incoming = incoming
        self.sender = Sender(outgoing)
        self._session: Session | None = None
        self._variables: Variables | None = None
        self.running = True
        #: Breakpoints by the request that set them; setting replaces those of the same place.
        self.points: dict[str, list[Breakpoint]] = {}

    def serve(self) -> None:
        """Answer requests until the end."""
        while self.running:
            try:
                request = read_message(self.incoming)
            except ProtocolError as error:
                self.sender.event("output", category="stderr", output=f"glassgrad dap: {error}\n")
                continue
            if request is None:
                return
            self.answer(request)

    def answer(self, request: dict[str, Any]) -> None:
        """Do what a request asks, and answer it; what follows from it is told afterwards."""
        command = str(request.get("command", ""))
        handle = getattr(self, f"on_{command}", None)
        if handle is None:
            self.sender.answer(request, None, f"{command!r} is not supported.")
            return
        try:
            body, after = handle(request.get("arguments") or {})
        except (LookupError, ValueError, TypeError, OSError) as error:
            text = error.args[0] if isinstance(error, LookupError) and error.args else error
            self.sender.answer(request, None, str(text))
            return
        self.sender.answer(request, body)
        if after is not None:
            after()

    @property
    def session(self) -> Session:
        """The session of the launched program."""
        if self._session is None:
            raise LookupError("no program was launched yet.")
        return self._session

    @property
    def variables(self) -> Variables:
        """The variables at the present stop."""
        if self._variables is None:
            self._variables = Variables(self.session)
        return self._variables

    # -- beginning and end

    def on_initialize(self, arguments: dict[str, Any]) -> Any:
        return CAPABILITIES, None

    def on_launch(self, arguments: dict[str, Any]) -> Any:
        """Run the program (or open the saved trace) at ``program``, with ``args``, in ``cwd``."""
        program = arguments.get("program")
        if not isinstance(program, str):
            raise ValueError("launch needs 'program': a Python file, or a trace saved as .json.")
        with contextlib.ExitStack() as inside:
            if arguments.get("cwd"):
                inside.enter_context(contextlib.chdir(arguments["cwd"]))
            inside.enter_context(self._output())
            inside.callback(setattr, sys, "stdin", sys.stdin)
            sys.stdin = io.StringIO()
            run = opened(program, [str(x) for x in arguments.get("args") or []])
        if said := report(run, program):
            self.sender.event("output", category="stderr", output=said + "\n")
        if not len(run.trace):
            raise ValueError(
                f"{program} recorded nothing to step through: no op on a Value that needs a "
                f"gradient ran in its main thread."
            )
        self._session = Session(run.trace, len(run.trace) - 1 if run.error else 0)
        return None, lambda: self.sender.event("initialized")

    @contextlib.contextmanager
    def _output(self) -> Iterator[None]:
        """What the program prints becomes output events."""
        out, errors = Output(self.sender, "stdout"), Output(self.sender, "stderr")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            yield
        out.flush()
        errors.flush()

    def on_configurationDone(self, arguments: dict[str, Any]) -> Any:
        return None, lambda: self.stopped("entry", "")

    def on_disconnect(self, arguments: dict[str, Any]) -> Any:
        self.running = False
        return None, None

    def on_terminate(self, arguments: dict[str, Any]) -> Any:
        return None, lambda: self.sender.event("terminated")

    # -- breakpoints

    def on_setBreakpoints(self, arguments: dict[str, Any]) -> Any:
        """Lines of a source file: stop where a value is made there, and at its turn going back."""
        path = _real(arguments["source"].get("path", ""))
        points, answers = [], []
        for asked in arguments.get("breakpoints") or []:
            line, condition = asked["line"], asked.get("condition") or ""
            nodes = {
                node.id
                for node in self.session.trace.nodes
                if node.op and node.origin.line == line and _real(node.origin.filename) == path
            }
            answer: dict[str, Any] = {"verified": bool(nodes), "line": line}
            try:
                points.append(self._at_nodes(f"line {line}", nodes, condition))
            except ExpressionError as error:
                answer = {"verified": False, "line": line, "message": str(error)}
            if not nodes:
                answer["message"] = "no value was made on this line"
            answers.append(answer)
        self.points[path] = points
        return {"breakpoints": answers}, None

    def _at_nodes(self, text: str, nodes: set[int], condition: str) -> Breakpoint:
        expression = Expression(condition, self.session.trace) if condition else None

        def holds(trace: Any, index: int) -> bool:
            event = trace[index]
            if event.node.id not in nodes or event.kind not in ("forward", "accumulate"):
                return False
            return expression is None or expression.holds(trace.at(index))

        return Breakpoint(text, holds)

    def on_setFunctionBreakpoints(self, arguments: dict[str, Any]) -> Any:
        """Names of ops (``tanh``), or any condition that ``break`` takes in the terminal."""
        points: list[Breakpoint] = []
        answers: list[dict[str, Any]] = []
        for asked in arguments.get("breakpoints") or []:
            name = asked["name"]
            ops = {node.op for node in self.session.trace.nodes}
            try:
                point = breakpoint_of(f"op {name}" if name in ops else name, self.session.trace)
                point.holds(self.session.trace, 0)
                points.append(point)
                answers.append({"verified": True})
            except ExpressionError as error:
                answers.append({"verified": False, "message": str(error)})
        self.points["functions"] = points
        return {"breakpoints": answers}, None

    def on_setExceptionBreakpoints(self, arguments: dict[str, Any]) -> Any:
        filters = arguments.get("filters") or []
        self.points["filters"] = [breakpoint_of(name, self.session.trace) for name in filters]
        return None, None

    # -- moving

    def on_next(self, arguments: dict[str, Any]) -> Any:
        return self._moved(lambda: self.session.step(1))

    on_stepIn = on_next  # noqa: N815 (the protocol's name)

    def on_stepOut(self, arguments: dict[str, Any]) -> Any:
        """Out of the layer: to the next one."""
        return self._moved(lambda: self.session.layer(1))

    def on_stepBack(self, arguments: dict[str, Any]) -> Any:
        return self._moved(lambda: self.session.step(-1))

    def on_continue(self, arguments: dict[str, Any]) -> Any:
        _, after = self._ran(1)
        return {"allThreadsContinued": True}, after

    def on_reverseContinue(self, arguments: dict[str, Any]) -> Any:
        return self._ran(-1)

    def on_pause(self, arguments: dict[str, Any]) -> Any:
        return None, lambda: self.stopped("pause", "")

    def _moved(self, move: Callable[[], str]) -> Any:
        reason = move()
        return None, lambda: self.stopped("step", reason)

    def _ran(self, direction: int) -> Any:
        every = [point for points in self.points.values() for point in points]
        self.session.breakpoints = dict(enumerate(every, start=1))
        reason = self.session.run(direction)
        kind = "breakpoint" if reason.startswith("breakpoint") else "step"
        if kind == "breakpoint" and reason.endswith((": nan", ": inf")):
            kind = "exception"
        return None, lambda: self.stopped(kind, reason)

    def stopped(self, reason: str, text: str) -> None:
        """Tell the editor where one is now."""
        self._variables = None
        if self.session.at < 0:
            self.session.at, text = 0, "the beginning of the trace"
        body: dict[str, Any] = {
            "reason": reason, "threadId": THREAD, "allThreadsStopped": True
        }  # fmt: skip
        if text:
            body["description"] = body["text"] = text
        self.sender.event("stopped", **body)

    # -- looking

    def on_threads(self, arguments: dict[str, Any]) -> Any:
        event = self.session.event
        direction = "forward" if isinstance(event, Forward) else "backward"
        name = f"{direction} pass, event {self.session.at} of {self.session.end}"
        return {"threads": [{"id": THREAD, "name": name}]}, None

    def on_stackTrace(self, arguments: dict[str, Any]) -> Any:
        nodes = stack(self.session)
        frames = [frame(self.session, number, node) for number, node in enumerate(nodes)]
        start = arguments.get("startFrame") or 0
        end = start + (arguments.get("levels") or len(frames))
        return {"stackFrames": frames[start:end], "totalFrames": len(frames)}, None

    def on_scopes(self, arguments: dict[str, Any]) -> Any:
        nodes = stack(self.session)
        number = arguments["frameId"] - 1
        if not 0 <= number < len(nodes):
            raise LookupError(f"there is no frame {number + 1}.")
        return {"scopes": self.variables.scopes(nodes[number])}, None

    def on_variables(self, arguments: dict[str, Any]) -> Any:
        return {"variables": self.variables.children(arguments["variablesReference"])}, None

    def on_evaluate(self, arguments: dict[str, Any]) -> Any:
        """An expression, as in the terminal's ``print``."""
        expression = Expression(arguments["expression"], self.session.trace)
        found = expression.at(self.session.state)
        variable = self.variables.variable(expression.text, found)
        reference = variable["variablesReference"]
        return {"result": shown(found), "variablesReference": reference}, None


def _real(path: str) -> str:
    return os.path.normcase(os.path.realpath(path)) if path else ""
