"""What the wrong rules of ``grader.diagnosis`` give in every box of an exercise's set, on many rows at once.

A variant is *safe* when no wrong rule gives a right answer. The rules are those that diagnosis tries, so what
holds here holds for what a student is told.

Legend
------
row         one variant: a number for every leaf, alpha, and what the update rule has besides
slip        what one wrong rule answers in one box; several may belong to one misconception
allowed     how far an answer may be off and still be marked right
beside      the same rows, every number moved a little: what is equal there too is equal all around
structural  equal here and beside; no choice of numbers can tell it apart (TEACHING.md section 3.1)
faint       a slip whose distance goes to 0 with alpha, compared with what is allowed (class *order alpha*)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exercises.bank import Exercise
from exercises.columns import Array, Columns, Scope
from exercises.grids import numbers_of
from exercises.steps import boxes
from grader.diagnosis import wrong_formulas
from grader.job import AnswerBox
from grader.network import RATE
from grader.paper import formulas_of

Rows = NDArray[np.bool_]
Leaves = Mapping[str, Array]
MARGIN = 2.0  # times what is allowed (TEACHING.md rule 5)
TIE = 1e-9  # a margin met exactly counts as too small, whatever the last bit of a float says
EQUAL = 1e-9  # of the larger: what two floats of the same number may differ by
BESIDE = 1e-3  # share by which every number is moved
TINY = 1e-12
SHARP = 1000  # what a pair counts that not even the asked digits part
FAINTER = 1e-3  # what alpha is multiplied with to see which slips go to 0 with it


@dataclass(frozen=True)
class Slips:
    """A box, and the places of what is right in it and of what each wrong rule gives."""

    box: AnswerBox
    right: int
    scale: int | None
    wrong: tuple[tuple[str, int], ...]

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Everything that has to be worked out for it."""
        scale = () if self.scale is None else (self.scale,)
        return (self.right, *scale, *(place for _, place in self.wrong))

    def allowed(self, around: Array, scale: Array | None) -> Array:
        """How far an answer may be from ``around``; of a box that is not marked by tolerance, nothing."""
        tolerance = self.box.tolerance
        share = float(tolerance.relative) if tolerance.mode == "tolerance" else 0.0
        return np.maximum(share * np.abs(around if scale is None else scale), self.half_unit)

    @property
    def half_unit(self) -> float:
        """Half a unit of the last asked digit; 0 where no digits are asked."""
        decimals = self.box.tolerance.decimals
        return 0.0 if decimals is None else 0.5 * 10.0**-decimals

    @cached_property
    def kinds(self) -> NDArray[np.int_]:
        """A number for the misconception of each slip."""
        known = {name: number for number, (name, _) in enumerate(self.wrong)}
        return np.array([known[name] for name, _ in self.wrong], dtype=int)


@dataclass(frozen=True)
class Measured:
    """The slips of a box on some rows. ``near[i]``: where slip i is within the margin of what is right."""

    right: Array  # (rows,)
    allowed: Array  # (rows,)
    wrong: Array  # (slips, rows); nan where a wrong rule has no value
    distance: Array  # (slips, rows), from what is right
    structural: Rows  # (slips, rows): equal to what is right, for all numbers around
    wrong_beside: Array  # (slips, rows), what the slips are beside
    scale: Array | None  # (rows,)

    @property
    def near(self) -> Rows:
        """Where a slip is too near to what is right, and numbers could help."""
        return (self.distance <= MARGIN * (1 + TIE) * self.allowed) & ~self.structural


class Trial:
    """Every box that a set asks, with its slips, ready for many rows at once."""

    def __init__(self, asked: Iterable[Exercise]) -> None:
        self.columns = Columns()
        self.slips: tuple[Slips, ...] = ()
        self.of: dict[str, tuple[int, ...]] = {}  # exercise -> which slips are those of its boxes
        found: dict[Slips, int] = {}
        for exercise in asked:
            each = [found.setdefault(slips, len(found)) for slips in self._slips(exercise)]
            self.of[exercise.id] = tuple(each)
        self.slips = tuple(found)
        self._needed = self.columns.needed(place for slips in self.slips for place in slips.places)

    def _slips(self, exercise: Exercise) -> Iterator[Slips]:
        ready = formulas_of(tuple(exercise.network.items()), boxes(exercise), frozenset(numbers_of(exercise)))
        assert ready.network is not None
        for asked in ready.asked.values():
            wrong, meanings = wrong_formulas(asked, ready.network)
            scope = Scope(self.columns, {**meanings, **ready.definitions})
            right = scope.place(asked.formula)
            places = dict.fromkeys((misconception, scope.place(tree)) for misconception, tree in wrong)
            yield Slips(
                asked.box.model_copy(update={"names": (), "points": 1}),
                right,
                None if asked.scale is None else scope.place(asked.scale),
                tuple(each for each in places if each[1] != right),
            )

    def measure(self, leaves: Leaves, fixed: Iterable[str] = ()) -> list[Measured]:
        """Every box on these rows. ``fixed``: names whose numbers are not moved, such as one-hot targets."""
        rows = len(next(iter(leaves.values())))
        doubled = {
            name: np.concatenate([leaves[name], other]) for name, other in beside(leaves, fixed).items()
        }
        found = self.columns.run(doubled, self._needed)
        return [_measured(slips, found, rows) for slips in self.slips]


