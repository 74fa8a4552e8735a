"""Folding: which values of a large graph share a box, by scope and by age.

Boxes never make a circle: a scope is one stretch of time, and so is a band of early values. Runs of
one scope share a box only where the result is still without a circle.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from autograd.graph import Graph
from autograd.modes import Scope
from autograd.node import Node

#: Closed scopes, and boxes in all, that the picture of a folded graph has at most.
GROUPS, READABLE = 24, 100
#: Values next to the root that are drawn one by one where early ones are folded by age.
NEAREST = 12
#: Bands into which early values outside of any closed scope are folded.
BANDS = 4


@dataclass(eq=False)
class Group:
    """Values that share one box: a closed scope, all its runs, or a band of early values.

    ``members`` are values of a graph, or nodes of a trace.
    """

    title: str
    scope: Scope | None = None
    runs: int = 1
    members: list[Any] = field(default_factory=list)

    @property
    def row(self) -> str:
        """``129 values: 65 *, 48 +, 16 tanh``, the most frequent ops first."""
        ops = Counter(value.op.symbol for value in self.members if value.op is not None)
        leaves = sum(1 for value in self.members if value.op is None)
        parts = [f"{count:,} {symbol}" for symbol, count in ops.most_common(4)]
        if len(ops) > 4:
            parts.append("…")
        if leaves:
            parts.append(f"{leaves:,} {'leaf' if leaves == 1 else 'leaves'}")
        plural = "value" if len(self.members) == 1 else "values"
        return f"{len(self.members):,} {plural}: {', '.join(parts)}"


@dataclass
class Folding:
    """Where each value of a graph is drawn: in a group, or, when not in ``homes``, by itself.

    ``scopes`` are the scopes that values are drawn in.
    """

    homes: dict[Node, Group]
    scopes: dict[Node, Scope | None]
    note: str = ""

    def of(self, value: Node) -> Any:
        """The box of a value: its group, or the value itself."""
        return self.homes.get(value, value)


def fold(
    graph: Graph,
    limit: int,
    depth: int | None = None,
    collapse: Sequence[str] = (),
    expand: Sequence[str] = (),
) -> Folding:
    """Scopes closed as asked for; of a graph of more than ``limit`` boxes, as many as it takes.

    ``depth`` scopes are open, counted from outside (0: none); ``collapse`` closes and ``expand``
    keeps open the scopes whose path matches one of the patterns (``*`` stands for anything).
    """
    chains = _Chains(graph)
    wanted = _Wanted(depth, tuple(collapse), tuple(expand))
    homes = chains.closed(wanted)
    if _boxes(graph, homes) > limit:
        homes = _readable(graph, chains, wanted, limit)
    return Folding(homes, chains.home, _note(graph, homes))


def _readable(graph: Graph, chains: _Chains, wanted: _Wanted, limit: int) -> dict[Node, Group]:
    """The folding that keeps most scopes open and needs few boxes.

    Deepest scopes are closed first; runs of one scope share a box, then runs inside numbered
    scopes ("sample 1", "sample 2"), then those; values outside are folded by age.
    """
    depths = range(chains.deepest - 1, -1, -1) if wanted.depth is None else [wanted.depth]
    for depth in depths:
        closed = chains.closed(replace(wanted, depth=depth))
        for alike in (None, *ALIKE):
            homes = closed if alike is None else _merged(graph, closed, alike)
            groups = _groups(homes)
            if not 0 < groups <= GROUPS or (alike is not None and has_circle(graph, homes)):
                continue
            if _boxes(graph, homes) <= min(limit, READABLE):
                return homes
            loose = [value for value in graph if value not in homes]
            early = loose[: -min(limit, NEAREST)]
            folded = homes | dict.fromkeys(early, _band(early))
            if not has_circle(graph, folded):
                return folded
    return _homes(bands(graph.nodes[: -min(limit, NEAREST)]))


@dataclass(frozen=True)
class _Wanted:
    depth: int | None
    collapse: tuple[str, ...]
    expand: tuple[str, ...]

    def closes(self, level: int, path: str) -> bool:
        """True if a scope at that level, the outermost is 0, is drawn closed."""
        if any(fnmatchcase(path, pattern) for pattern in self.expand):
            return False
        if any(fnmatchcase(path, pattern) for pattern in self.collapse):
            return True
        return self.depth is not None and level >= self.depth


class _Chains:
    """The scopes around each value, outermost first; parameters live where they are used."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.home = homes_of(graph)
        self.known: dict[Scope, list[Scope]] = {}
        for scope in set(self.home.values()):
            if scope is not None:
                self.known[scope] = chain(scope)
        self.deepest = max((len(scopes) for scopes in self.known.values()), default=0)

    def closed(self, wanted: _Wanted) -> dict[Node, Group]:
        """The group of each value that lies in a closed scope; one group per run."""
        closed: dict[Scope, Scope | None] = {}
        for inner, around in self.known.items():
            hits = [s for level, s in enumerate(around) if wanted.closes(level, s.path)]
            closed[inner] = hits[0] if hits else None
        groups: dict[Scope, Group] = {}
        homes: dict[Node, Group] = {}
        for value in self.graph:
            home = self.home[value]
            scope = None if home is None else closed[home]
            if scope is None or value is self.graph.root:
                continue
            group = groups.get(scope)
            if group is None:
                group = groups[scope] = Group(scope.name, scope)
            group.members.append(value)
            homes[value] = group
        return homes


