"""Commands: what one types to step through a trace."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from pprint import pformat
from typing import Any

import numpy as np

from autograd.tracing import Trace, TraceFileError
from autograd.tracing.events import written
from autograd.tracing.replay import changed

from .expressions import Expression
from .layers import deltas
from .loop import Loop
from .screen import shown, span, summary, underlined

#: Lines of source code shown before and after the one in question.
LINES_AROUND = 4


class Stepper(Loop):
    """The commands over one session."""

    # -- moving

    def do_step(self, text: str) -> None:
        """s(tep) [N]: go on by one event, or by N."""
        self.show(self.session.step(count(text)))

    def do_back(self, text: str) -> None:
        """b(ack) [N]: go back by one event, or by N."""
        self.show(self.session.step(-count(text)))

    def do_next(self, text: str) -> None:
        """n(ext) [N]: go on to the next layer; without layers, to the next value."""
        self.show(self._repeated(lambda: self.session.layer(1), text))

    def do_previous(self, text: str) -> None:
        """pl, previous [N]: go back to the layer before; without layers, to another value."""
        self.show(self._repeated(lambda: self.session.layer(-1), text))

    def _repeated(self, move: Callable[[], str], text: str) -> str:
        reason = ""
        for _ in range(count(text)):
            reason = move()
            if reason:
                break
        return reason

    def do_continue(self, text: str) -> None:
        """c(ontinue): go on to the next breakpoint, change of a watched value, or the end."""
        self.show(self.session.run(1))

    def do_reverse(self, text: str) -> None:
        """rc, reverse-continue: go back to the breakpoint or change before, or the beginning."""
        self.show(self.session.run(-1))

    def do_until(self, text: str) -> None:
        """u(ntil) VALUE: go on to the next event that is about a value."""
        self.show(self.session.until(self.session.trace.node(needed(text, "until VALUE"))))

    def do_goto(self, text: str) -> None:
        """g(oto) N | fwd | bwd | start | end | VALUE: go to an event, a pass, or a value.

        An event by its number, the first forward event, the next backward pass (after the last,
        the first), before everything, the end, or the first event about a value.
        """
        place = self.session.place_of(needed(text, "goto N, fwd, bwd, start, end or VALUE"))
        self.show(self.session.go(place))

    # -- stopping

    def do_break(self, text: str) -> None:
        """br(eak) [CONDITION]: stop there from now on; without one, list the breakpoints.

        op tanh | name w* | kind seed | layer 2 | shape (2, 3) | nan | inf | grad>10 | grad<1e-6,
        or an expression on the values: w.grad > 3 and loss < 0.1
        """
        if text:
            number = self.session.add_breakpoint(text)
            self.say(f"breakpoint {number}: {self.session.breakpoints[number].text}")
            return
        for number, point in self.session.breakpoints.items():
            self.say(f"breakpoint {number}: {point.text}")
        if not self.session.breakpoints:
            self.say("no breakpoints")

    def do_watch(self, text: str) -> None:
        """watch [EXPRESSION]: show it at each stop, and stop where it changes; or list them."""
        if text:
            number = self.session.add_watch(text)
            self.say(f"watch {number}: {text.strip()}")
            return
        for number, watch in self.session.watches.items():
            self.say(f"watch {number}: {watch.text} = {shown(watch.at(self.session.state))}")
        if not self.session.watches:
            self.say("no watches")

    def do_clear(self, text: str) -> None:
        """clear [N …]: take these breakpoints and watches away; without a number, all."""
        taken = self.session.clear(text)
        self.say(f"cleared {', '.join(map(str, taken)) or 'nothing'}")

    # -- looking

    def do_screen(self, text: str) -> None:
        """screen: show where one is once more."""
        self.show()

    def do_list(self, text: str) -> None:
        """l(ist) [VALUE]: the source code around the place that made the present value."""
        event = self.session.trace[max(self.session.at, 0)]
        node = self.session.trace.node(text) if text else event.node
        place = node.origin if text else getattr(event, "origin", node.origin)
        if not os.path.exists(place.filename):
            for line in underlined(place, node.source):
                self.say(line.text, line.part)
            return
        lines = Path(place.filename).read_text(encoding="utf-8").splitlines()
        first = max(1, place.line - LINES_AROUND)
        for number in range(first, min(len(lines), place.line + LINES_AROUND) + 1):
            here = number == place.line
            self.say(f"{number:5d} {'->' if here else '  '} {lines[number - 1]}")
            if here:
                start, length = span(place, lines[number - 1])
                self.say(" " * (9 + start) + "^" * length, "underline")

    def do_print(self, text: str) -> None:
        """p, print EXPRESSION: its value here. w is the data of w, w.grad its gradient."""
        text = needed(text, "print EXPRESSION, such as w.grad * 2")
        found = Expression(text, self.session.trace).at(self.session.state)
        self.say(shown(found))

    do_p = do_print

    def do_pp(self, text: str) -> None:
        """pp EXPRESSION: its value here in full, over several lines where it is long."""
        text = needed(text, "pp EXPRESSION")
        found = Expression(text, self.session.trace).at(self.session.state)
        self.say(np.array_str(found) if isinstance(found, np.ndarray) else pformat(found))

    def do_values(self, text: str) -> None:
        """values [PATTERN]: the values that are there now, with data and gradient."""
        from fnmatch import fnmatchcase

        state = self.session.state
        found = [node for node in state.nodes() if fnmatchcase(node.name, text or "*")]
        for node in found[:200]:
            self.say(f"  {summary(node, state)}")
        if len(found) > 200:
            self.say(f"  … {len(found) - 200} more; give a pattern: values w*")
        if not found:
            self.say(f"no value {text!r} here" if text else "no values yet")

    def do_where(self, text: str) -> None:
        """w(here) [VALUE]: the ways from it to the loss, with products of local derivatives."""
        self.say(repr(self.session.trace.where(self._chosen(text), self._sweep())))

    def do_why(self, text: str) -> None:
        """why [VALUE]: all contributions to its δ with their sum; > marks those yet to come."""
        ledger = self.session.trace.ledger(self._chosen(text), self._sweep())
        lines = repr(ledger).splitlines()
        first = 1 if ledger.seed is None else 2
        for k, row in enumerate(ledger.rows):
            if row.edge.index + 1 > self.session.at:
                lines[first + k] = ">" + lines[first + k][1:]
        for line in lines:
            self.say(line)

    def do_delta(self, text: str) -> None:
        """d(elta) [LAYER]: δ = ∂J/∂z of each layer now, or of one by name or number."""
        lines = deltas(self.session.trace, self.session.state, text)
        if not lines:
            scopes = list(dict.fromkeys(n.scope for n in self.session.trace.nodes if n.scope))
            which = f"layer {text!r}" if text else "layer"
            raise LookupError(
                f"no {which} with a net input z that a backward pass goes through; the trace has "
                f"{', '.join(scopes) or 'no layers'}."
            )
        for line in lines:
            self.say(line)

    def do_check(self, text: str) -> None:
        """check [VALUE]: its final δ in this pass against a finite difference of the loss."""
        node, sweep = self._chosen(text), self._sweep()
        if sweep is None:
            raise LookupError("check needs a backward pass; none has begun here. Try 'goto bwd'.")
        numeric = self.session.trace.numeric(node, sweep)
        analytic = self.session.trace.ledger(node, sweep).total
        if analytic is None:
            raise LookupError(f"backward pass {sweep} does not reach {node.name}.")
        scale = max(1e-8, float(np.max(np.abs(numeric), initial=0.0)))
        error = float(np.max(np.abs(np.subtract(analytic, numeric)), initial=0.0)) / scale
        verdict = "agrees" if error < 1e-5 else "DIFFERS"
        if error >= 1e-5:
            verdict += f" (relative error {error:.1e})"
        self.say(
            f"∂J/∂{node.name}: by the rules {written(analytic)}, by differences "
            f"{written(np.asarray(numeric)[()])}: {verdict}"
        )

    def _chosen(self, text: str) -> Any:
        return self.session.trace.node(text.strip()) if text.strip() else self.session.node

    def _sweep(self) -> int | None:
        """The backward pass one is in; None before the first."""
        return self.session.state.sweep or None

    # -- other runs

    def do_set(self, text: str) -> None:
        """set VALUE NUMBER: what 'replay' shall compute the run anew with."""
        name, _, number = needed(text, "set VALUE NUMBER").partition(" ")
        node = self.session.trace.node(name)
        data = Expression(needed(number.lstrip("= "), "set VALUE NUMBER"), self.session.trace)
        found = data.at(self.session.state)
        if found is None:
            raise LookupError(f"{data.text} needs a number that is not there yet at this step.")
        # What does not fit is refused here: kept, it would spoil every replay from now on.
        changed(node, found, "set")
        self.session.changes[node.name] = found
        listed = [f"{name} = {shown(x)}" for name, x in self.session.changes.items()]
        self.say(f"at the next 'replay': {', '.join(listed)}")

    def do_replay(self, text: str) -> None:
        """replay: compute the run anew with what was set; 'diff' then compares the two."""
        before = self.session.trace
        self.session.replay()
        listed = [f"{name} = {shown(x)}" for name, x in self.session.changes.items()]
        self.say(f"replayed with {', '.join(listed) or 'nothing changed'}: {self.session.trace!r}")
        if len(self.session.trace) < len(before) and before.first(kind="update"):
            self.say("it ends before the first update: what an optimizer would do now is not known")
        self.show()

    def do_diff(self, text: str) -> None:
        """diff [FILE]: what differs from the run before the last replay, or from a saved one."""
        other = Trace.load(text) if text else self.session.previous
        if other is None:
            raise LookupError("there is no other run; 'replay' makes one, or give a FILE.")
        self.say("this run | the other")
        lines = repr(self.session.trace.diff(other)).splitlines()
        for line in lines[:40]:
            self.say(f"  {line}")
        if len(lines) > 40:
            self.say(f"  … {len(lines) - 40} more lines")

    def do_save(self, text: str) -> None:
        """save FILE: write the trace as JSON."""
        path = self.session.trace.save(needed(text, "save FILE"))
        self.say(f"saved {path} ({path.stat().st_size:,} bytes)")

    def do_load(self, text: str) -> None:
        """load FILE: go on in a trace that was saved; 'diff' compares it with this one."""
        try:
            self.session.take(Trace.load(needed(text, "load FILE")))
        except TraceFileError as error:
            raise ValueError(f"{text}: {error}") from None
        self.say(f"loaded {self.session.trace!r}")
        self.show()

    def do_view(self, text: str) -> None:
        """view [FILE]: write the trace as a page for the browser, opened at this step."""
        path = self.session.trace.save_html(text or "step.html")
        address = f"{path.resolve().as_uri()}#s{max(self.session.at, 0)}"
        self.say(f"wrote {path}")
        if self.interactive:
            import webbrowser

            webbrowser.open(address)


def count(text: str) -> int:
    """A number of times, 1 if none is given."""
    if not text.strip():
        return 1
    if not text.strip().isdigit() or int(text) == 0:
        raise ValueError(f"got {text.strip()!r}; expected a whole number from 1 upwards.")
    return int(text)


def needed(text: str, usage: str) -> str:
    """The argument of a command that needs one."""
    if not text.strip():
        raise ValueError(f"expected {usage}.")
    return text.strip()
