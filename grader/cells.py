"""The cells into which the kinks of abs, relu, max, min and sqrt(...^2) cut the space, one after the other.

Within a cell every bending function is one of its two pieces, so both sides are smooth there and can be
compared modulo a prime, or at a point. A cell is left out when its inequalities contradict one another; one
that is kept may still be empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.bends import bends
from grader.budget import Budget, Cost
from grader.chance import Chance
from grader.linear import Row, TooMuch, solve
from grader.modular import Nowhere, draw_prime
from grader.points import Point
from grader.program import Program
from grader.sides import UNITS, Empty, Sides, Way
from grader.terms import Residue

__all__ = ["Cell", "explore"]


@dataclass(frozen=True)
class Cell:
    """``signs``: those of the arguments that bend. ``is_equal``: proved for all of the cell."""

    signs: Mapping[int, int]
    is_equal: bool
    rows: tuple[Row, ...]
    names: tuple[tuple[int, int, int], ...]  # a variable's number, its key and the sign that it has there
    variables: int

    def holds(self, signs: Mapping[int, int]) -> bool:
        """Whether a point with these signs lies within."""
        return all(signs.get(place) == sign for place, sign in self.signs.items())

    def point(self, chance: Chance, budget: Budget) -> Point:
        """A point within if its arguments are linear; it may lie outside if not. Raises TooMuch."""
        values = solve(self.rows, chance, budget) or {}
        found = [chance.between(-3, 3) for _ in range(self.variables)]
        for variable, key, sign in self.names:
            if key in values:
                found[variable] = sign * values[key]
        return tuple(found)


def explore(program: Program, chance: Chance, budget: Budget, costs: Cost) -> Iterator[Cell]:
    """All cells. Raises TooMuch when the budget is used up before the last."""
    prime = draw_prime(chance)
    waiting = [Way()]
    opaque: dict[tuple[str | int, ...], Residue] = {}
    while waiting:
        if not budget.affords(1.5 * costs.modular + UNITS * len(bends(program))):
            raise TooMuch
        field = Sides(program, prime, chance, budget, waiting.pop())
        field.opaque = opaque
        try:
            is_equal = field.is_equal()
        except (Empty, Nowhere):
            continue
        finally:
            waiting += field.forks
        yield Cell(field.path, is_equal, field.all_rows(), field.names(), len(program.variables))
