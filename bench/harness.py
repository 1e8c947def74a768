"""Ratios that can be trusted on a noisy machine.

A *row* compares two *arms*; an arm is a function that does some work once and returns what it cost. The arms
of a row run interleaved, in a fresh random order every round, and each round gives one ratio. What counts is
the median ratio with its bootstrap 90 % interval:

PASS     the whole interval is on the right side of the bound
FAIL     the whole interval is on the wrong side
UNCLEAR  the bound lies inside

The floor runs a second time in every round; floor against floor should be 1. Where its interval does not hold
1, or is wider than ``NOISE``, the row was measured on a noisy machine and says so. Where the floor is a
number and no work (``fixed``), it is our own arm that runs twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from statistics import median

Arm = Callable[[], float]

RESAMPLES = 2000
NOISE = 0.5  # a floor that varies by more than this against itself measures the machine


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. ``faster``: the ratio is floor / ours and must reach the bound, else ours / floor."""

    name: str
    against: str
    ours: Arm
    floor: Arm
    must: float
    stretch: float
    rounds: int
    unit: str = "ms"
    faster: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """A median and its 90 % interval."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.middle:.3g} [{self.low:.3g}, {self.high:.3g}]"


@dataclass(frozen=True, slots=True)
class Result:
    """What a row came to: its ratio, an arm against itself, and the arms' own medians."""

    row: Row
    ratio: Interval
    twins: Interval
    ours: float
    floor: float
    verdict: str = field(default="")

    @property
    def noisy(self) -> bool:
        """Whether the arm that ran twice differs from itself."""
        return not self.twins.low <= 1 <= self.twins.high or self.twins.high - self.twins.low > NOISE


def measure(row: Row, random: Random) -> Result:
    """Run all rounds of a row."""
    ratios, twins, ours, floors = [], [], [], []
    for _ in range(row.rounds):
        took = _round(row, random)
        ours.append(took["ours"])
        floors.append(took["floor"])
        share = took["ours"] / took["floor"]
        ratios.append(1 / share if row.faster else share)
        twins.append(took["twin"] / took["ours" if row.fixed else "floor"])
    ratio, twin = interval(ratios, random), interval(twins, random)
    return Result(row, ratio, twin, median(ours), median(floors), judge(row, ratio))


def _round(row: Row, random: Random) -> dict[str, float]:
    arms = [("ours", row.ours), ("floor", row.floor), ("twin", row.ours if row.fixed else row.floor)]
    random.shuffle(arms)
    return {name: arm() for name, arm in arms}


def interval(values: list[float], random: Random) -> Interval:
    """The median with its percentile bootstrap interval of 90 %."""
    medians = sorted(median(random.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return Interval(median(values), medians[RESAMPLES // 20], medians[-RESAMPLES // 20])


def judge(row: Row, ratio: Interval) -> str:
    """PASS, FAIL or UNCLEAR."""
    good, bad = (ratio.low, ratio.high) if row.faster else (ratio.high, ratio.low)
    return "PASS" if _right(row, good) else "UNCLEAR" if _right(row, bad) else "FAIL"


def _right(row: Row, ratio: float) -> bool:
    return ratio >= row.must if row.faster else ratio <= row.must
