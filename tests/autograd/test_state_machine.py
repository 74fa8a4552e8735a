"""A random life of many values, against a second engine that carries derivatives forward.

Values are made, combined, overwritten, differentiated (once and twice), zeroed, detached, copied,
pickled and forgotten, inside and outside of modes. After each step all that can be seen of them
(data, gradient, whether recorded) is what the other engine says.
"""

import copy
import itertools
import pickle
import weakref

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from jets import (
    Jet,
    constant,
    each,
    exp,
    reciprocal,
    sigmoid,
    sine,
    tanh,
    total,
    values_of,
)

import autograd as ag
from autograd import Value

#: Values whose elements or slopes get larger are not kept: rounding would be all that differs.
LARGEST = 20.0
#: Values that are kept at hand; the oldest are forgotten.
POOL = 12

clock = itertools.count(1)

UNKNOWN = object()


class Twin:
    """What the second engine knows of a value, beside the value itself."""

    def __init__(self, value, jets, parents=(), records=True, leaf=False, exact=True):
        self.value, self.parents = value, tuple(parents)
        self.name, self.made, self.changed = next(clock), next(clock), 0
        self.records, self.leaf = records, leaf
        #: False for what a gradient takes part in: of it only slopes by leaves are known.
        self.exact = exact
        self.grad, self.factor, self.handle = None, 1.0, None
        #: The roots whose recorded passes added to the gradient.
        self.roots = ()
        self.jets = jets if not leaf else self.fresh(values_of(jets))
        if not leaf and records:
            self.jets = each_named(self.jets, self.name)

    def fresh(self, numbers):
        """Jets of a leaf's numbers: each is its own variable, if it is to be differentiated."""
        jets = constant(numbers)
        if self.records:
            for place in np.ndindex(jets.shape):
                jets[place] = Jet(float(numbers[place]), {(self.name, place): 1.0})
        return jets

    @property
    def order(self):
        orders = [jet.order for jet in self.jets.ravel()]
        return min(orders, default=2)

    def family(self):
        """This twin and all that it was computed from."""
        found, waiting = {self: None}, [self]
        while waiting:
            for parent in waiting.pop().parents:
                if parent not in found:
                    found[parent] = None
                    waiting.append(parent)
        return list(found)

    def reached(self):
        """Those that a backward pass from here comes to."""
        found, waiting = {self: None}, [self]
        while waiting:
            for parent in waiting.pop().parents:
                if parent.records and parent not in found:
                    found[parent] = None
                    waiting.append(parent)
        return list(found)

    def is_stale(self):
        """Was anything that the pass comes by overwritten after its use?"""
        for twin in self.reached():
            if not twin.leaf and twin.changed > twin.made:
                return True
            if any(parent.changed > twin.made for parent in twin.parents):
                return True
        return False


def each_named(jets, name):
    out = np.empty(jets.shape, dtype=object)
    for place in np.ndindex(jets.shape):
        out[place] = jets[place].named((name, place))
    return out


def side_by_side(root, again):
    """Each value under ``root`` with its copy under ``again``."""
    pairs, waiting = {root: again}, [(root, again)]
    while waiting:
        old, new = waiting.pop()
        assert len(old.inputs) == len(new.inputs)
        for x, y in zip(old.inputs, new.inputs, strict=True):
            if isinstance(x, Value):
                assert pairs.setdefault(x, y) is y, "a copy keeps what is shared shared"
                waiting.append((x, y))
    return pairs


def drawn(seed, shape):
    return np.asarray(np.random.default_rng(seed).uniform(-2, 2, shape))[()]


def refused(error, message, call, *args):
    """The call raises that error. Unlike pytest.raises it leaves no cycle that holds the values."""
    try:
        call(*args)
    except error as raised:
        assert message in str(raised)  # noqa: PT017 (pytest.raises holds on to the values)
    else:
        raise AssertionError(f"expected {error.__name__}: {message}")


