"""The state of an optimizer as plain data, checked entry by entry before it is taken over."""

from __future__ import annotations

from typing import Any

import numpy as np

from .schedules import SCHEDULES

ENTRIES = ("name", "settings", "steps", "parameter_steps", "arrays")


def described_rate(learning_rate: Any) -> Any:
    """A learning rate as plain data: a number, a schedule as a dict, None for another function."""
    kind = type(learning_rate)
    if kind in SCHEDULES.values():
        return {"schedule": kind.__name__, **learning_rate.settings()}
    return None if callable(learning_rate) else float(learning_rate)


def rebuilt_rate(described: Any, present: Any) -> Any:
    """The learning rate that was described; ``present`` where it was a function of one's own."""
    if described is None:
        return present
    if not isinstance(described, dict):
        return described
    name = described.get("schedule")
    if name not in SCHEDULES:
        raise ValueError(
            f"load_state_dict() got the schedule {name!r}; expected one of {', '.join(SCHEDULES)}."
        )
    return SCHEDULES[name](**{key: described[key] for key in described if key != "schedule"})


def checked_state(optimizer: Any, state: Any) -> tuple[dict[str, Any], int, list[int], Any]:
    """Settings, steps, steps per parameter and slots of ``state``, if they fit the optimizer.

    Raises:
        TypeError: the state is no dict.
        ValueError: what does not fit, with what was found and expected.
    """
    if not isinstance(state, dict):
        raise TypeError(f"load_state_dict() got a {type(state).__name__}; expected a dict.")
    same_names("load_state_dict()", "entries", set(state), set(ENTRIES))
    if state["name"] != optimizer.name:
        raise ValueError(
            f"load_state_dict() of {optimizer.name} got the state of {state['name']!r}; expected "
            f"that of {optimizer.name}."
        )
    settings = dict(state["settings"])
    same_names("load_state_dict()", "settings", set(settings), set(optimizer.settings()))
    settings["learning_rate"] = rebuilt_rate(settings["learning_rate"], optimizer.learning_rate)
    # The constructor knows which settings make sense.
    type(optimizer)(**settings)
    counts = [whole(count, "parameter_steps") for count in state["parameter_steps"]]
    if len(counts) != len(optimizer.parameters):
        raise ValueError(
            f"load_state_dict() got the state of {len(counts)} parameters; expected that of "
            f"{len(optimizer.parameters)}."
        )
    slots = checked_slots(optimizer, settings, state["arrays"])
    return settings, whole(state["steps"], "steps"), counts, slots


def checked_slots(optimizer: Any, settings: dict[str, Any], arrays: Any) -> Any:
    """The running arrays by slot, copied, if names, shapes and dtypes are the parameters'."""
    names = optimizer.slots_for(settings)
    parameters = optimizer.parameters
    expected = {f"{name}/{k}" for name in names for k in range(len(parameters))}
    same_names("load_state_dict()", "arrays", set(arrays), expected)
    slots: dict[str, list[Any]] = {name: [] for name in names}
    for name in names:
        for k, value in enumerate(parameters):
            array = np.array(arrays[f"{name}/{k}"])
            if array.shape != value.shape or array.dtype != value.dtype:
                raise ValueError(
                    f"load_state_dict() got {name}/{k} of shape {array.shape} and dtype "
                    f"{array.dtype}; expected {value.shape} and {value.dtype}, as the parameter."
                )
            if not np.all(np.isfinite(array)):
                raise ValueError(
                    f"load_state_dict() got {name}/{k} with NaN or infinity; expected finite "
                    f"numbers."
                )
            slots[name].append(array)
    return slots


def same_names(what: str, kind: str, found: set[str], expected: set[str]) -> None:
    """Nothing, if both are equal; otherwise the error that lists what is missing and extra."""
    if found != expected:
        missing = ", ".join(sorted(expected - found)) or "none"
        extra = ", ".join(sorted(map(str, found - expected))) or "none"
        raise ValueError(
            f"{what} got other {kind} than expected; missing: {missing}; extra: {extra}."
        )


def whole(number: Any, what: str) -> int:
    """``number`` as an int >= 0."""
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 0:
        raise ValueError(f"load_state_dict() got {what}={number!r}; expected whole numbers >= 0.")
    return int(number)
