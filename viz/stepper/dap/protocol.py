"""Protocol: the messages of the Debug Adapter Protocol over two streams."""

from __future__ import annotations

import json
from typing import IO, Any


class ProtocolError(ValueError):
    """What came is no message of the protocol."""


def read_message(stream: IO[bytes]) -> dict[str, Any] | None:
    """The next message; None at the end of the stream."""
    length = None
    while True:
        line = stream.readline()
        if not line:
            return None
        text = line.decode("ascii", errors="replace").strip()
        if not text:
            break
        name, _, value = text.partition(":")
        if name.lower() == "content-length":
            length = int(value) if value.strip().isdigit() else None
    if length is None:
        raise ProtocolError("a message without Content-Length; expected the header of the DAP.")
    body = stream.read(length)
    if len(body) < length:
        return None
    try:
        message = json.loads(body)
    except ValueError:
        raise ProtocolError("a message that is not JSON.") from None
    if not isinstance(message, dict):
        raise ProtocolError(f"a message of type {type(message).__name__}; expected an object.")
    return message


class Sender:
    """Writes messages, numbered."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.sent = 0

    def send(self, message: dict[str, Any]) -> None:
        """Write one message."""
        self.sent += 1
        body = json.dumps({"seq": self.sent, **message}, allow_nan=False).encode()
        self.stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.stream.flush()

    def event(self, name: str, **body: Any) -> None:
        """Tell the editor that something happened."""
        self.send({"type": "event", "event": name, "body": body})

    def answer(self, request: dict[str, Any], body: dict[str, Any] | None, error: str = "") -> None:
        """Answer a request, or say why it cannot be done."""
        message = {
            "type": "response",
            "request_seq": request.get("seq", 0),
            "command": request.get("command", ""),
            "success": not error,
        }
        if error:
            message["message"] = error
            message["body"] = {"error": {"id": 1, "format": error.replace("{", "(")}}
        elif body is not None:
            message["body"] = body
        self.send(message)


class Output:
    """A text stream whose lines become output events: what a traced program prints."""

    encoding = "utf-8"

    def __init__(self, sender: Sender, category: str) -> None:
        self.sender, self.category = sender, category
        self._waiting = ""

    def write(self, text: str) -> int:
        """Send whole lines on."""
        self._waiting += text
        if "\n" in text:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what waits for the end of its line."""
        if self._waiting:
            self.sender.event("output", category=self.category, output=self._waiting)
            self._waiting = ""

    def isatty(self) -> bool:
        """An editor is no terminal."""
        return False
