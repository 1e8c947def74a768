"""The short way to the value of plain arithmetic: + - * / and small powers, on numbers of moderate size.

Nearly every answer and formula is made of these; whatever else is in a tree takes the long way, by way of
a program and balls (``numbers``), with the same result.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from grader.tree import Binary, Group, Name, Negative, Number, Tree

MOST_BITS = 2000  # of a numerator or denominator on the way
MOST_POWER = 8


class _Other(Exception):  # noqa: N818  not an error: this tree takes the long way
    """Something other than plain arithmetic."""


def rational(tree: Tree, values: Mapping[str, Fraction]) -> Fraction | None:
    """The exact value of ``tree``, None where it takes more than plain arithmetic; raises KeyError."""
    try:
        return _value(tree, values)
    except _Other:
        return None


def _value(tree: Tree, values: Mapping[str, Fraction]) -> Fraction:
    match tree:
        case Number(value=value):
            return value
        case Name(name=name, constant=False):
            return values[name]
        case Group(inner=inner):
            return _value(inner, values)
        case Negative(operand=operand):
            return -_value(operand, values)
        case Binary(operator=operator, left=left, right=right):
            return _bounded(_combined(operator, _value(left, values), _value(right, values)))
        case _:
            raise _Other


def _combined(operator: str, left: Fraction, right: Fraction) -> Fraction:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/" if right:
            return Fraction(left) / Fraction(right)
        case "^" if right.denominator == 1 and 0 < right <= MOST_POWER:
            return left**right.numerator
        case _:
            raise _Other


def _bounded(number: Fraction) -> Fraction:
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > MOST_BITS:
        raise _Other
    return number
