"""Numbers: what an expression is worth at given values, and whether a typed number is the right one.

Comparison is exact: fractions of what was typed, never floats, so 46.0 is not wrong by a rounding error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import SupportsInt

from grader.balls import Ball, Undefined, Unsure, exact, precision, run, start
from grader.job import Tolerance
from grader.program import Program, build
from grader.rational import rational
from grader.tree import Binary, Call, Group, Negative, Number, Tree, children, names

__all__ = [
    "SMALLEST",
    "Enclosure",
    "Match",
    "NotANumber",
    "enclosure",
    "judged",
    "replaced",
    "rounding",
    "value",
    "within",
]

_PRECISIONS = (192, 768, 3072)
_RELATIVE = Fraction(1, 10**40)  # radius of an enclosure, of values above 1 relative to them
_BITS = 4096  # a number is below 2^4096; one nearer to 0 than 2^-4096 is taken to be there
SMALLEST = Fraction(1, 1 << _BITS)
_TOO_LARGE = exact(Fraction(1 << _BITS))
MOST_ROUNDED = 20  # decimals in an answer whose rounding is worked out
_NO_OTHER = Number(Fraction(0), "0")  # the right side of a program of one
_NOTHING: Mapping[str, Fraction] = MappingProxyType({})


class NotANumber(ValueError):  # noqa: N818  a finding about an expression, not a fault
    """No real value that can be worked with.

    ``code``: ``no-value`` (certain, such as 1/0), ``too-large`` (certain, such as exp(10^8)) or ``unsure``
    (could not be told).
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Match(StrEnum):
    """What became of a typed number."""

    RIGHT = "right"
    FEW_DIGITS = "few-digits"  # the right number, rounded to fewer decimals than asked
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A number that is certainly within ``radius`` of ``middle``; a radius of 0 means exactly."""

    middle: Fraction
    radius: Fraction = Fraction(0)


def value(tree: Tree, values: Mapping[str, Fraction] = _NOTHING) -> Fraction:
    """The number that ``tree`` is at ``values``: exact if only rational operations are in it.

    Otherwise the middle of an enclosure, right to at least 40 digits. Raises NotANumber where there is no
    real value, and KeyError for a name without one.
    """
    return enclosure(tree, values).middle


def enclosure(tree: Tree, values: Mapping[str, Fraction] = _NOTHING) -> Enclosure:
    """As ``value``, with the certainty. Raises NotANumber and KeyError."""
    if (plain := rational(tree, values)) is not None:
        return Enclosure(plain)
    program = build(tree, _NO_OTHER, (), {name: Number(values[name], "") for name in names(tree)})
    operation, numerator, denominator = program.nodes[program.left]
    if operation == "number":
        return Enclosure(Fraction(numerator, denominator))
    for bits in _PRECISIONS:
        found = _enclosed(program, bits)
        if found is not None and found.radius <= _RELATIVE * max(Fraction(1), abs(found.middle)):
            return found
    raise NotANumber("unsure")


def _enclosed(program: Program, bits: int) -> Enclosure | None:
    try:
        with precision(bits):
            return _bounded(run(program, program.left_side, start(program, ())))
    except Undefined as error:
        raise NotANumber("no-value") from error
    except Unsure:
        return None


def _bounded(result: Ball) -> Enclosure | None:
    """The enclosure of a ball; its size is looked at before its digits, which may be any number of them."""
    size = abs(result)
    if size > _TOO_LARGE:
        raise NotANumber("too-large")
    if not size < _TOO_LARGE:
        return None
    middle, radius = (_fraction(part.man_exp()) for part in (result.mid(), result.rad()))
    return Enclosure(middle, max(radius, SMALLEST) if abs(middle) == SMALLEST else radius)


def within(
    typed: Tree,
    right: Fraction,
    tolerance: Tolerance,
    scale: Fraction | None = None,
    values: Mapping[str, Fraction] = _NOTHING,
) -> Match:
    """Whether ``typed``, at ``values`` of the names in it, is ``right`` as ``tolerance`` has it.

    ``scale`` is what the relative part is taken of, ``right`` itself by default. The boundary belongs to
    what is right. *Few digits* takes a single number with fewer decimals than asked that is ``right``
    rounded to those, and not 0, nor so short that ``scale`` is lost in it: 2 for 2.036 is the weight before
    its step of 0.036. Source of the rules: GRADING.md section 4. Raises NotANumber and KeyError.
    """
    number = value(typed, values)
    return judged(typed, number, right, tolerance, scale, lambda: rounding(typed, number, values))


def judged(
    typed: Tree,
    number: Fraction,
    right: Fraction,
    tolerance: Tolerance,
    scale: Fraction | None,
    spread: Callable[[], Fraction],
) -> Match:
    """As ``within``, for one whose ``number`` is known; ``spread``: its ``rounding``, asked for at need."""
    distance = abs(number - right)
    decimals = _decimals(typed)
    if distance == 0:
        return Match.RIGHT
    is_long = tolerance.decimals is None or decimals is None or decimals >= tolerance.decimals
    if (tolerance.mode != "rounded" or is_long) and distance <= _allowed(right, tolerance, scale, spread):
        return Match.RIGHT
    if decimals is None or is_long or number == 0 or distance > _half_unit(decimals):
        return Match.WRONG
    shows_scale = scale is None or _half_unit(decimals) < abs(scale)
    return Match.FEW_DIGITS if shows_scale else Match.WRONG


def _allowed(
    right: Fraction, tolerance: Tolerance, scale: Fraction | None, spread: Callable[[], Fraction]
) -> Fraction:
    match tolerance.mode:
        case "exact":
            return Fraction(0)
        case "rounded":
            return spread()
        case _:
            asked = Fraction(0) if tolerance.decimals is None else _half_unit(tolerance.decimals)
            return max(Fraction(tolerance.relative) * abs(right if scale is None else scale), asked)


def _half_unit(decimals: int) -> Fraction:
    return Fraction(1, 2) / Fraction(10) ** decimals


def rounding(typed: Tree, number: Fraction, values: Mapping[str, Fraction]) -> Fraction:
    """How far the value may be off if each decimal in ``typed`` stands for half a unit of its last digit.

    A single number counts even without a decimal point; inside an expression whole numbers are exact.
    Raises NotANumber where there are too many of them.
    """
    decimals = _decimals(typed)
    if decimals is not None:
        return _half_unit(decimals)
    literals = _rounded_literals(typed)
    if len(literals) > MOST_ROUNDED:
        raise NotANumber("unsure")
    total = Fraction(0)
    for literal in literals:
        moved = replace(literal, value=literal.value + _half_unit(_places(literal.text)))
        total += abs(value(replaced(typed, literal, moved), values) - number)
    return total


def _rounded_literals(tree: Tree) -> list[Number]:
    if isinstance(tree, Number):
        return [tree] if _places(tree.text) > 0 else []
    return [found for part in children(tree) for found in _rounded_literals(part)]


def replaced(tree: Tree, old: Tree, new: Tree) -> Tree:
    """``tree`` with that very part of it, not one that reads the same, replaced."""
    if tree is old:
        return new
    match tree:
        case Negative(operand=operand):
            return replace(tree, operand=replaced(operand, old, new))
        case Group(inner=inner):
            return replace(tree, inner=replaced(inner, old, new))
        case Binary(left=left, right=right):
            return replace(tree, left=replaced(left, old, new), right=replaced(right, old, new))
        case Call(arguments=arguments):
            return replace(tree, arguments=tuple(replaced(part, old, new) for part in arguments))
        case _:
            return tree


def _decimals(tree: Tree) -> int | None:
    """The decimals of a single typed number, signs and brackets aside; None for anything else."""
    match tree:
        case Negative(operand=inner) | Group(inner=inner):
            return _decimals(inner)
        case Number(text=text):
            return _places(text)
        case _:
            return None


def _places(text: str) -> int:
    """The power of ten of the last digit typed, as decimals: 2 for 0.36, -1 for 1.2e2."""
    mantissa, _, exponent = text.lower().partition("e")
    return len(mantissa.partition(".")[2]) - int(exponent or 0)


def _fraction(parts: tuple[SupportsInt, SupportsInt]) -> Fraction:
    """A number of ``digits * 2^power``, 0, or at least 2^-4096 from 0."""
    digits, power = map(int, parts)
    if digits and digits.bit_length() + power <= -_BITS:
        return SMALLEST if digits > 0 else -SMALLEST
    return Fraction(digits << power) if power >= 0 else Fraction(digits, 1 << -power if digits else 1)
