"""Sets of linear inequalities: whether they contradict one another, and else a point within them.

By the elimination of Fourier and Motzkin, in fractions. A row says that a sum of terms is above 0, or at
least 0 if it is not strict; the keys of the terms are the unknowns, 1 stands for a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from grader.budget import Budget
from grader.chance import Chance
from grader.terms import Terms

_MOST = 60  # rows at a time
_UNITS = 5  # of work for a term of a row
_ZERO = Fraction(0)


class Row(NamedTuple):
    """``terms`` > 0, or >= 0 if not ``strict``."""

    terms: Terms
    strict: bool = True


class TooMuch(Exception):  # noqa: N818  a finding, not a fault
    """More rows or work than are allowed."""


def solve(rows: Sequence[Row], chance: Chance, budget: Budget) -> Mapping[int, Fraction] | None:
    """A value for each key, drawn so that all rows hold; None if there are none. Raises TooMuch."""
    left = _tightest(rows, budget)
    levels: list[tuple[int, list[Row]]] = []
    while left and (key := _lightest(left)) is not None:
        above = [row for row in left if row.terms.get(key, 0) > 0]
        below = [row for row in left if row.terms.get(key, 0) < 0]
        levels.append((key, above + below))
        if len(above) * len(below) + len(left) > _MOST:
            raise TooMuch
        rest = [row for row in left if key not in row.terms]
        left = _tightest([*rest, *(_joined(a, b, key) for a in above for b in below)], budget)
    if any(not _holds(row) for row in left):
        return None
    values: dict[int, Fraction] = {}
    for key, bounds in reversed(levels):
        values[key] = _within(bounds, key, values, chance)
    return values


def _holds(row: Row) -> bool:
    number = row.terms.get(1, _ZERO)
    return number > 0 or (number == 0 and not row.strict)


def _lightest(rows: Sequence[Row]) -> int | None:
    """The key whose elimination makes the fewest rows."""
    counts: dict[int, list[int]] = {}
    for row in rows:
        for key, c in row.terms.items():
            if key != 1:
                counts.setdefault(key, [0, 0])[c > 0] += 1
    return min(counts, key=lambda key: (counts[key][0] * counts[key][1], key), default=None)


def _joined(above: Row, below: Row, key: int) -> Row:
    """What follows from both without the key."""
    a, b = above.terms[key], -below.terms[key]
    found = {k: c / a for k, c in above.terms.items()}
    for k, c in below.terms.items():
        found[k] = found.get(k, _ZERO) + c / b
    return Row(found, above.strict or below.strict)


def _tightest(rows: Sequence[Row], budget: Budget) -> list[Row]:
    """Of the rows that differ in their number alone the one that asks for most."""
    found: dict[tuple[tuple[int, Fraction], ...], tuple[Fraction, bool]] = {}
    if not budget.affords(_UNITS * sum(1 + len(row.terms) for row in rows)):
        raise TooMuch
    for row in rows:
        terms = sorted((k, c) for k, c in row.terms.items() if c and k != 1)
        scale = abs(terms[0][1]) if terms else Fraction(1)
        direction = tuple((k, c / scale) for k, c in terms)
        asked = (row.terms.get(1, _ZERO) / scale, not row.strict)
        found[direction] = min(found.get(direction, asked), asked)
    return [Row({**dict(d), 1: number}, not is_loose) for d, (number, is_loose) in found.items()]


def _within(bounds: Sequence[Row], key: int, values: Mapping[int, Fraction], chance: Chance) -> Fraction:
    low: Fraction | None = None
    high: Fraction | None = None
    for row in bounds:
        others = sum((c * values.get(k, 1) for k, c in row.terms.items() if k != key), _ZERO)
        edge = -others / row.terms[key]
        if row.terms[key] > 0:
            low = edge if low is None else max(low, edge)
        else:
            high = edge if high is None else min(high, edge)
    share = chance.between(0, 1)
    if low is not None and high is not None:
        return low + (high - low) * share
    if low is not None:
        return low + 4 * share
    return share if high is None else high - 4 * share
