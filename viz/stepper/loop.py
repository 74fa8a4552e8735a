"""Loop: typing commands at a session, whatever they do: prompt, repeats, help, completion."""

from __future__ import annotations

import cmd
import inspect
from difflib import get_close_matches
from typing import IO, Any

from ..output import FigureError
from .conditions import FORMS
from .screen import screen
from .session import Session

#: Colours of the parts of a screen, in a terminal.
STYLES = {
    "position": "bold", "source": "cyan", "underline": "bold cyan", "equation": "bold green",
    "parents": "dim", "children": "dim", "watch": "yellow", "error": "bold red",
}  # fmt: skip
#: The commands in the order in which the help tells of them.
HELP = (
    "step", "back", "next", "previous", "continue", "reverse", "until", "goto", "break", "watch",
    "clear", "screen", "list", "print", "pp", "values", "why", "where", "delta", "check", "set",
    "replay", "diff", "save", "load", "view", "history", "help", "quit",
)  # fmt: skip


class Loop(cmd.Cmd):
    """The command loop over one session. An empty line repeats the last command.

    ``stdin`` may be a pipe: then no prompt is written, and commands are echoed before what they
    print, so that what comes out can be read alone.
    """

    prompt = "(step) "

    def __init__(
        self, session: Session, stdin: IO[str] | None = None, stdout: IO[str] | None = None
    ) -> None:
        super().__init__(stdin=stdin, stdout=stdout)
        self.session = session
        self.interactive = self.stdin.isatty() and self.stdout.isatty()
        self.use_rawinput = self.interactive and stdin is None
        if not self.interactive:
            self.prompt = ""
        self.typed: list[str] = []
        self.aliases: dict[str, str] = {
            "s": "step", "b": "back", "n": "next", "pl": "previous", "c": "continue",
            "rc": "reverse", "w": "where", "l": "list", "h": "help", "q": "quit", "br": "break",
            "reverse-continue": "reverse", "EOF": "quit", "exit": "quit", "u": "until",
            "g": "goto", "d": "delta",
        }  # fmt: skip

    # -- the loop

    def begin(self) -> None:
        """Say what the trace is, and show the first screen."""
        self.say(f"{self.session.trace!r}. 'help' lists the commands, 'q' ends.")
        self.show()

    def precmd(self, line: str) -> str:
        line = line.strip()
        if not self.interactive and line != "EOF":
            self.say(f"(step) {line}")
        if line and line != "EOF":
            self.typed.append(line)
        word, _, rest = line.partition(" ")
        return f"{self.aliases[word]} {rest}".strip() if word in self.aliases else line

    def onecmd(self, line: str) -> bool:
        try:
            return bool(super().onecmd(line))
        except (LookupError, ValueError, TypeError, OSError, FigureError) as error:
            text = error.args[0] if isinstance(error, LookupError) and error.args else error
            self.say(f"*** {text}", "error")
            return False

    def default(self, line: str) -> None:
        word = line.split()[0]
        known = sorted([*self.get_commands(), *self.aliases])
        near = get_close_matches(word, known, 1)
        hint = f" Did you mean {near[0]!r}?" if near else " 'help' lists them."
        self.say(f"*** no command {word!r}.{hint}", "error")

    def get_commands(self) -> list[str]:
        """The full names of the commands."""
        return [name[3:] for name in self.get_names() if name.startswith("do_")]

    def say(self, text: str, part: str = "") -> None:
        """Print a line, in colour where there is a terminal that shows it."""
        if self.interactive and STYLES.get(part):
            from rich.console import Console
            from rich.text import Text

            Console(file=self.stdout, soft_wrap=True).print(Text(text, STYLES[part]))
            return
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        # A console that cannot show δ shows a question mark instead of a traceback.
        self.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")

    def show(self, reason: str = "") -> None:
        """The screen of where one is, after the reason for stopping."""
        if reason:
            self.say(f"-- {reason} --", "watch")
        for line in screen(self.session):
            self.say(line.text, line.part)

    # -- the rest

    def do_help(self, text: str) -> None:
        """h(elp) [COMMAND]: what the commands do; of one, all there is to say."""
        word = text.strip()
        if not word:
            self.say("An empty line repeats the last command. VALUE is a name: w, u3, loss:2.")
            for name in HELP:
                self.say(f"  {documented(self, name).splitlines()[0]}")
            return
        name = self.aliases.get(word, word).split()[0]
        if not hasattr(self, f"do_{name}"):
            self.default(word)
            return
        self.say(documented(self, name))

    def do_history(self, text: str) -> None:
        """history: the commands typed so far."""
        for number, line in enumerate(self.typed, start=1):
            self.say(f"{number:4d}  {line}")

    def do_quit(self, text: str) -> bool:
        """q(uit), or the end of the input: leave."""
        return True

    def emptyline(self) -> bool:
        """Repeat the last command."""
        return self.onecmd(self.lastcmd) if self.lastcmd else False

    # -- completion

    def completenames(self, text: str, *ignored: Any) -> list[str]:
        return [name for name in (*self.get_commands(), *self.aliases) if name.startswith(text)]

    def completedefault(self, *arguments: Any) -> list[str]:
        text, line = arguments[0], arguments[1]
        if line.split()[0] in ("break", "br"):
            words = [form.split()[0] for form in FORMS]
            found = [word for word in words if word.startswith(text)]
            return found + self._names(text)
        return self._names(text)

    def _names(self, text: str) -> list[str]:
        return [name for name in self.session.trace.history.named if name.startswith(text)]


def documented(loop: Loop, name: str) -> str:
    """What a command's docstring says."""
    return inspect.cleandoc(getattr(loop, f"do_{name}").__doc__ or "")
