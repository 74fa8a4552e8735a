"""In which order the steps of a program run: updates early, elementwise steps side by side.

All keep what is computed, bit for bit. An update right behind its gradient finds it, and the
parameter, still in the cache, and the gradient's memory is free again; elementwise steps that
stand together run block by block (see `blocks`); small gradients that are all multiplied by the
same number lie side by side, and are multiplied in one call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .blocks import as_blocks, form_of_blocks
from .lowering import is_elementwise, plain_array
from .passes import hashable
from .symbols import Step, Symbol, root, users_of

#: Elements up to which a call costs more than its work, and how many calls are worth one.
SMALL, SEVERAL = 2048, 3


def scheduled(program: Any) -> list[Step]:
    """The steps of a program in the order in which they run on buffers."""
    results = [x for x in program.outputs if isinstance(x, Symbol)]
    results += [symbol for symbol, _ in program.guards]
    writes = {x: target for target, x in program.writes if isinstance(x, Symbol)}
    steps = scaled_together(program.steps, {*results, *writes}, {root(x) for x in results})
    steps = updates_early(steps, writes, results)
    return in_blocks(steps, writes, {*results, *writes})


# -- small gradients, scaled


def scaled_together(steps: Sequence[Step], wanted: set[Symbol], given: set[Symbol]) -> list[Step]:
    """The steps with several products of one number and small arrays made one step.

    Arrays in ``wanted`` are needed unscaled; those in ``given`` leave the program, and are new
    memory at each call.
    """
    users = users_of(steps)
    places = {out: k for k, step in enumerate(steps) for out in step.outs}
    groups: dict[Any, list[int]] = {}
    for k, step in enumerate(steps):
        scaled = scaled_array(step)
        if scaled is None or len(users[scaled]) > 1 or scaled not in places or scaled in wanted:
            continue
        if step.outs[0] not in given:
            groups.setdefault(hashable(step.args[0]), []).append(k)
    order: list[Step | None] = list(steps)
    for members in groups.values():
        made = [places[x] for k in members for x in steps[k].inputs if x in places]
        if len(members) >= SEVERAL and max(made) < members[0]:
            for k in members:
                order[k] = None
            order[members[0]] = as_one_product([steps[k] for k in members])
    return [step for step in order if step is not None]


def scaled_array(step: Step) -> Symbol | None:
    """The small array that a step multiplies by a number, its first argument; else None."""
    if step.function is not np.multiply or step.kind != "function" or step.kwargs:
        return None
    factor, x = step.args
    if not isinstance(x, Symbol) or np.ndim(getattr(factor, "sample", factor)):
        return None
    sample, out = x.sample, step.outs[0].sample
    if x.base is not None or not plain_array(sample) or not 0 < sample.size <= SMALL:
        return None
    double = sample.dtype == out.dtype == np.float64
    return x if double and sample.flags.c_contiguous else None


def as_one_product(members: Sequence[Step]) -> Step:
    """Products of one number and several arrays as one step."""
    arrays = [member.args[1] for member in members]
    step = Step("together", list(members), (members[0].args[0], *arrays), {})
    step.out = step.outs = [member.outs[0] for member in members]
    return step


# -- updates


def updates_early(
    steps: Sequence[Step], writes: dict[Symbol, Symbol], results: Sequence[Symbol]
) -> list[Step]:
    """The steps with each update as soon as its gradient is there and its parameter read."""
    updates = update_steps(steps, writes, results)
    if not updates:
        return list(steps)
    waiting = [step for step in steps if step in updates]
    others = [step for step in steps if step not in updates]
    readers = last_readers(others)
    checked = max((k for k, step in enumerate(others) if set(step.outs) & {*results}), default=-1)
    ready_at = {out: k for k, step in enumerate(others) for out in step.outs}
    places: dict[int, list[Step]] = {}
    for step in waiting:
        place = max([ready_at.get(x, -1) for x in step.inputs], default=-1)
        target = writes.get(step.outs[0])
        if target is not None:
            place = max(place, readers.get(target, -1), checked)
        ready_at[step.outs[0]] = place
        places.setdefault(place, []).append(step)
    order = places.get(-1, [])
    for k, step in enumerate(others):
        order += [step, *places.get(k, [])]
    return order


def update_steps(
    steps: Sequence[Step], writes: dict[Symbol, Symbol], results: Sequence[Symbol]
) -> set[Step]:
    """Elementwise steps that nothing but what is written in the end depends on."""
    users = users_of(steps)
    wanted, found = set(results), set()
    for step in reversed(steps):
        out = step.outs[0]
        if len(step.outs) > 1 or out in wanted or out.base is not None or not is_elementwise(step):
            continue
        if all(user in found for user in users.get(out, ())) and (out in writes or out in users):
            found.add(step)
    return found


def last_readers(steps: Sequence[Step]) -> dict[Symbol, int]:
    """The last step that reads the memory of each symbol, itself or through a view."""
    last: dict[Symbol, int] = {}
    for k, step in enumerate(steps):
        for x in step.inputs:
            last[root(x)] = k
    return last


# -- blocks


def in_blocks(
    steps: Sequence[Step], writes: dict[Symbol, Symbol], wanted: set[Symbol]
) -> list[Step]:
    """The steps with runs of long elementwise steps of one shape each made one step.

    A step between two of a run goes before it if it needs none of the run, else behind it.
    """
    users = users_of(steps)
    order: list[Step] = []
    run, form = Run(), None
    for step in steps:
        found = form_of_blocks(step)
        if found is None and not run.is_needed_by(step):
            order.append(step)
            continue
        if found is not None and (found != form or not run.takes(step, writes)):
            order += run.closed(users, wanted)
            run, form = Run(), found
        (run.later if found is None else run.members).append(step)
        run.note(step, found is None)
    return order + run.closed(users, wanted)


class Run:
    """Elementwise steps that are done together, and steps between them that wait for the end."""

    def __init__(self) -> None:
        self.members: list[Step] = []
        self.later: list[Step] = []
        self.made: set[Symbol] = set()
        self.made_later: set[Symbol] = set()
        #: Memory that waiting steps read.
        self.read_later: set[Symbol] = set()

    def note(self, step: Step, later: bool) -> None:
        """Take down what a step that was added gives and reads."""
        if later:
            self.made_later.update(step.outs)
            self.read_later.update(map(root, step.inputs))
        else:
            self.made.update(step.outs)

    def is_needed_by(self, step: Step) -> bool:
        """True if the step must wait for the run, or for what waits for it."""
        return any(x in self.made or x in self.made_later for x in step.inputs)

    def takes(self, step: Step, writes: dict[Symbol, Symbol]) -> bool:
        """True if the step can be done with the run: it needs, and overwrites, nothing later."""
        target = writes.get(step.outs[0])
        if target is not None and root(target) in self.read_later:
            return False
        return not any(x in self.made_later for x in step.inputs)

    def closed(self, users: dict[Symbol, list[Step]], wanted: set[Symbol]) -> list[Step]:
        """The run as one step, and what waited for it."""
        members = self.members
        if len(members) > 1:
            members = [as_blocks(members, users, wanted)]
        return [*members, *self.later]
