"""Both sides of a comparison at many points at once, in floats.

They propose, exact arithmetic disposes: nothing that is found here is believed. A point at which the two seem
to differ is looked at again in ball arithmetic, and so is one that seems to lie where nothing was seen yet.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from grader.bends import Argument
from grader.chance import Chance
from grader.points import Point
from grader.program import BINARY, LEAVES, Program

POINTS = 150
UNITS = 25  # of work a node, as in ``budget``
_APART = 1e-6  # of the larger of 1 and a value: what rounding cannot make
_MOST_SUSPECTS = 4
_LONGEST = 1000  # bits of a number
_FINE = 1 << 24  # parts of a range that are drawn

_OPERATIONS: Mapping[str, Callable[..., float]] = {
    "negative": operator.neg,
    "ln": math.log,
    "abs": abs,
    "relu": lambda a: max(a, 0.0),
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    **{name: getattr(math, name) for name in ("exp", "tanh", "sinh", "cosh", "sin", "cos", "tan")},
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": math.pow,
    "power": math.pow,
    "root": lambda a, degree: math.pow(a, 1 / degree),
    "max": max,
    "min": min,
}


class Survey:
    """``points``: each a number a variable; ``values``: of each node. Without ``chance`` there are none."""

    def __init__(self, program: Program, chance: Chance | None) -> None:
        self.program = program
        self.points = _drawn(chance, len(program.variables)) if chance else []
        self.values: dict[int, list[float]] = {}
        for place in program.used:
            self.values[place] = self._values(*program.nodes[place])

    def _values(self, operation: str, i: int, j: int) -> list[float]:
        if operation == "name":
            return [point[i] for point in self.points]
        if operation in LEAVES:
            is_long = max(abs(i), j).bit_length() > _LONGEST
            number = math.pi if operation == "pi" else math.nan if is_long else i / j
            return [number] * len(self.points)
        rule = _OPERATIONS[operation]
        if operation in BINARY:
            return [_at(rule, a, b) for a, b in zip(self.values[i], self.values[j], strict=True)]
        if operation in ("power", "root"):
            degree = float(min(abs(j), _FINE)) * (1 if j > 0 else -1)
            return [_at(rule, a, degree) for a in self.values[i]]
        return [_at(rule, a) for a in self.values[i]]

    def suspects(self) -> list[Point]:
        """Points at which the two sides seem to differ, the plainest first."""
        pairs = zip(self.values[self.program.left], self.values[self.program.right], strict=True)
        gaps = [abs(a - b) / (1 + abs(a) + abs(b)) for a, b in pairs]
        found = sorted((k for k, gap in enumerate(gaps) if gap > _APART), key=lambda k: -gaps[k])
        return [self._point(k) for k in found[:_MOST_SUSPECTS]]

    def within(self, signs: Mapping[int, int], bends: Mapping[int, Argument]) -> Iterator[Point]:
        """Points at which the arguments of nodes that bend seem to have these signs."""
        for k in range(len(self.points)):
            if all(sign * self._argument(bends[place], k) > 0 for place, sign in signs.items()):
                yield self._point(k)

    def _argument(self, argument: Argument, k: int) -> float:
        first, second = argument
        return self.values[first][k] - (0.0 if second is None else self.values[second][k])

    def _point(self, k: int) -> Point:
        return tuple(map(Fraction, self.points[k]))


def _at(rule: Callable[..., float], *operands: float) -> float:
    try:
        return float(rule(*operands))
    except (ValueError, OverflowError, ZeroDivisionError):
        return math.nan


def _drawn(chance: Chance, count: int) -> list[list[float]]:
    """Points of mixed signs near 0, and of sizes from 1/16 to 64, positive or of mixed signs, in turn."""
    return [[_RANGES[turn % len(_RANGES)](chance) for _ in range(count)] for turn in range(POINTS)]


def _near(chance: Chance) -> float:
    return 6 * chance.below(_FINE) / _FINE - 3


def _positive(chance: Chance) -> float:
    return float(2 ** (10 * chance.below(_FINE) / _FINE - 4))


def _mixed(chance: Chance) -> float:
    return _positive(chance) * (1 if chance.below(2) else -1)


_RANGES = (_near, _positive, _mixed)