def judged(
    trial: Trial, measured: Sequence[Measured], faint: Sequence[Rows]
) -> tuple[Rows, NDArray[np.int_]]:
    """For each row: is it safe, and how much do misconceptions clash in all boxes together.

    A faint slip need not be safe; one that is not counts as a pair that the tolerance does not part.
    """
    rows = len(measured[0].right)
    safe, clashes = np.ones(rows, dtype=bool), np.zeros(rows, dtype=int)
    for each, weak in zip(measured, faint, strict=True):
        safe &= ~np.any(each.near & ~weak[:, None], axis=0)
        clashes += np.sum(each.near & weak[:, None], axis=0)
    if safe.any():
        for slips, each in zip(trial.slips, measured, strict=True):
            clashes[safe] += _pairs(slips, each, safe)
    return safe, clashes


def _pairs(slips: Slips, each: Measured, chosen: Rows) -> NDArray[np.int_]:
    """How many neighbours in order of size are of two misconceptions and cannot be told apart by the number:
    ``SHARP`` for each that the asked digits do not part, 1 for each that the tolerance does not part.

    Those that are equal to what is right, or to each other, for all numbers around, do not count.
    """
    numbers = np.where(each.structural, np.nan, each.wrong)[:, chosen]
    order = np.argsort(numbers, axis=0)
    low, high, beside_low, beside_high = (
        np.take_along_axis(column, part, axis=0)
        for column in (numbers, each.wrong_beside[:, chosen])
        for part in (order[:-1], order[1:])
    )
    apart = high - low
    clash = slips.kinds[order[:-1]] != slips.kinds[order[1:]]
    clash &= ~(equal(low, high) & equal(beside_low, beside_high))
    scale = None if each.scale is None else each.scale[chosen]
    margin = MARGIN * (1 + TIE) * slips.allowed(np.maximum(np.abs(low), np.abs(high)), scale)
    found = np.sum(clash & (apart <= margin), axis=0)
    unparted = np.sum(clash & (apart <= 2 * (1 + TIE) * slips.half_unit + TINY), axis=0)
    result: NDArray[np.int_] = found + SHARP * unparted
    return result


def faint_slips(trial: Trial, leaves: Leaves, fixed: Iterable[str] = ()) -> list[Rows]:
    """Of each box, which slips go to what is right as alpha goes to 0, compared with the box's scale."""
    usual = trial.measure(leaves, fixed)
    small = trial.measure({**leaves, RATE: leaves[RATE] * FAINTER}, fixed)
    return [_fainter(one, other) for one, other in zip(usual, small, strict=True)]


def _fainter(usual: Measured, small: Measured) -> Rows:
    with np.errstate(all="ignore"):
        shares = [
            each.distance / np.abs(each.right if each.scale is None else each.scale)
            for each in (usual, small)
        ]
        shrunk = np.where(usual.structural, np.nan, shares[1] / shares[0])
        known = np.sum(np.isfinite(shrunk), axis=1)
        few: Rows = (known > 0) & (np.sum(shrunk < 10 * FAINTER, axis=1) > 0.5 * known)
    return few


def hardest(
    trial: Trial, leaves: Leaves, fixed: Iterable[str], faint: Sequence[Rows]
) -> tuple[str, str, float]:
    """Box and misconception that are nearest to what is right in the largest share of the rows."""
    found = [
        (float(np.mean(near)), slips.box.id, misconception)
        for slips, each, weak in zip(trial.slips, trial.measure(leaves, fixed), faint, strict=True)
        for (misconception, _), near, is_faint in zip(slips.wrong, each.near, weak, strict=True)
        if not is_faint
    ]
    share, box, misconception = max(found)
    return box, misconception, share


def beside(leaves: Leaves, fixed: Iterable[str] = ()) -> dict[str, Array]:
    """The same rows with every number moved by a share of its own."""
    kept = set(fixed)
    shares = {name: BESIDE * (1 + (0.618034 * place) % 1) for place, name in enumerate(leaves, start=1)}
    return {name: column if name in kept else column * (1 + shares[name]) for name, column in leaves.items()}


def _measured(slips: Slips, found: Mapping[int, Array], rows: int) -> Measured:
    def both(place: int) -> Array:
        return np.broadcast_to(found[place], (2 * rows,))

    right = both(slips.right)
    scale = None if slips.scale is None else both(slips.scale)[:rows]
    wrong = np.array([both(place) for _, place in slips.wrong]).reshape(-1, 2 * rows)
    same = equal(wrong, right)
    return Measured(
        right[:rows],
        slips.allowed(right[:rows], scale),
        wrong[:, :rows],
        np.abs(wrong[:, :rows] - right[:rows]),
        same[:, :rows] & same[:, rows:],
        wrong[:, rows:],
        scale,
    )


def equal(one: Array, other: Array) -> Rows:
    """Whether two floats stand for the same number."""
    result: Rows = np.abs(one - other) <= EQUAL * np.maximum(np.abs(one), np.abs(other)) + TINY
    return result
