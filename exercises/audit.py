"""The audit of a tolerance, and what is told of every wrong rule: an exercise on many variants at once.

The largest tolerance of a box is the smallest distance of a wrong rule from what is right, as a share of what
the tolerance is a share of. Wrong rules that no tolerance can part do not count, but are named:

hidden      equal to what is right for all numbers around (a forgotten slope of a relu that is on)
faint       nearer and nearer the smaller alpha is (weights moved one after the other); class *order alpha*
coincident  equal to what is right at the numbers that the author gave, as dL/dw1 = dL/dyhat in the lesson
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from exercises.bank import Exercise
from exercises.columns import Array
from exercises.mutations import TINY, Measured, Slips, equal
from exercises.question import Variant
from exercises.variants import choices_of, key_of, rules_of
from grader.misconceptions import named

Masks = NDArray[np.uint64]  # sets of misconceptions: one bit each
OWN, ALIKE, CLASH = "by name", "alike", "clash"
Rule = tuple[str, str]  # a misconception in a box
USUAL = 6  # decimals that are typed where none are asked
MOST_TOLD = 20  # faults of one kind that are put in words


@dataclass(frozen=True)
class Nearest:
    """The wrong rule that is nearest to what is right. ``share``: the tolerance that would reach it."""

    box: str
    misconception: str
    seed: int
    tolerance: float
    share: float
    ratio: float  # of its distance to what the box allows; at 1 or less it is marked right

    def __str__(self) -> str:
        return (
            f"seed {self.seed}, box '{self.box}': the tolerance of {self.tolerance:.2%} marks the "
            f"misconception '{self.misconception}' right; it must be less than {self.share:.2%}"
        )


@dataclass(frozen=True)
class Audit:
    """What an exercise's wrong rules did on some variants.

    ``told``: how many of their numbers are told in which way, on drawn variants; ``by_name``: the rules that
    were told by their own name; ``hidden``, ``alike``, ``faint``, ``coincident``: those that cannot, and why.
    """

    nearest: Nearest | None = None
    told: Counter[str] = field(default_factory=Counter)
    rules: frozenset[Rule] = frozenset()
    by_name: frozenset[Rule] = frozenset()
    hidden: frozenset[str] = frozenset()
    alike: frozenset[frozenset[str]] = frozenset()
    faint: Counter[str] = field(default_factory=Counter)  # how often each was within the tolerance
    coincident: frozenset[str] = frozenset()
    clashes: frozenset[str] = frozenset()
    too_wide: tuple[Nearest, ...] = ()

    def __add__(self, other: Audit) -> Audit:
        found = [each.nearest for each in (self, other) if each.nearest]
        return Audit(
            min(found, key=lambda each: each.ratio, default=None),
            self.told + other.told,
            self.rules | other.rules,
            self.by_name | other.by_name,
            self.hidden | other.hidden,
            self.alike | other.alike,
            self.faint + other.faint,
            self.coincident | other.coincident,
            self.clashes | other.clashes,
            (self.too_wide + other.too_wide)[:MOST_TOLD],
        )


def audit(exercise: Exercise, variants: Sequence[Variant]) -> Audit:
    """The exercise on these variants; a trap has no tolerance."""
    found = Audit()
    for slips, each, weak, seeds in measured(exercise, variants):
        found += _audited(slips, each, weak, seeds, given=bool(exercise.numbers))
    return found


def measured(
    exercise: Exercise, variants: Sequence[Variant]
) -> Iterator[tuple[Slips, Measured, NDArray[np.bool_], list[int]]]:
    """Every box of the exercise on the variants that have the same one-hot targets: (slips, what they give,
    which of them are faint, seeds)."""
    if not variants or not variants[0].values:
        return
    key = key_of(exercise)
    rules = rules_of(key, choices_of(key, 1)[0])
    leaves = {name: np.array([float(each.values[name]) for each in variants]) for name in variants[0].values}
    found = rules.trial.measure(leaves, rules.fixed)
    seeds = [each.seed for each in variants]
    for place in rules.trial.of[exercise.id]:
        yield rules.trial.slips[place], found[place], rules.faint[place], seeds


def _audited(
    slips: Slips, each: Measured, weak: NDArray[np.bool_], seeds: Sequence[int], *, given: bool
) -> Audit:
    within = (each.distance <= each.allowed) & ~each.structural
    same = equal(each.wrong, each.right) & ~each.structural
    parted = np.isfinite(each.distance) & ~each.structural & ~weak[:, None]
    own = np.array(seeds) == 1 if given else np.zeros(len(seeds), dtype=bool)
    known = [name for name, _ in slips.wrong]
    near = _nearest(slips, each, parted & ~(same & own), seeds)
    tellings = list(_tellings(slips, each, parted & ~within & ~own))
    told: Counter[str] = Counter()
    for telling in tellings:
        told[telling.kind] += telling.count
    box = slips.box.id
    return Audit(
        near[0] if near else None,
        told,
        frozenset((box, name) for name in known),
        frozenset((box, each.name) for each in tellings if each.kind == OWN),
        _having(known, each.structural),
        frozenset(each.tied for each in tellings if each.kind == ALIKE),
        Counter(
            {known[at]: int(np.sum(within[at])) for at in np.flatnonzero(weak).tolist() if within[at].any()}
        ),
        _having(known, same & own & parted),
        frozenset(f"{box}: {' = '.join(sorted(each.tied))}" for each in tellings if each.kind == CLASH),
        tuple(each for each in near if each.ratio <= 1),
    )


def _having(known: Sequence[str], rows: NDArray[np.bool_]) -> frozenset[str]:
    return frozenset(known[at] for at in np.flatnonzero(rows.any(axis=1)).tolist())


def _nearest(slips: Slips, each: Measured, counted: NDArray[np.bool_], seeds: Sequence[int]) -> list[Nearest]:
    """The nearest wrong rule of each variant that has one within the tolerance, and the nearest of all."""
    if not counted.any():
        return []
    ratios = np.where(counted, each.distance / np.maximum(each.allowed, TINY), np.inf)
    scale = np.abs(each.right if each.scale is None else each.scale)
    least = ratios.min(axis=0)
    columns = dict.fromkeys((int(np.argmin(least)), *np.flatnonzero(least <= 1).tolist()))
    found = []
    for column in columns:
        row = int(np.argmin(ratios[:, column]))
        found.append(
            Nearest(
                slips.box.id,
                slips.wrong[row][0],
                seeds[column],
                float(slips.box.tolerance.relative),
                float(each.distance[row, column] / max(scale[column], TINY)),
                float(ratios[row, column]),
            )
        )
    return found


@dataclass(frozen=True)
class Telling:
    """How often a wrong rule's number is told in one way: by its own name; as one of several that are equal
    for all numbers around; or as one of several that happen to be equal."""

    name: str
    tied: frozenset[str]
    kind: str
    count: int


def _tellings(slips: Slips, each: Measured, counted: NDArray[np.bool_]) -> Iterator[Telling]:
    ids = tuple(dict.fromkeys(name for name, _ in slips.wrong))
    bits = bits_of(slips)
    masks, alike = explained(slips, each)
    mine = np.broadcast_to(bits[:, None], masks.shape)
    sets, counts = np.unique(
        np.stack([mine[counted], masks[counted], alike[counted]]), axis=1, return_counts=True
    )
    for (one, mask, same), count in zip(sets.T.tolist(), counts.tolist(), strict=True):
        name, tied = ids[one.bit_length() - 1], members(ids, mask)
        kind = OWN if named(tied) == name else ALIKE if mask == same else CLASH
        yield Telling(name, tied, kind, count)


def bits_of(slips: Slips) -> Masks:
    """The bit of each slip's misconception."""
    ids = list(dict.fromkeys(name for name, _ in slips.wrong))
    return np.array([1 << ids.index(name) for name, _ in slips.wrong], dtype=np.uint64)


