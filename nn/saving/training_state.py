"""Training state: what a model needs beside its weights to train on as if it had never stopped.

Optimizer with its running arrays, what compile was told, the generators of random numbers, which
weights are frozen, and the history of the last ``fit``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..callbacks import History
from ..lazy_layer import LazyLayer, layers_under
from ..optimizers import OPTIMIZERS
from .plain import as_plain, from_plain


def described_state(model: Any, compiled: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The state as JSON, and the arrays of the optimizer by name.

    Raises:
        TypeError: losses, schedules or generators of one's own, which JSON cannot hold.
    """
    weights = model.named_weights()
    plain: dict[str, Any] = {"frozen": [name for name, v in weights if not v.requires_grad]}
    arrays: dict[str, Any] = {}
    if isinstance(model, LazyLayer):
        plain["generators"], plain["generator_of"] = described_generators(model)
    history = getattr(model, "history", None)
    if history is not None:
        plain["history"] = {"epoch": history.epoch, "numbers": as_plain(history.history)}
    if compiled and getattr(model, "_compiled", None) is not None:
        plain["compiled"] = as_plain(model._compiled)
        plain["optimizer"], arrays = described_optimizer(model)
    return plain, arrays


def described_optimizer(model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The optimizer as JSON, with the names of the weights that it moves; and its arrays."""
    optimizer = model.optimizer
    if type(optimizer) not in OPTIMIZERS.values():
        raise TypeError(f"the optimizer {type(optimizer).__name__}, a class of your own")
    state = optimizer.state_dict()
    if state["settings"]["learning_rate"] is None:
        raise TypeError("a learning rate that is a function of your own")
    names = {id(value): name for name, value in model.named_weights()}
    arrays = state.pop("arrays")
    state["settings"] = as_plain(state["settings"])
    return {**state, "parameters": [names[id(v)] for v in optimizer.parameters]}, arrays


def restored_optimizer(plain: Any, weights: dict[str, Any]) -> tuple[Any, Any]:
    """The optimizer with the parameters it had, and its state but for the arrays.

    Raises:
        ValueError: another optimizer, weights that are not there, steps that are no counts.
    """
    by_name = {kind.__name__: kind for kind in OPTIMIZERS.values()}
    if plain["name"] not in by_name:
        raise ValueError(f"the optimizer {plain['name']!r}; known are {', '.join(by_name)}")
    settings = from_plain(plain["settings"])
    fixed = {name: setting for name, setting in settings.items() if name != "learning_rate"}
    optimizer: Any = by_name[plain["name"]](**fixed)
    if plain["parameters"]:
        optimizer.build([weights[name] for name in plain["parameters"]])
    counts = {"steps": plain["steps"], "parameter_steps": plain["parameter_steps"]}
    return optimizer, {"name": plain["name"], "settings": settings, **counts}


def restored_state(model: Any, plain: Any) -> None:
    """Give a model that was built again its frozen weights, generators and history."""
    frozen = set(plain["frozen"])
    for name, value in model.named_weights():
        value.requires_grad = name not in frozen
    if isinstance(model, LazyLayer):
        generators = [restored_generator(state) for state in plain["generators"]]
        owners = [model, *layers_under(model)]
        for owner, number in zip(owners, plain["generator_of"], strict=True):
            owner.rng = None if number is None else generators[number]
    if "history" in plain:
        history = History()
        history.epoch = [int(epoch) for epoch in plain["history"]["epoch"]]
        history.history = {
            str(name): [float(number) for number in numbers]
            for name, numbers in from_plain(plain["history"]["numbers"]).items()
        }
        model.history = history


def described_generators(model: Any) -> tuple[list[Any], list[Any]]:
    """The states of all generators, and which one the model and each layer under it have."""
    found: dict[int, int] = {}
    states: list[Any] = []
    generator_of: list[int | None] = []
    for owner in [model, *layers_under(model)]:
        if owner.rng is None:
            generator_of.append(None)
            continue
        if id(owner.rng) not in found:
            found[id(owner.rng)] = len(states)
            states.append(described_generator(owner.rng))
        generator_of.append(found[id(owner.rng)])
    return states, generator_of


def described_generator(rng: Any) -> dict[str, Any]:
    """The state of a generator of np.random.default_rng, and of the seeds it gives to others."""
    bits = rng.bit_generator
    if type(bits) is not np.random.PCG64 or type(bits.seed_seq) is not np.random.SeedSequence:
        raise TypeError(f"a generator of {type(bits).__name__}; known is np.random.default_rng")
    state: Any = bits.state
    seeds = bits.seed_seq
    entropy: Any = seeds.entropy
    return {
        "state": [state["state"]["state"], state["state"]["inc"]],
        "half": [state["has_uint32"], state["uinteger"]],
        "entropy": [int(n) for n in entropy] if isinstance(entropy, list | tuple) else entropy,
        "spawn_key": list(seeds.spawn_key),
        "pool_size": seeds.pool_size,
        "spawned": seeds.n_children_spawned,
    }


def restored_generator(plain: Any) -> np.random.Generator:
    """The generator in the state that was described."""
    if not 4 <= plain["pool_size"] <= 64 or len(plain["spawn_key"]) > 64:
        raise ValueError("a generator with a strange seed")
    seeds = np.random.SeedSequence(
        plain["entropy"],
        spawn_key=plain["spawn_key"],
        pool_size=plain["pool_size"],
        n_children_spawned=plain["spawned"],
    )
    bits = np.random.PCG64(seeds)
    (state, inc), (has_half, half) = plain["state"], plain["half"]
    bits.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": inc},
        "has_uint32": has_half,
        "uinteger": half,
    }
    return np.random.Generator(bits)
