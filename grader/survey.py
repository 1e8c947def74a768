"""Both sides of a comparison at hundreds of points at once, in floats.

They propose, exact arithmetic disposes: nothing that is found here is believed. A point at which the two seem
to differ is looked at again in ball arithmetic, and so is one that seems to lie where nothing was seen yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from grader.bends import Argument
from grader.chance import Chance
from grader.points import Point
from grader.program import BINARY, Program

Values = Any  # an array of floats

POINTS = 600
UNITS = 12  # of work a node, as in ``budget``
_APART = 1e-6  # of the larger of 1 and a value: what rounding cannot make
_MOST_SUSPECTS = 4
_HALF = 0.5
_GOLDEN = 0x9E3779B97F4A7C15
_MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))

_OPERATIONS: Mapping[str, Callable[..., Values]] = {
    "negative": np.negative,
    "exp": np.exp,
    "ln": np.log,
    "abs": np.abs,
    "relu": lambda a: np.maximum(a, 0),
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    **{name: getattr(np, name) for name in ("tanh", "sinh", "cosh", "sin", "cos", "tan")},
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "max": np.maximum,
    "min": np.minimum,
}


class Survey:
    """``points``: a row a variable; ``values``: of each node. Without ``chance`` there are none."""

    def __init__(self, program: Program, chance: Chance | None) -> None:
        self.program = program
        count = len(program.variables)
        self.points = np.zeros((count, 0)) if chance is None else _drawn(chance, count)
        self.values: dict[int, Values] = {}
        with np.errstate(all="ignore"):
            for place in program.used:
                self.values[place] = self._value(*program.nodes[place])

    def _value(self, operation: str, i: int, j: int) -> Values:
        match operation:
            case "number":
                return np.float64(Fraction(i, j)) if abs(i) < 1 << 1000 else np.float64(np.inf)
            case "name":
                return self.points[i]
            case "pi":
                return np.float64(np.pi)
            case "power":
                return np.power(self.values[i], np.float64(j))
            case "root":
                return np.power(self.values[i], 1 / j)
            case _ if operation in BINARY:
                return _OPERATIONS[operation](self.values[i], self.values[j])
            case _:
                return _OPERATIONS[operation](self.values[i])

    def suspects(self) -> list[Point]:
        """Points at which the two sides seem to differ, the plainest first."""
        left, right = self.values[self.program.left], self.values[self.program.right]
        with np.errstate(all="ignore"):
            gaps = np.abs(left - right) / (1 + np.abs(left) + np.abs(right))
        gaps = np.broadcast_to(np.where(np.isfinite(gaps), gaps, 0), self.points.shape[1:])
        found = np.argsort(-gaps, kind="stable")[:_MOST_SUSPECTS]
        return [self._point(int(k)) for k in found if gaps[k] > _APART]

    def within(self, signs: Mapping[int, int], bends: Mapping[int, Argument]) -> Iterator[Point]:
        """Points at which the arguments of nodes that bend seem to have these signs."""
        held = np.ones(self.points.shape[1], dtype=bool)
        with np.errstate(all="ignore"):
            for place, sign in signs.items():
                first, second = bends[place]
                argument = self.values[first] - (0 if second is None else self.values[second])
                held &= sign * argument > 0
        yield from (self._point(int(k)) for k in np.flatnonzero(held))

    def _point(self, k: int) -> Point:
        return tuple(Fraction(float(x)) for x in self.points[:, k])


def _drawn(chance: Chance, count: int) -> Values:
    """Points of mixed signs near 0, and of sizes from 1/16 to 64, positive or of mixed signs."""
    near, size, sign = _shares(chance, (3, count, POINTS))
    points = 6 * near - 3
    points[:, POINTS // 3 :] = 2 ** (10 * size[:, POINTS // 3 :] - 4)
    points[:, POINTS // 3 * 2 :] *= np.where(sign[:, POINTS // 3 * 2 :] < _HALF, -1, 1)
    return points


def _shares(chance: Chance, shape: tuple[int, ...]) -> Values:
    """Numbers from 0 to 1: a counter from a drawn start, mixed as in SplitMix64 (Steele and others 2014)."""
    start = np.uint64(chance.below(1 << 64))
    mixed = start + np.arange(1, 1 + np.prod(shape), dtype=np.uint64) * np.uint64(_GOLDEN)
    for shift, factor in _MIXING:
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64).reshape(shape) / (1 << 53)