def chain(scope: Scope | None) -> list[Scope]:
    """A scope and those around it, outermost first."""
    found: list[Scope] = []
    while scope is not None:
        found.append(scope)
        scope = scope.outer
    return found[::-1]


def homes_of(graph: Graph) -> dict[Node, Scope | None]:
    """The scope that each value is drawn in: a leaf that one scope alone uses belongs to it."""
    users: dict[Node, set[Scope | None]] = {}
    for value in graph:
        for x in value.inputs:
            if isinstance(x, Node) and x.op is None and x.scope is None:
                users.setdefault(x, set()).add(value.scope)
    homes = {}
    for value in graph:
        scopes = users.get(value)
        alone = scopes is not None and len(scopes) == 1
        homes[value] = next(iter(scopes)) if scopes and alone else value.scope
    return homes


def _groups(homes: dict[Node, Group]) -> int:
    return len({id(group) for group in homes.values()})


def _boxes(graph: Graph, homes: dict[Node, Group]) -> int:
    return len(graph) - len(homes) + _groups(homes)


def _without_numbers(path: str) -> str:
    return re.sub(r"\d+", "*", path)


def _outer_without_numbers(path: str) -> str:
    outer, dot, name = path.rpartition(".")
    return f"{_without_numbers(outer)}{dot}{name}"


#: Which scopes are runs of one: of equal path; in numbered scopes; numbered themselves.
ALIKE: tuple[Callable[[str], str], ...] = (str, _outer_without_numbers, _without_numbers)


def _merged(
    graph: Graph, homes: dict[Node, Group], alike: Callable[[str], str]
) -> dict[Node, Group]:
    """One group for all scopes of which ``alike`` says the same, with the leaves they share."""
    by_path: dict[str, Group] = {}
    whole_of: dict[int, Group] = {}
    merged: dict[Node, Group] = {}
    for value, group in homes.items():
        whole = whole_of.get(id(group))
        if whole is None:
            assert group.scope is not None
            path = alike(group.scope.path)
            name = path.rpartition(".")[2]
            whole = by_path.setdefault(path, Group(name, group.scope, 0))
            whole_of[id(group)] = whole
            whole.runs += 1
        whole.members.append(value)
        merged[value] = whole
    for value in _shared_leaves(graph, merged):
        merged[value].members.append(value)
    for whole in by_path.values():
        if whole.runs > 1:
            whole.title = f"{whole.title}, {whole.runs:,} runs"
    return merged


def _shared_leaves(graph: Graph, merged: dict[Node, Group]) -> list[Node]:
    """Parameters that only one merged group uses, now in it."""
    users: dict[Node, set[int]] = {}
    groups: dict[int, Group] = {}
    for value in graph:
        group = merged.get(value)
        for x in value.inputs:
            if isinstance(x, Node) and x.op is None and x not in merged:
                users.setdefault(x, set()).add(id(group) if group is not None else 0)
                if group is not None:
                    groups[id(group)] = group
    found = []
    for leaf, ids in users.items():
        if len(ids) == 1 and 0 not in ids:
            merged[leaf] = groups[next(iter(ids))]
            found.append(leaf)
    return found


def has_circle(graph: Graph, homes: dict[Node, Group]) -> bool:
    """True if edges between boxes lead from a box back to itself."""
    after: dict[int, set[int]] = {}
    before: Counter[int] = Counter()
    for value in graph:
        target = id(homes.get(value, value))
        after.setdefault(target, set())
        for x in value.inputs:
            if isinstance(x, Node):
                source = id(homes.get(x, x))
                if source != target and target not in after.setdefault(source, set()):
                    after[source].add(target)
                    before[target] += 1
    ready = [box for box in after if before[box] == 0]
    done = 0
    while ready:
        done += 1
        for target in after[ready.pop()]:
            before[target] -= 1
            if before[target] == 0:
                ready.append(target)
    return done < len(after)


def bands(early: Sequence[Any]) -> list[Group]:
    """Stretches of creation order, about equally long; also for the nodes of a trace."""
    size = -(-len(early) // BANDS)
    return [_band(early[first : first + size]) for first in range(0, len(early), max(1, size))]


def _homes(groups: list[Group]) -> dict[Node, Group]:
    return {value: group for group in groups for value in group.members}


def _band(members: Sequence[Any]) -> Group:
    """One group of early values; its title names the line that made most of them."""
    made = Counter(value.origin for value in members if value.op is not None)
    if not made:
        return Group("earlier values", members=list(members))
    place, count = made.most_common(1)[0]
    more = "" if count == sum(made.values()) else f", and {len(made) - 1:,} more places"
    return Group(f"earlier values from {place}{more}", members=list(members))


def _note(graph: Graph, homes: dict[Node, Group]) -> str:
    if not homes:
        return ""
    return told(len(graph), len(homes), _groups(homes))


def told(values: int, folded: int, boxes: int) -> str:
    """What was folded: ``1,001 values; 989 of them are folded into 4 boxes``."""
    plural = "box" if boxes == 1 else "boxes"
    return f"{values:,} values; {folded:,} of them are folded into {boxes} {plural}"
