"""The cells into which the kinks of abs, relu, max, min and sqrt(...^2) cut the space, one after the other.

Within a cell every bending function is one of its two pieces, so both sides are smooth there and can be
compared modulo a prime, or at a point. A cell is left out when its inequalities contradict one another; one
that is kept may still be empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.case import Case
from grader.linear import TooMuch, solve
from grader.modular import CERTAIN, Inapplicable, Nowhere, certainty, draw_prime
from grader.points import Point
from grader.rising import contradict
from grader.sides import STRICT, Empty, Sides, Way
from grader.signs import UNITS
from grader.terms import Residue

__all__ = ["Cell", "are_equal_loosely", "explore"]

_MOST_LOOSE = 64  # cells


@dataclass(frozen=True)
class Cell:
    """``signs``: those of the arguments that bend. ``is_equal``: proved for all of the cell."""

    signs: Mapping[int, int]
    is_equal: bool
    field: Sides
    case: Case

    def holds(self, signs: Mapping[int, int]) -> bool:
        """Whether a point with these signs lies within."""
        return all(signs.get(place) == sign for place, sign in self.signs.items())

    def is_empty(self) -> bool:
        """Whether what is known of functions shows that nothing lies within; False where that is too much."""
        field, case = self.field, self.case
        known = (*field.facts, *field.nearer())
        return contradict(field.rows, known, field.rising(), case.chance, case.budget.part())

    def point(self) -> Point:
        """A point within if its arguments are linear; it may lie outside if not. Raises TooMuch."""
        case = self.case
        values = solve(self.field.all_rows(), case.chance, case.budget) or {}
        found = [case.chance.between(-3, 3) for _ in case.program.variables]
        for variable, key, sign in self.field.names():
            if key in values:
                found[variable] = sign * values[key]
        return tuple(found)


def explore(case: Case) -> Iterator[Cell]:
    """All cells. Raises TooMuch when the budget is used up before the last."""
    for field in _fields(case, STRICT):
        try:
            is_equal = field.is_equal()
        except (Empty, Nowhere):
            continue
        yield Cell(field.path, is_equal and _is_certain(case, field), field, case)


def are_equal_loosely(case: Case, freedom: int) -> bool:
    """Whether both sides are equal for all signs of arguments, those included that no point has.

    It takes no inequalities, so it is less work than ``explore``; False says nothing. ``freedom``: ANY or
    OF_FACTORS, of arguments or of their factors.
    """
    found = 0
    try:
        for field in _fields(case, freedom):
            try:
                is_equal = field.is_equal(is_new=False)
            except Nowhere:
                continue
            found += 1
            if not is_equal or found > _MOST_LOOSE or not _is_certain(case, field):
                return False
    except (TooMuch, Inapplicable):
        return False
    return found > 0


def _fields(case: Case, freedom: int) -> Iterator[Sides]:
    """The sides of one cell after the other, to be worked out. Raises TooMuch."""
    prime = draw_prime(case.chance)
    waiting = [Way()]
    opaque: dict[tuple[str | int, ...], Residue] = {}
    while waiting:
        if not case.budget.affords(1.5 * case.costs.modular + UNITS * len(case.bends)):
            raise TooMuch
        field = Sides(case, prime, waiting.pop(), freedom=freedom)
        field.opaque = opaque
        yield field
        waiting += field.forks


def _is_certain(case: Case, field: Sides) -> bool:
    """Whether both sides are equal in this cell modulo so many primes that chance is ruled out."""
    way, doubt = Way(field.taken), CERTAIN
    try:
        doubt -= certainty(field)
        while doubt > 0:
            field = Sides(case, draw_prime(case.chance), way, freedom=field.freedom)
            if not case.budget.affords(case.costs.modular) or not field.is_equal(is_new=False):
                return False
            doubt -= certainty(field)
    except (Empty, Inapplicable):
        return False
    return True
