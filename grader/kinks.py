"""Points on both sides of the kinks of abs, relu, max, min and sqrt(...^2), where expressions may differ.

``relu(x - 100)`` is 0 at every small x. For each kink and each variable the argument is followed along a
straight line to its zero, if it is affine there; the points lie just beside that zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from grader.balls import Ball, Undefined, Unsure, exact, precision, run, start
from grader.points import Point
from grader.program import BINARY, Program

_BITS = 128
_BENDING = frozenset({"abs", "relu", "max", "min"})
_STEPS = (Fraction(1, 4), Fraction(1, 1 << 20))  # beside a kink: readably, and closely
_FINEST = 1 << 24
_MOST_WORK = 40_000  # nodes that may be worked out to find kinks and to look at them
_STRIDE = 3  # from one point of the line to the next

Argument = tuple[int, int | None]  # the node that changes its sign, or the two whose difference does


def beside(program: Program, bases: Sequence[Point]) -> Iterator[Point]:
    """Points beside the kinks, on lines through ``bases`` in the direction of each variable."""
    arguments = _arguments(program)
    if not arguments:
        return
    allowed = _MOST_WORK // len(program.used)
    seen: set[tuple[int, Fraction]] = set()
    for base in bases:
        for variable in program.inputs:
            allowed -= 2
            for zero in _zeros(program, arguments, base, variable):
                if allowed <= 0 or (variable, zero) in seen:
                    continue
                seen.add((variable, zero))
                allowed -= 2 * len(_STEPS)
                for step in _STEPS:
                    yield _moved(base, variable, zero + step)
                    yield _moved(base, variable, zero - step)


def _arguments(program: Program) -> list[Argument]:
    found: list[Argument] = []
    for place in program.used:
        operation, i, j = program.nodes[place]
        if operation in _BENDING:
            found.append((i, j if operation in BINARY else None))
        elif operation == "root" and j % 2 == 0:
            found += _squared(program, i)
    return found


def _squared(program: Program, place: int) -> list[Argument]:
    """The root of the square of a node bends where that is 0, as its absolute value does."""
    operation, i, j = program.nodes[place]
    is_even = (operation == "power" and j % 2 == 0) or (operation == "*" and i == j)
    return [(i, None)] if is_even else []


def _zeros(program: Program, arguments: Sequence[Argument], base: Point, variable: int) -> Iterator[Fraction]:
    """Where the arguments would be 0 if they were affine in ``variable``."""
    here = base[variable]
    first = _values(program, arguments, base)
    second = _values(program, arguments, _moved(base, variable, here + _STRIDE))
    for a, b in zip(first, second, strict=True):
        if a is not None and b is not None and a != b:
            zero = float(a * _STRIDE / (a - b))
            if abs(zero) < _FINEST:
                yield here + Fraction(round(zero * _FINEST), _FINEST)


def _values(program: Program, arguments: Sequence[Argument], point: Point) -> list[Ball | None]:
    with precision(_BITS):
        values = start(program, [exact(v) for v in point])
        for side in (program.left_side, program.right_side):
            try:
                run(program, side, values)
            except (Undefined, Unsure):
                continue
        return [_difference(values, i, j) for i, j in arguments]


def _difference(values: Sequence[Ball], i: int, j: int | None) -> Ball | None:
    first, second = values[i], 0 if j is None else values[j]
    if first is None or second is None:
        return None
    difference = first - second
    return difference.mid() if difference.is_finite() else None


def _moved(point: Point, variable: int, value: Fraction) -> Point:
    return (*point[:variable], value, *point[variable + 1 :])
