"""How small the difference of two different expressions could be, so how closely they have to agree.

``sin(x) + 10^-200`` and ``sin(x)`` agree to 100 digits and are different. The height of a node is the
number of bits in which its smallest part can hide: that of a product is the sum of the heights, that of
exp(-500) the 721 bits of its value, and tanh(40) hides its argument behind 115 bits. What differs must
be seen well below that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.balls import Ball
from grader.program import BINARY, LEAVES, Program

_AGREE = 333  # bits that always have to agree: 100 digits
_POINT = 6  # bits of a variable's value
LEAST = 864


def height(program: Program, values: Sequence[Ball]) -> int:
    """The height of the higher side. ``values``: the nodes at some point, None where there is no value."""
    heights = [0] * len(program.nodes)
    for place in program.used:
        operation, i, j = program.nodes[place]
        if operation in LEAVES:
            heights[place] = _POINT if operation == "name" else i.bit_length() + j.bit_length()
        elif operation in _RULES:
            heights[place] = _RULES[operation](heights, i, j)
        else:
            second = heights[j] if operation in BINARY else 0
            heights[place] = max(heights[i] + second, _scale(values[place]), _hidden(operation, values[i]))
    return max(heights[program.left], heights[program.right])


_RULES: dict[str, Callable[[Sequence[int], int, int], int]] = {
    "+": lambda h, i, j: max(h[i], h[j]) + 1,
    "-": lambda h, i, j: max(h[i], h[j]) + 1,
    "*": lambda h, i, j: h[i] + h[j],
    "/": lambda h, i, j: h[i] + h[j],
    "negative": lambda h, i, j: h[i],
    "power": lambda h, i, j: h[i] * abs(j),
}


def agreement(height_bits: int) -> int:
    """The bits to which two values have to agree. Three times: tanh(t) - t is of the order of t^3."""
    return _AGREE + 3 * height_bits


def needed(height_bits: int) -> int:
    """The precision at which such an agreement can be seen."""
    return max(LEAST, agreement(height_bits) + height_bits + 64)


def _scale(value: Ball) -> int:
    """The distance of the binary order of magnitude from 1; 0 for what cannot be told from 0."""
    if value is None or not value.is_finite() or value.contains(0):
        return 0
    digits, exponent = value.mid().man_exp()
    return abs(int(exponent) + int(abs(digits)).bit_length())


def _hidden(operation: str, argument: Ball) -> int:
    """The bits behind which tanh and sigmoid hide their argument near 1: 1 - tanh(t) > e^-2t."""
    if operation not in _SATURATING or argument is None:
        return 0
    size = float(argument.abs_upper())
    return round(3 * size) if size < _OUT_OF_REACH else _OUT_OF_REACH


_SATURATING = frozenset({"tanh", "sigmoid"})
_OUT_OF_REACH = 1 << 20
