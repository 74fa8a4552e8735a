"""Order: the parts of the curriculum and the exercises in each, by their permanent ids."""

#: Title of a part, and the ids of its exercises in the order in which they are taught. An
#: exercise that is in no list comes last.
PARTS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("I The neuron", (1, 2, 3, 4, 5, 6, 7, 8)),
    ("II Learning by hand", (9, 10, 11, 12, 13, 14, 15)),
    ("III The engine", (16, 17, 18, 19, 20)),
    ("IV Networks", (21, 22, 23, 24, 25)),
)

#: The part of an exercise that no list names.
ELSEWHERE = "More"
