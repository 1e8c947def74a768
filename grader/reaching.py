"""Whether two sides that agree where they were looked at do so on all sides of all kinks.

Each cell between the kinks must be proved to be equal, or have been seen at two points, or be empty. All
points are drawn by chance from both sides: an answer can be written that is right at points known before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from grader import cells, kinks
from grader.case import Case
from grader.cells import Cell
from grader.evidence import Comparison
from grader.linear import TooMuch
from grader.points import Point, drawn, drawn_far
from grader.sightings import Sightings

_SIGN_BITS = 512
_BASES = 2
_DRAWN = 24
_TURNS = 2  # of points far outside
_ENOUGH = 2  # points that agree by chance nowhere but in a cell that is equal


def all_cells(case: Case, seen: Sightings, evidence: str) -> Comparison:
    """The verdict on sides that agree at the points that were drawn."""
    if not case.bends:
        return seen.equal(evidence)
    try:
        missed = _missed(case, seen)
    except TooMuch:
        return Comparison("undecided", f"{evidence}; more kinks than can be looked at")
    if isinstance(missed, Comparison):
        return missed
    if missed:
        return Comparison("undecided", f"{evidence}; {missed} sides of kinks were not reached")
    return seen.equal(f"{evidence}, on all sides of the kinks")


def proved_cells(case: Case) -> bool:
    """Whether all cells are proved to be equal, and there are any; for sides too steep to compare closely."""
    try:
        found = [cell.is_equal for cell in cells.explore(case)]
        return bool(found) and all(found)
    except TooMuch:
        return False


def _missed(case: Case, seen: Sightings) -> Comparison | int:
    """A counter-example, or how many cells are neither proved, nor seen, nor empty. Raises TooMuch."""
    missed = [cell for cell in cells.explore(case) if not (cell.is_equal or _was_in(cell, seen))]
    for points in (_surveyed, _within, _further):
        for point in points(missed, case, seen):
            if not missed or not case.affords(_SIGN_BITS):
                break
            here = kinks.signs(kinks.values_at(case.program, point, _SIGN_BITS), case.bends)
            if any(cell.holds(here) for cell in missed):
                result = seen.agree_closely(point)
                if isinstance(result, Comparison):
                    return result
                missed = [cell for cell in missed if not _was_in(cell, seen)]
        missed = [cell for cell in missed if points is _further or not cell.is_empty()]
    return len(missed)


def _was_in(cell: Cell, seen: Sightings) -> bool:
    return sum(map(cell.holds, seen.signs)) >= _ENOUGH


def _surveyed(missed: Sequence[Cell], case: Case, seen: Sightings) -> Iterator[Point]:
    """Points that seem to lie in the cells that were missed."""
    for cell in missed:
        yield from islice(case.survey.within(cell.signs, case.bends), _ENOUGH)


def _within(missed: Sequence[Cell], case: Case, seen: Sightings) -> Iterator[Point]:
    """Points that lie in the cells that were missed if those are linear, and others near 0."""
    yield from (cell.point() for cell in missed for _ in range(_ENOUGH))
    yield from drawn(case.chance, len(case.program.variables), _DRAWN)


def _further(missed: Sequence[Cell], case: Case, seen: Sightings) -> Iterator[Point]:
    """Points far outside, and on both sides of kinks of which one side was not seen."""
    count = len(case.program.variables)
    yield from drawn_far(case.chance, count, _TURNS)
    arguments = [case.bends[place] for place in _one_sided(case, seen)]
    yield from kinks.critical(case, arguments, [*drawn(case.chance, count, _BASES)])


def _one_sided(case: Case, seen: Sightings) -> list[int]:
    """The bends that were seen from one side only; all if there are none."""
    found = {(place, sign) for signs in seen.signs for place, sign in signs.items()}
    missed = [place for place in case.bends if not {(place, 1), (place, -1)} <= found]
    return missed or [*case.bends]