def same(found, jets):
    expected = values_of(jets)
    assert np.shape(found) == expected.shape
    scale = max(1.0, np.max(np.abs(expected), initial=0.0))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10 * scale)


UNARY = {
    "tanh": (lambda v: v.tanh(), tanh),
    "exp": (lambda v: np.exp(v), exp),
    "sigmoid": (ag.sigmoid, sigmoid),
    "sin": (lambda v: v.sin(), sine),
    "inverse": (lambda v: 1 / v, reciprocal),
    "square": (lambda v: v * v, lambda a: a * a),
    "cube": (lambda v: v**3, lambda a: a * a * a),
    "negative": (lambda v: -v, lambda a: a * -1.0),
    "affine": (lambda v: 0.5 - 2 * v, lambda a: a * -2.0 + 0.5),
}
BINARY = {
    "add": (lambda a, b: a + b, lambda a, b: a + b),
    "subtract": (lambda a, b: a - b, lambda a, b: a + b * -1.0),
    "multiply": (lambda a, b: a * b, lambda a, b: a * b),
    "divide": (lambda a, b: a / b, lambda a, b: a * reciprocal(b)),
}
WHOLE = {
    "sum": (lambda v: v.sum(), total),
    "mean of rows": (lambda v: v.mean(axis=0), lambda a: each(
        lambda jet: jet * (1 / a.shape[0]), total(a, 0))),
    "transpose": (lambda v: v.T, lambda a: a.T),
    "reversed": (lambda v: v[::-1], lambda a: a[::-1]),
    "row": (lambda v: v[0], lambda a: np.asarray(a[0], dtype=object)),
    "repeats": (lambda v: v[[0, 0]], lambda a: a[[0, 0]]),
    "flat": (lambda v: v.reshape(-1), lambda a: a.reshape(-1)),
    "a row more": (lambda v: v[None], lambda a: a[None]),
    "stacked": (lambda v: ag.stack([v, v]), lambda a: np.stack([a, a])),
}  # fmt: skip
SHAPES = [(), (2,), (1, 2), (2, 1)]

#: Elements are drawn from a seed: one number to choose, and to shrink, in place of several.
seeds = st.integers(0, 9999)
places = st.integers(0, POOL - 1)


