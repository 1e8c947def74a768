"""The outcome of a comparison, and counter-examples as short readable text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

from grader.balls import Ball
from grader.program import Program

_DIGITS = (4, 8, 12)
_EXACTLY = 12  # digits
_FLOAT = 10**300
_MOST_NAMES = 6
_NO_VALUE = "no value"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict and why: ``point`` is a counter-example, ``left`` and ``right`` the values there."""

    verdict: Literal["equal", "different", "undecided"]
    evidence: str
    point: Mapping[str, Fraction] = field(default_factory=dict)
    left: str = ""
    right: str = ""


class Against(NamedTuple):
    """Two values, and both of them in one text."""

    left: str
    right: str
    text: str


def at(program: Program, point: Sequence[Fraction]) -> str:
    """``at w3=2, h1=0.5``: the values of the variables that are used; empty without any."""
    named = [f"{program.variables[i]}={readable(point[i])}" for i in program.inputs[:_MOST_NAMES]]
    more = ", ..." if len(program.inputs) > _MOST_NAMES else ""
    return f"at {', '.join(named)}{more}" if named else ""


def against(left: Ball, right: Ball, why: str = "") -> Against:
    """Two values that are known to differ (None: no value), to as many digits as it takes to see it.

    ``why``: how it is known of two that cannot be told apart by their digits.
    """
    for digits in _DIGITS:
        first, second = number(left, digits), number(right, digits)
        if first != second:
            return Against(first, second, f"{first} against {second}")
    shown = number(left, 4)
    return Against(first, second, f"{shown} on both sides but for {why or number(abs(left - right), 2)}")


def number(value: Ball, digits: int) -> str:
    """A ball's middle to some digits, 0 if that is within it; None: no value."""
    if value is None:
        return _NO_VALUE
    if value.contains(0):
        return "0"
    if 1 / _FLOAT < abs(value.mid()) < _FLOAT:
        return f"{float(value.mid()):.{digits}g}"
    return str(value.mid().str(digits, radius=False))


def readable(value: Fraction) -> str:
    """A coordinate in decimals: exact if it is a readable one, else to six digits."""
    short = f"{float(value):.6g}"
    long = f"{float(value):.{_EXACTLY}g}"
    return long if Fraction(long) == value else short
