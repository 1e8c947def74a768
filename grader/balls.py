"""The value of a program in ball arithmetic: enclosures that are certain, never floating-point guesses.

python-flint's precision is global to the process: it is set in ``precision`` below and nowhere else, and
nothing here may run in two threads at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from grader.program import Program

Ball = Any  # flint.arb, which is untyped

_SQUARED = 1 << 16  # whole exponents up to here by squaring
_LARGEST = 1 << 60  # argument of exp
_FARTHEST = arb(2) ** 512  # argument of sin, cos and tan
_ZERO, _ONE = arb(0), arb(1)


class Undefined(Exception):  # noqa: N818  a finding, not a fault
    """Certain: the expression has no real value at this point."""


class Unsure(Exception):  # noqa: N818  a finding, not a fault
    """Not decided at this precision: whether there is a value, or which branch holds."""


class precision:  # noqa: N801  used as a function
    """Within it, ball arithmetic works with ``bits`` bits."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        self.before = ctx.prec
        ctx.prec = self.bits

    def __exit__(self, *error: object) -> None:
        ctx.prec = self.before


def exact(value: Fraction) -> Ball:
    """The ball of a fraction; of radius 0 if its denominator is a power of 2 and the precision suffices."""
    return arb(value.numerator) / value.denominator


def start(program: Program, point: Mapping[int, Ball] | Sequence[Ball]) -> list[Ball]:
    """The values of the leaves, a value a node; the rest is None. ``point``: a ball a variable
    that is used."""
    values: list[Ball] = [None] * len(program.nodes)
    for place, (operation, i, j) in enumerate(program.nodes):
        if operation == "name":
            values[place] = point[i]
        elif operation == "number":
            values[place] = arb(i) if j == 1 else arb(i) / j
        elif operation == "pi":
            values[place] = arb.pi()
    return values


def run(program: Program, side: Sequence[int], values: list[Ball]) -> Ball:
    """Work out the nodes of ``side`` that have no value yet; the last of them is the result.

    Raises Undefined or Unsure.
    """
    nodes = program.nodes
    for place in side:
        if values[place] is None:
            operation, i, j = nodes[place]
            if operation in _UNARY:
                values[place] = _UNARY[operation](values[i])
            elif operation in _WITH_WHOLE:
                values[place] = _WITH_WHOLE[operation](values[i], j)
            else:
                values[place] = _BINARY[operation](values[i], values[j])
    result = values[side[-1]]
    if not result.is_finite():
        raise Unsure
    return result


def _quotient(a: Ball, b: Ball) -> Ball:
    if b != 0:
        return a / b
    raise Undefined if b.is_zero() else Unsure


def _power(base: Ball, exponent: int) -> Ball:
    """Own squaring, because flint's power of a ball around 0 is nan; 0^0 has no value."""
    if exponent <= 0:
        base, exponent = _quotient(_ONE, base), -exponent
    if exponent > _SQUARED:
        return _large_power(base, exponent)
    result = _ONE
    for digit in f"{exponent:b}":
        result = result * result
        if digit == "1":
            result = result * base
    return result


def _large_power(base: Ball, exponent: int) -> Ball:
    if base.is_zero():
        return _ZERO
    size = _exp(exponent * _ln(abs(base)))
    return -size if base < 0 and exponent % 2 else size


def _root(a: Ball, degree: int) -> Ball:
    """Real roots are those of numbers that are not negative, odd degrees too: (-8)^(1/3) has no value."""
    if a >= 0:
        return a.sqrt() if degree == 2 else _other_root(a, degree)
    raise Undefined if a < 0 else Unsure


def _other_root(a: Ball, degree: int) -> Ball:
    if a.is_zero():
        return _ZERO
    return (_ln(a) / degree).exp()


def _general_power(a: Ball, b: Ball) -> Ball:
    if a > 0:
        return _exp(b * a.log())
    if b.is_exact() and b.is_integer():
        return _power(a, int(b.unique_fmpz()))
    if a.is_zero() and b > 0:
        return _ZERO
    raise Undefined if a <= 0 and not b.contains_integer() else Unsure


def _exp(a: Ball) -> Ball:
    if abs(a) < _LARGEST:
        return a.exp()
    raise Unsure


def _ln(a: Ball) -> Ball:
    if a > 0:
        return a.log()
    raise Undefined if a <= 0 else Unsure


def _near(rule: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    """A periodic function, for arguments whose reduction is cheap."""

    def guarded(a: Ball) -> Ball:
        if abs(a) < _FARTHEST:
            return rule(a)
        raise Unsure

    return guarded


def _relu(a: Ball) -> Ball:
    return _max(a, _ZERO)


def _max(a: Ball, b: Ball) -> Ball:
    if a >= b:
        return a
    return b if a <= b else (a + b + abs(a - b)) / 2


def _min(a: Ball, b: Ball) -> Ball:
    return -_max(-a, -b)


_UNARY: dict[str, Callable[[Ball], Ball]] = {
    "negative": lambda a: -a,
    "exp": _exp,
    "ln": _ln,
    "abs": abs,
    "relu": _relu,
    "sigmoid": lambda a: _ONE / (_ONE + _exp(-a)),
    "tanh": lambda a: a.tanh(),
    "sinh": lambda a: (_exp(a) - _exp(-a)) / 2,
    "cosh": lambda a: (_exp(a) + _exp(-a)) / 2,
    "sin": _near(lambda a: a.sin()),
    "cos": _near(lambda a: a.cos()),
    "tan": _near(lambda a: a.tan()),
}
_BINARY: dict[str, Callable[[Ball, Ball], Ball]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _quotient,
    "^": _general_power,
    "max": _max,
    "min": _min,
}
_WITH_WHOLE: dict[str, Callable[[Ball, int], Ball]] = {"power": _power, "root": _root}