def explained(slips: Slips, each: Measured) -> tuple[Masks, Masks]:
    """(slips, rows): which misconceptions explain each wrong number when it is typed with the asked digits,
    and which of these give that number for all numbers around."""
    typed = typed_numbers(slips, each.wrong)
    masks, alike = np.zeros(typed.shape, np.uint64), np.zeros(typed.shape, np.uint64)
    half = slips.half_unit or 0.5 * 10.0**-USUAL
    for at, bit in enumerate(bits_of(slips)):
        near = (each.distance[at] > each.allowed) & (
            np.abs(each.wrong[at] - typed) <= half * (1 + 1e-9) + TINY
        )
        masks |= np.where(near, bit, np.uint64(0))
        same = equal(each.wrong, each.wrong[at]) & equal(each.wrong_beside, each.wrong_beside[at])
        alike |= np.where(near & same, bit, np.uint64(0))
    return masks, alike


def typed_numbers(slips: Slips, numbers: Array) -> Array:
    """The numbers with as many decimals as are asked."""
    decimals = slips.box.tolerance.decimals
    result: Array = np.round(numbers, USUAL if decimals is None else decimals)
    return result


@cache
def members(ids: tuple[str, ...], mask: int) -> frozenset[str]:
    """The misconceptions whose bits are set."""
    return frozenset(name for at, name in enumerate(ids) if mask >> at & 1)
