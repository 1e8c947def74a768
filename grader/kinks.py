"""Points on both sides of kinks and of the edges of domains, where expressions may differ.

``relu(x^2 - 10^12)`` is 0 at every small x, and ``relu(0.001 - (x - 3.3)^2)`` nearly everywhere. Along lines
in the direction of each variable the arguments are followed to their zeros by secants and to their turning
points by parabolas; the points lie beside and between those, at distances drawn by
chance, so that nobody can write an answer that happens to agree there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product

from flint import arb

from grader.balls import Ball, Undefined, Unsure, exact, precision, run, start
from grader.bends import Argument
from grader.case import Case
from grader.chance import Chance
from grader.points import Point
from grader.program import Program

BITS = 128
_MOST_BITS = 1024  # of the values that are subtracted
_AHEAD = (-2.75, 0.0, 3.5)  # of a line's base, where its arguments are looked at first
_ROUNDS = 4  # of steps towards zeros and turning points
_MOST = 40  # places of a line that are looked at
_FARTHEST = 1e60
_BESIDE = (Fraction(1, 1 << 20), Fraction(1, 1 << 44))
_BETWEEN = 2  # places between two zeros or turning points
_MOST_SWEEPS = 3  # over the variables, from one base


def signs(values: Sequence[Ball], bends: Mapping[int, Argument]) -> dict[int, int]:
    """The signs of the arguments of bending nodes at a point, of those that can be told."""
    found: dict[int, int] = {}
    for place, argument in bends.items():
        difference = _difference(values, argument)
        if difference is not None and difference != 0:
            found[place] = 1 if difference > 0 else -1
    return found


def values_at(program: Program, point: Point, bits: int = BITS) -> list[Ball]:
    """The values of all nodes that have one there; None for the others."""
    with precision(bits):
        values = start(program, {i: exact(point[i]) for i in program.inputs})
        for side in (program.left_side, program.right_side):
            try:
                run(program, side, values)
            except (Undefined, Unsure):
                continue
        return values


def critical(case: Case, arguments: Sequence[Argument], bases: Sequence[Point]) -> Iterator[Point]:
    """Points beside the zeros and turning points of arguments, on lines through ``bases``.

    Each sweep over the variables moves its base to where one of the arguments is nearest to 0.
    """
    program = case.program
    variables = _variables(program, arguments)
    sweeps = min(len(arguments), _MOST_SWEEPS) if len(variables) > 1 else 1
    for base, nearing in product(bases, range(sweeps)):
        here = base
        for variable in variables:
            line = _Line(program, arguments, here, variable)
            while line.waiting and case.budget.affords(case.costs.at(BITS) + 4 * len(arguments)):
                line.look()
            yield from (line.at(place) for place in line.places(case.chance))
            here = line.nearest(nearing)


def _variables(program: Program, arguments: Sequence[Argument]) -> list[int]:
    """The variables on which arguments depend."""
    nodes = {k for argument in arguments for i in argument if i is not None for k in program.reached(i)}
    return sorted(program.nodes[k][1] for k in nodes if program.nodes[k][0] == "name")


class _Line:
    """The arguments along a straight line. ``found``: place on it -> their values; None for no value."""

    def __init__(self, program: Program, arguments: Sequence[Argument], base: Point, variable: int) -> None:
        self.program = program
        self.arguments = arguments
        self.base = base
        self.variable = variable
        here = float(base[variable])
        self.waiting = [(here + ahead, 0) for ahead in _AHEAD]
        self.found: dict[float, list[Ball | None]] = {}
        self.critical: dict[float, None] = {}

    def at(self, place: float | Fraction) -> Point:
        return (*self.base[: self.variable], Fraction(place), *self.base[self.variable + 1 :])

    def look(self) -> None:
        """Work out the arguments at the next place, and where to look after that."""
        place, turn = self.waiting.pop(0)
        if place in self.found or len(self.found) >= _MOST:
            return
        values = values_at(self.program, self.at(place))
        self.found[place] = [_middle(_difference(values, argument)) for argument in self.arguments]
        if len(self.found) < len(_AHEAD) or turn >= _ROUNDS:
            return
        with precision(BITS):
            steps = [float(step.mid()) for step in self.steps() if abs(step) < _FARTHEST]
        self.critical |= dict.fromkeys(steps)
        self.waiting += [(step, turn + 1) for step in steps]

    def steps(self) -> Iterator[Ball]:
        """Where the last three values of each argument say that a zero or a turning point is."""
        places = list(self.found)[-3:]
        for values in zip(*(self.found[place] for place in places), strict=True):
            known = [(arb(x), f) for x, f in zip(places, values, strict=True) if f is not None]
            if len(known) > 1 and known[-1][1] != known[-2][1]:
                yield _secant(*known[-2:])
            if len(known) > 2:
                yield from _parabola(*known)

    def nearest(self, argument: int) -> Point:
        """Where an argument is nearest to 0."""
        sizes = [
            (abs(float(f)), place)
            for place, values in self.found.items()
            if (f := values[argument]) is not None
        ]
        return self.at(min(sizes)[1]) if sizes else self.base

    def places(self, chance: Chance) -> Iterator[Fraction]:
        """Beside the zeros and turning points, between them, and beyond the outermost; drawn by chance."""
        edges = [Fraction(edge) for edge in sorted(self.critical)]
        for first, second in pairwise(edges):
            yield from (first + (second - first) * chance.between(0, 1) for _ in range(_BETWEEN))
        for edge in edges:
            for share in _BESIDE:
                yield from (edge + side * share * (1 + abs(edge)) * chance.between(1, 2) for side in (-1, 1))
        for edge in edges[:1] + edges[-1:]:
            yield from (edge + side * (1 + abs(edge)) * chance.between(1, 2) for side in (-1, 1))


def _secant(a: tuple[Ball, Ball], b: tuple[Ball, Ball]) -> Ball:
    return a[0] - a[1] * (b[0] - a[0]) / (b[1] - a[1])


def _parabola(a: tuple[Ball, Ball], b: tuple[Ball, Ball], c: tuple[Ball, Ball]) -> Iterator[Ball]:
    """The turning point of the parabola through three points, and its zeros."""
    first = (b[1] - a[1]) / (b[0] - a[0])
    second = ((c[1] - b[1]) / (c[0] - b[0]) - first) / (c[0] - a[0])
    if second != 0:
        turn = (a[0] + b[0]) / 2 - first / (2 * second)
        depth = -(a[1] + first * (turn - a[0]) + second * (turn - a[0]) * (turn - b[0])) / second
        yield turn
        if depth > 0:
            yield from (turn - depth.sqrt(), turn + depth.sqrt())


def _difference(values: Sequence[Ball], argument: Argument) -> Ball | None:
    i, j = argument
    if values[i] is None or (j is not None and values[j] is None):
        return None
    with precision(_MOST_BITS):
        difference = values[i] if j is None else values[i] - values[j]
    return difference if difference.is_finite() else None


def _middle(value: Ball | None) -> Ball | None:
    return None if value is None else value.mid()
