"""Piecewise functions at a variant's numbers: on which side of its kink each one is.

Where a relu is on, ``relu(z)`` is ``z`` and its slope is 1: an answer that says so is right for this variant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from grader.formula import ONE, ZERO
from grader.language import LEAKY_SLOPE
from grader.numbers import NotANumber, value
from grader.tree import Binary, Call, Group, Negative, Number, Tree, names, walk

Sides = Callable[..., Tree]
_LEAKY_SLOPE = Number(Fraction(LEAKY_SLOPE), LEAKY_SLOPE)

# Function -> what it is right of its kink, and left of it; of max and min, where the first is larger or not.
KINKED: Mapping[str, tuple[Sides, Sides]] = {
    "relu": (lambda z: z, lambda z: ZERO),
    "relu'": (lambda z: ONE, lambda z: ZERO),
    "leaky": (lambda z, s=_LEAKY_SLOPE: z, lambda z, s=_LEAKY_SLOPE: Binary("*", Group(s), Group(z))),
    "leaky'": (lambda z, s=_LEAKY_SLOPE: ONE, lambda z, s=_LEAKY_SLOPE: s),
    "abs": (lambda z: z, lambda z: Negative(Group(z))),
    "max": (lambda a, b: a, lambda a, b: b),
    "min": (lambda a, b: b, lambda a, b: a),
}


def is_kinked(tree: Tree) -> bool:
    """Whether ``tree`` uses a piecewise function."""
    return any(isinstance(part, Call) and part.function in KINKED for part in walk(tree))


def in_regime(tree: Tree, quantities: Mapping[str, Fraction]) -> Tree:
    """``tree`` with every piecewise function replaced by its piece at ``quantities``; on a kink it stays."""
    match tree:
        case Call(function=function, arguments=arguments):
            inner = tuple(in_regime(argument, quantities) for argument in arguments)
            side = _side(tree, quantities) if function in KINKED else 0
            if side == 0:
                return replace(tree, arguments=inner)
            piece = KINKED[function][0 if side > 0 else 1](*inner)
            return Group(piece) if isinstance(piece, Binary | Negative) else piece
        case Negative(operand=operand):
            return replace(tree, operand=in_regime(operand, quantities))
        case Group(inner=body):
            return replace(tree, inner=in_regime(body, quantities))
        case Binary(operator=operator, left=left, right=right):
            sides = in_regime(left, quantities), in_regime(right, quantities)
            if operator == "*" and ONE in sides and ONE not in (left, right):
                return sides[0] if sides[1] == ONE else sides[1]  # a slope of 1 that nobody writes
            return replace(tree, left=sides[0], right=sides[1])
        case _:
            return tree


def _side(call: Call, quantities: Mapping[str, Fraction]) -> int:
    """1 right of the kink, -1 left of it, 0 on it or where there is no value."""
    try:
        first = value(call.arguments[0], quantities)
        second = value(call.arguments[1], quantities) if call.function in ("max", "min") else Fraction(0)
    except NotANumber:
        return 0
    return (first > second) - (first < second)


def branches(
    tree: Tree, definitions: Mapping[str, Tree], quantities: Mapping[str, Fraction]
) -> Iterator[tuple[Call, int]]:
    """On which side every piecewise function is that ``tree`` needs, by way of ``definitions`` too."""
    seen: set[str] = set()
    waiting = [tree]
    while waiting:
        current = waiting.pop()
        for part in walk(current):
            if isinstance(part, Call) and part.function in KINKED:
                yield part, _side(part, quantities)
        new = (names(current) & definitions.keys()) - seen
        seen |= new
        waiting.extend(definitions[name] for name in sorted(new))
