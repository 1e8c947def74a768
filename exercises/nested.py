"""Numbers of vectors and matrices as authors write them, in lists, by the names of their entries."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Discriminator, Tag, WithJsonSchema

from exercises.vectors import Shape, described, entries, told
from grader.network import NetworkError

Value = TypeVar("Value")
DIGITS = {"type": "string", "pattern": r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"}
Digits = Annotated[Decimal, WithJsonSchema({"anyOf": [{"type": "number"}, DIGITS]})]


def depth(value: object) -> Literal["number", "list", "rows"]:
    """How deeply the numbers of a name are nested, whatever they are."""
    if not isinstance(value, list | tuple):
        return "number"
    return "rows" if any(isinstance(part, list | tuple) for part in value) else "list"


Numbers = Annotated[
    Annotated[Digits, Tag("number")]
    | Annotated[tuple[Digits, ...], Tag("list")]
    | Annotated[tuple[tuple[Digits, ...], ...], Tag("rows")],
    Discriminator(depth),
]
Drawn = Annotated[
    Annotated[tuple[Digits, ...], Tag("list")] | Annotated[Literal["one-hot"], Tag("word")],
    Discriminator(lambda value: "word" if isinstance(value, str) else "list"),
]


def flat(name: str, shape: Shape, given: object) -> dict[str, object]:
    """A number, vector or matrix as numbers by entry; raises NetworkError where its shape is another.

    >>> flat("W", (2, 2), [[1, 2], [3, 4]])
    {'w11': 1, 'w12': 2, 'w21': 3, 'w22': 4}
    """
    found = _shape_of(given)
    if found is None:
        raise NetworkError(f"the rows of '{name}' are not all of one length")
    if found != shape:
        raise NetworkError(f"{told(f'{name!r}', shape)}; here are numbers for {described(found)}")
    parts: list[object] = [given]
    for _ in shape:
        parts = [inner for part in parts if isinstance(part, list | tuple) for inner in part]
    return dict(zip(entries(name, shape), parts, strict=True))


def _shape_of(given: object) -> Shape | None:
    """None where rows are of different lengths."""
    if not isinstance(given, list | tuple):
        return ()
    inner = {_shape_of(part) for part in given}
    only = inner.pop() if len(inner) == 1 else None
    return None if only is None else (len(given), *only)


def by_entry(given: Mapping[str, object], shapes: Mapping[str, Shape]) -> tuple[dict[str, Any], list[str]]:
    """The numbers of a set by entry, and what is wrong with them, in words."""
    found: dict[str, Any] = {}
    problems = []
    for name, value in given.items():
        try:
            found |= flat(name, shapes.get(name, ()), value)
        except NetworkError as error:
            problems.append(str(error))
    return found, problems


def widened(draw: Mapping[str, Value], shapes: Mapping[str, Shape]) -> dict[str, Value]:
    """What other variants may use: a list of a vector or matrix for each entry without one of its own."""
    wide = {entry: draw[name] for name in shapes if name in draw for entry in entries(name, shapes[name])}
    return {**wide, **{name: each for name, each in draw.items() if name not in shapes}}
