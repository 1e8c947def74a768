"""From scores to a total: categories with weights, the lowest dropped, letters. Exact fractions throughout.

A category's share is the points over the possible points of what is kept in it, or, where its assignments
weigh *equal*, the mean of their shares. The total is the mean of the categories' shares by weight; one in
which nothing counts yet is left out, so the others share its weight.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from course.gradebook.rounding import percent
from course.gradebook.scores import NOTHING, Score


class State(StrEnum):
    """How a score stands in a student's total."""

    COUNTS = "counts"
    MISSING = "missing"  # due, and nothing handed in: counts as zero
    NOT_YET = "not-yet"  # nothing handed in, not due: left out
    WAITING = "waiting"  # handed in, and not marked yet: left out
    EXCUSED = "excused"  # left out


IN_TOTAL = frozenset({State.COUNTS, State.MISSING})
Letters = tuple[tuple[str, Decimal], ...]  # letter and the least percentage for it, the best first


@dataclass(frozen=True, slots=True)
class Category:
    """Assignments that are weighed together. ``drops``: so many of the lowest do not count."""

    key: int
    name: str
    weight: Decimal
    drops: int = 0
    equal: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A student's score in an assignment, and how it stands."""

    assignment: int
    score: Score
    state: State

    @property
    def droppable(self) -> bool:
        """Whether it enters the total with something that can be reached."""
        return self.state in IN_TOTAL and self.score.possible > 0

    @property
    def share(self) -> Fraction:
        """Points of possible points; only of one that is droppable."""
        return Fraction(self.score.points) / Fraction(self.score.possible)


@dataclass(frozen=True, slots=True)
class Part:
    """One category in a total. ``share`` is None while nothing counts in it.

    ``pull``: its part of all weights that count; ``gives``: what it adds to the total, of 1.
    """

    category: Category
    entries: tuple[Entry, ...]
    dropped: frozenset[int]
    share: Fraction | None
    pull: Fraction = Fraction(0)

    @property
    def gives(self) -> Fraction:
        """What the category adds to the total."""
        return (self.share or Fraction(0)) * self.pull


@dataclass(frozen=True, slots=True)
class Total:
    """A student's total: ``exact`` of 1, None while nothing counts; ``percent`` is the rounded one."""

    parts: tuple[Part, ...]
    exact: Fraction | None
    percent: Decimal | None
    letter: str = ""

    @property
    def dropped(self) -> frozenset[int]:
        """The assignments that were dropped."""
        return frozenset().union(*(part.dropped for part in self.parts))


def standing(score: Score, *, excused: bool, over: bool, waiting: bool = False) -> State:
    """How a score stands. ``over``: the student's own due date has passed."""
    if excused:
        return State.EXCUSED
    if score.tried:
        return State.COUNTS
    if waiting:
        return State.WAITING
    return State.MISSING if over else State.NOT_YET


def total(groups: Sequence[tuple[Category, Sequence[Entry]]], letters: Letters = ()) -> Total:
    """The total over the categories, each with its entries."""
    plain = [_part(category, tuple(entries)) for category, entries in groups]
    weights = sum((Fraction(part.category.weight) for part in plain if part.share is not None), Fraction(0))
    if not weights:
        return Total(tuple(plain), None, None)
    parts = tuple(_weighed(part, weights) for part in plain)
    exact = sum((part.gives for part in parts), Fraction(0))
    reached = percent(exact)
    return Total(parts, exact, reached, letter_of(reached, letters))


def letter_of(reached: Decimal, letters: Letters) -> str:
    """The first letter whose threshold the rounded percentage reaches; empty without a scheme."""
    return next((letter for letter, least in letters if reached >= least), "")


def _part(category: Category, entries: tuple[Entry, ...]) -> Part:
    open_to_drop = [entry for entry in entries if entry.droppable]
    dropped = lowest(open_to_drop, category.drops, equal=category.equal)
    kept = [entry for entry in open_to_drop if entry.assignment not in dropped]
    return Part(category, entries, dropped, _share(kept, equal=category.equal))


def _weighed(part: Part, weights: Fraction) -> Part:
    if part.share is None:
        return part
    pull = Fraction(part.category.weight) / weights
    return Part(part.category, part.entries, part.dropped, part.share, pull)


def _share(kept: Collection[Entry], *, equal: bool) -> Fraction | None:
    if not kept:
        return None
    if equal:
        return sum((entry.share for entry in kept), Fraction(0)) / len(kept)
    points = sum((entry.score.points for entry in kept), NOTHING)
    return Fraction(points) / Fraction(sum((entry.score.possible for entry in kept), NOTHING))


def lowest(entries: Sequence[Entry], drops: int, *, equal: bool = False) -> frozenset[int]:
    """The assignments whose leaving out gives the student the highest share; one is always kept.

    With equal weights these are the lowest shares. With points it is not so simple: 0 of 1 costs less than
    20 of 40, so the set is found that makes points over possible points greatest (Dinkelbach: keep the
    best by points - q * possible, take the new share as q, until it stays). This ends, and is exact.
    """
    keep = max(len(entries) - drops, 1)
    if keep >= len(entries):
        return frozenset()
    share = Fraction(0)
    kept = sorted(entries, key=lambda entry: (-entry.share, entry.assignment))[:keep]
    while not equal and (found := _share(kept, equal=False)) != share and found is not None:
        share = found
        kept = sorted(entries, key=lambda entry: (-_worth(entry, share), entry.assignment))[:keep]
    return frozenset(entry.assignment for entry in entries) - {entry.assignment for entry in kept}


def _worth(entry: Entry, share: Fraction) -> Fraction:
    return Fraction(entry.score.points) - share * Fraction(entry.score.possible)
