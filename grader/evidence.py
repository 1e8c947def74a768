"""Counter-examples as short readable text."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from grader.balls import Ball
from grader.program import Program

_DIGITS = (4, 8, 12)
_FLOAT = 10**300
_MOST_NAMES = 6
_NO_VALUE = "no value"


class Against(NamedTuple):
    """Two values, and both of them in one text."""

    left: str
    right: str
    text: str


def at(program: Program, point: Sequence[Fraction]) -> str:
    """``at w3=2, h1=0.5``: the values of the variables that are used; empty without any."""
    named = [f"{program.variables[i]}={_decimal(point[i])}" for i in program.inputs[:_MOST_NAMES]]
    more = ", ..." if len(program.inputs) > _MOST_NAMES else ""
    return f"at {', '.join(named)}{more}" if named else ""


def against(left: Ball, right: Ball) -> Against:
    """Two values that are known to differ (None: no value), to as many digits as it takes to see it."""
    for digits in _DIGITS:
        first, second = number(left, digits), number(right, digits)
        if first != second:
            return Against(first, second, f"{first} against {second}")
    return Against(first, second, f"{number(left, 4)} on both sides but for {number(abs(left - right), 2)}")


def number(value: Ball, digits: int) -> str:
    """A ball's middle to some digits; None: no value."""
    if value is None:
        return _NO_VALUE
    if value.is_zero() or 1 / _FLOAT < abs(value.mid()) < _FLOAT:
        return f"{float(value.mid()):.{digits}g}"
    return str(value.mid().str(digits, radius=False))


def _decimal(value: Fraction) -> str:
    return f"{float(value):.6g}"