class Life(RuleBasedStateMachine):
    """The values at hand, and the modes that were entered."""

    def __init__(self):
        super().__init__()
        self.pool, self.modes = [], []
        self.recorded_gradients = self.overwritten = False

    def teardown(self):
        while self.modes:
            self.modes.pop()[1].__exit__(None, None, None)

    # -- what every rule uses

    @property
    def recording(self):
        switches = [name for name, _ in self.modes if name in ("on", "off")]
        return not switches or switches[-1] == "on"

    def pick(self, place):
        return self.pool[place % len(self.pool)]

    def keep(self, twin):
        if twin.jets.size and np.max(np.abs(values_of(twin.jets))) > LARGEST:
            return
        slopes = [abs(x) for jet in twin.jets.ravel() for x in (
            *jet.by_leaf.values(), *jet.by_interior.values(), *jet.by_pair.values())]  # fmt: skip
        if max(slopes, default=0.0) < 1e3 and twin.jets.size <= 4:
            self.pool.append(twin)
            del self.pool[:-POOL]

    def result(self, value, jets, *parents):
        records = self.recording and any(parent.records for parent in parents)
        if not records:
            jets = constant(values_of(jets))
        exact = all(parent.exact for parent in parents)
        self.keep(Twin(value, jets, parents if records else (), records, exact=exact))

    # -- making values

    @initialize(seed=seeds)
    def begin(self, seed):
        self.make_leaf((), seed, True)
        self.make_leaf((2,), seed, True)

    @rule(
        shape=st.sampled_from(SHAPES),
        seed=seeds,
        requires_grad=st.sampled_from([True, True, False]),
    )
    def make_leaf(self, shape, seed, requires_grad):
        array = drawn(seed, shape)
        value = Value(array, requires_grad=requires_grad)
        self.keep(Twin(value, constant(array), records=requires_grad, leaf=True))

    @rule(name=st.sampled_from(list(UNARY)), place=places)
    def apply_to_one(self, name, place):
        twin = self.pick(place)
        ours, theirs = UNARY[name]
        data = values_of(twin.jets)
        if (name == "exp" and np.max(data) > 3) or (
            name == "inverse" and np.min(np.abs(data)) < 0.3
        ):
            return
        self.result(ours(twin.value), each(theirs, twin.jets), twin)

    @rule(name=st.sampled_from(list(BINARY)), place=places, other=places)
    def apply_to_two(self, name, place, other):
        a, b = self.pick(place), self.pick(other)
        if name == "divide" and np.min(np.abs(values_of(b.jets))) < 0.3:
            return
        ours, theirs = BINARY[name]
        try:
            np.broadcast_shapes(a.value.shape, b.value.shape)
        except ValueError:
            refused(ValueError, "expected shapes that broadcast", ours, a.value, b.value)
            return
        self.result(ours(a.value, b.value), each(theirs, a.jets, b.jets), a, b)

    @rule(name=st.sampled_from(list(WHOLE)), place=places)
    def apply_to_a_whole(self, name, place):
        twin = self.pick(place)
        ours, theirs = WHOLE[name]
        if twin.value.ndim or name in ("sum", "transpose", "flat", "a row more", "stacked"):
            self.result(ours(twin.value), theirs(twin.jets), twin)

    @rule(place=places)
    def detach(self, place):
        twin = self.pick(place)
        self.keep(Twin(twin.value.detach(), twin.jets, records=False, leaf=True))

    # -- changing values

    @rule(place=places, seed=seeds, in_place=st.booleans())
    def overwrite(self, place, seed, in_place):
        twin = self.pick(place)
        new = drawn(seed, twin.value.shape)
        if in_place:
            twin.value.data *= 0.0
            twin.value.data += new
        else:
            twin.value.data = new
        self.note_overwrite(twin, new)

    def note_overwrite(self, twin, new):
        twin.changed, self.overwritten = next(clock), True
        for other in self.pool:
            if other.value.grad is twin.value:
                other.grad = UNKNOWN
        if twin.leaf:
            twin.jets = twin.fresh(new)
            return
        for index in np.ndindex(twin.jets.shape):
            jet = twin.jets[index]
            twin.jets[index] = Jet(float(new[index]), jet.by_leaf, jet.by_interior, {}, jet.order)

    @rule(place=places)
    def descend(self, place):
        twin = self.pick(place)
        if twin.leaf and twin.grad is not None and twin.grad is not UNKNOWN:
            new = values_of(twin.jets) - 0.01 * values_of(twin.grad)
            gradient = twin.value.grad
            twin.value.data -= 0.01 * (gradient.data if isinstance(gradient, Value) else gradient)
            self.note_overwrite(twin, new)

    @rule(place=places)
    def zero(self, place):
        twin = self.pick(place)
        twin.value.zero_grad()
        twin.grad, twin.roots = None, ()

    @rule(place=places)
    def write_into_the_gradient(self, place):
        twin = self.pick(place)
        if twin.grad is None or twin.grad is UNKNOWN or isinstance(twin.value.grad, Value):
            return
        twin.value.grad *= 0.5
        twin.grad = each(lambda jet: jet * 0.5, twin.grad)

    @rule(place=places, factor=st.sampled_from([0.5, 2.0, -1.0]))
    def hook(self, place, factor):
        twin = self.pick(place)
        if not twin.leaf or not twin.records:
            return
        if twin.handle is None:
            twin.handle = twin.value.register_hook(lambda delta: delta * factor)
            twin.factor = factor
        else:
            twin.handle.remove()
            twin.handle, twin.factor = None, 1.0

    # -- backward

    @rule(
        place=places, create_graph=st.booleans(), seed=seeds, plain=st.booleans(),
        chosen=st.one_of(st.none(), st.integers(0, 3)),
    )  # fmt: skip
    def backward(self, place, create_graph, seed, plain, chosen):
        root = self.pick(place)
        upstream = drawn(seed, root.value.shape)
        if plain and root.value.shape == ():
            upstream = None
        if not root.records:
            refused(ValueError, "needs no gradient", root.value.backward, upstream)
            return
        create_graph = create_graph and self.recording and root.order >= 2 and root.exact
        if root.order < 1:
            return
        leaves = [twin for twin in root.reached() if twin.leaf]
        only = leaves if chosen is None else [leaves[chosen % len(leaves)]]
        inputs = None if chosen is None else [twin.value for twin in only]
        if root.exact and root.is_stale():
            backward = root.value.backward
            refused(ag.StaleValueError, "after use", backward, upstream, create_graph, inputs)
            self.forget_gradients(root)
            return
        try:
            root.value.backward(upstream, create_graph, inputs)
        except ag.StaleValueError:
            # Which of the values a gradient was computed from is not known here.
            assert self.overwritten
            self.forget_gradients(root)
            for twin in self.pool:
                if not twin.exact and twin.value in ag.Graph(root.value):
                    twin.value.grad = twin.grad = None
            return
        weights = np.ones(()) if upstream is None else upstream
        weighted = total(each(Jet.__mul__, root.jets, constant(weights)))[()]
        for twin in root.reached():
            if not twin.leaf or twin in only:
                self.store(twin, root, weighted, create_graph)
        if not root.exact:
            # Gradients that were added up to this one are among the values it came by.
            for twin in self.pool:
                if not twin.exact and twin.value in ag.Graph(root.value):
                    twin.grad = UNKNOWN
        if create_graph:
            self.recorded_gradients = True
            self.keep_gradients(root, only)

    @rule(
        name=st.sampled_from(list(BINARY)), place=places, other=places, seed=seeds,
        create_graph=st.booleans(),
    )  # fmt: skip
    def combine_and_differentiate(self, name, place, other, seed, create_graph):
        before = len(self.pool)
        self.apply_to_two(name, place, other)
        if self.pool[-1].exact and before:
            self.backward(len(self.pool) - 1, create_graph, seed, False, None)

    @rule(place=places, seed=seeds)
    def differentiate_a_gradient(self, place, seed):
        """A gradient is a value: what is computed from it can be differentiated in turn."""
        gradients = [k for k, twin in enumerate(self.pool) if not twin.exact]
        if gradients:
            chosen = gradients[place % len(gradients)]
            self.backward(chosen, False, seed, False, None)

    def store(self, twin, root, weighted, create_graph):
        gradient = np.empty(twin.value.shape, dtype=object)
        for index in np.ndindex(gradient.shape):
            variable = (twin.name, index)
            if twin.leaf:
                gradient[index] = weighted.slope(variable) * twin.factor
            else:
                gradient[index] = Jet(weighted.by_interior.get(variable, 0.0))
            if not create_graph:
                gradient[index] = Jet(gradient[index].value)
        if not root.exact and twin.value.grad is None:
            # A gradient need not depend on all that it was computed from.
            assert not twin.leaf or not any(jet.value for jet in gradient.ravel())
        elif not twin.leaf:
            twin.grad = gradient if root.exact else UNKNOWN
        elif twin.grad is None:
            twin.grad = gradient
        elif twin.grad is not UNKNOWN:
            before = twin.grad
            if not self.recording:
                # The sum with a recorded gradient is not recorded itself.
                before = each(lambda jet: Jet(jet.value), before)
            twin.grad = each(Jet.__add__, before, gradient)

    def keep_gradients(self, root, leaves):
        """Gradients of leaves that were recorded are values as others are."""
        for twin in leaves:
            gradient = twin.value.grad
            twin.roots = (*twin.roots, root)
            if twin.grad is UNKNOWN or twin not in self.pool:
                continue
            assert isinstance(gradient, Value)
            slopes = [x for jet in twin.grad.ravel() for x in jet.by_leaf.values()]
            assert gradient.requires_grad or not any(slopes)
            jets, records = twin.grad.copy(), gradient.requires_grad
            self.keep(Twin(gradient, jets, twin.roots, records, exact=False))

    def forget_gradients(self, root):
        """After a pass that broke off nobody says which gradients it had come to."""
        for twin in root.family():
            twin.value.grad = None
            twin.grad, twin.roots = None, ()

    # -- copies

    @rule(place=places, pickled=st.booleans())
    def duplicate(self, place, pickled):
        twin = self.pick(place)
        family = sorted(twin.family(), key=lambda t: t.made)
        if not all(t.exact for t in family) or any(isinstance(t.value.grad, Value) for t in family):
            return
        if any(t.grad is UNKNOWN or t.handle is not None for t in family):
            return
        again = pickle.loads(pickle.dumps(twin.value)) if pickled else copy.deepcopy(twin.value)
        known = [t.value for t in family]
        pairs = side_by_side(twin.value, again)
        assert set(pairs) >= set(known)
        names, copies = {}, {}
        for t in family:
            new = pairs[t.value]
            parents = [copies[parent] for parent in t.parents]
            copies[t] = duplicate = Twin(new, t.jets, parents, t.records, t.leaf, exact=t.exact)
            names[t.name] = duplicate.name
            duplicate.made, duplicate.changed = t.made, t.changed
            duplicate.grad = None if t.grad is None else t.grad.copy()
            if t.leaf and t.records:
                continue
            rename = lambda variable: (names.get(variable[0], variable[0]), variable[1])  # noqa: E731
            jets = np.empty(t.jets.shape, dtype=object)
            for index in np.ndindex(jets.shape):
                jets[index] = t.jets[index].renamed(rename)
            duplicate.jets = jets
        for t in (*[copies[t] for t in family if t.leaf], copies[twin]):
            if t not in self.pool:
                self.keep(t)

    # -- forgetting

    @rule(place=places)
    @precondition(lambda self: len(self.pool) > 3)
    def forget(self, place):
        twin = self.pool.pop(place % len(self.pool))
        used = any(twin in other.family() for other in self.pool)
        if used or self.recorded_gradients:
            return  # what recorded gradients hold on to is not followed here
        gone = weakref.ref(twin.value)
        del twin
        assert gone() is None

    # -- modes

    @rule(name=st.sampled_from(["on", "off", "debug", "scope"]))
    @precondition(lambda self: len(self.modes) < 4)
    def enter(self, name):
        mode = {
            "on": lambda: ag.set_grad_enabled(True), "off": ag.no_grad, "debug": ag.debug,
            "scope": lambda: ag.scope("part"),
        }[name]()  # fmt: skip
        mode.__enter__()
        self.modes.append((name, mode))

    @rule()
    @precondition(lambda self: bool(self.modes))
    def leave(self):
        self.modes.pop()[1].__exit__(None, None, None)

    # -- what must always hold

    @invariant()
    def all_is_as_the_other_engine_says(self):
        for twin in self.pool:
            value = twin.value
            assert value.requires_grad == twin.records
            assert value.is_leaf == (twin.leaf or not twin.records)
            assert value.dtype == np.float64
            same(value.data, twin.jets)
            if twin.grad is None:
                assert value.grad is None
            elif twin.grad is not UNKNOWN:
                gradient = value.grad
                same(gradient.data if isinstance(gradient, Value) else gradient, twin.grad)

    @invariant()
    def recording_is_what_the_modes_say(self):
        assert (Value(1.0) * 2).requires_grad == self.recording


TestLife = Life.TestCase
