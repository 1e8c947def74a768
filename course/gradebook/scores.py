"""What a student has in an assignment: pure functions over frozen rows.

An item's points are those of its best submission, as the site stored them (``Result.points``). An item that
is *discounted* counts on neither side. One with *full marks* gives its points to everyone who has handed in
something that was marked. Of a pool only the drawn items count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

NORMAL, OUT, FULL = "normal", "out", "full"  # the values of work's Counts
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """An item as the gradebook sees it. ``pool``: the pool's number, or None."""

    item: int
    points: Decimal
    counts: str = NORMAL
    pool: int | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """What a student has in an item: the best points, and whether anything of it was marked."""

    points: Decimal
    tried: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One item in a score: ``points`` of ``possible`` are counted; ``reached`` is what stood there before."""

    item: int
    points: Decimal
    possible: Decimal
    counts: str
    reached: Decimal
    tried: bool


@dataclass(frozen=True, slots=True)
class Score:
    """A student's points in an assignment, with the lines that they are the sum of."""

    points: Decimal
    possible: Decimal
    tried: bool
    lines: tuple[Line, ...] = ()


UNTRIED = Reached(NOTHING, tried=False)


def score(
    parts: Iterable[Part], reached: Mapping[int, Reached], drawn: Collection[int] | None = None
) -> Score:
    """The sum over the items. ``drawn``: the student's items out of pools; None: all of them count."""
    lines = tuple(_line(part, reached.get(part.item, UNTRIED)) for part in parts if is_drawn(part, drawn))
    return Score(
        points=sum((line.points for line in lines), NOTHING),
        possible=sum((line.possible for line in lines), NOTHING),
        tried=any(line.tried for line in lines),
        lines=lines,
    )


def is_drawn(part: Part, drawn: Collection[int] | None) -> bool:
    """Whether the item is one of the student's."""
    return part.pool is None or drawn is None or part.item in drawn


def _line(part: Part, reached: Reached) -> Line:
    points, possible = reached.points, part.points
    if part.counts == OUT:
        points = possible = NOTHING
    elif part.counts == FULL and reached.tried:
        points = possible
    return Line(part.item, points, possible, part.counts, reached.points, reached.tried)
