"""Contradictions by rising functions: where u > v, exp(u) > exp(v), and the other way round.

So ``exp(x) > 1`` and ``x < 0`` cannot both hold, as 1 is exp(0).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from grader.budget import Budget
from grader.chance import Chance
from grader.linear import Row, TooMuch, solve
from grader.terms import Terms


class Rising(NamedTuple):
    """A value of a function that rises, and its argument. ``function``: its name and degree."""

    function: tuple[str, int]
    argument: Terms
    value: Terms


def contradict(
    rows: Sequence[Row], facts: Sequence[Row], rising: Sequence[Rising], chance: Chance, budget: Budget
) -> bool:
    """Whether ``rows`` cannot all hold, since rising functions keep the order of what they are given.

    What the rows say of two arguments is said of the two values, and of two values of the arguments, until
    nothing is new. False where that is too much work.
    """
    system = _System(rows, facts, chance, budget)
    waiting = [(a, b) for a, b in combinations(rising, 2) if a.function == b.function]
    try:
        while not system.is_empty():
            ordered = [pair for pair in waiting if system.order(*pair)]
            if not ordered:
                return False
            waiting = [pair for pair in waiting if pair not in ordered]
    except TooMuch:
        return False
    return True


class _System:
    def __init__(self, rows: Sequence[Row], facts: Sequence[Row], chance: Chance, budget: Budget) -> None:
        self.rows = [*rows]
        self.facts = facts
        self.chance = chance
        self.budget = budget

    def is_empty(self, *more: Row) -> bool:
        """Whether the rows contradict one another, with ``more`` of them."""
        rows = [*self.rows, *more]
        return solve([*rows, *about(rows, self.facts)], self.chance, self.budget) is None

    def order(self, first: Rising, second: Rising) -> bool:
        """Whether something new is known of the two, which is then among the rows."""
        arguments = _difference(first.argument, second.argument)
        values = _difference(first.value, second.value)
        keys = {1}.union(*(row.terms for row in self.rows))
        for known, new in ((arguments, values), (values, arguments)):
            for sign in (1, -1) if known.keys() <= keys and new.keys() & keys else ():
                if self.implies(_times(known, sign)):
                    self.rows.append(Row(_times(new, sign)))
                    return True
        return False

    def implies(self, terms: Terms) -> bool:
        """Whether a sum of terms is above 0."""
        if not terms.keys() - {1}:
            return terms.get(1, 0) > 0
        return self.is_empty(Row(_times(terms, -1), strict=False))


def about(rows: Sequence[Row], facts: Sequence[Row]) -> list[Row]:
    """Those of the facts that speak of nothing but what is in the rows."""
    keys = {1}.union(*(row.terms for row in rows))
    return [fact for fact in facts if fact.terms.keys() <= keys]


def _difference(first: Terms, second: Terms) -> Terms:
    found = dict(first)
    for key, c in second.items():
        found[key] = found.get(key, Fraction(0)) - c
    return {key: c for key, c in found.items() if c}


def _times(terms: Terms, sign: int) -> Terms:
    return {key: sign * c for key, c in terms.items()}
