"""Where two expressions are compared: at a few readable points first, then at points drawn for the pair.

A point is a fraction a variable. The readable ones are dyadic, so exact in ball arithmetic, and known to all:
they may refute, never prove. Nobody can write an answer that happens to agree at the drawn ones, because they
come from a digest of both expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache

from grader.chance import Chance

Point = tuple[Fraction, ...]


def _positive(i: int) -> Fraction:
    return Fraction((i * 7 + 3) % 26 + 2, 4)


def _mixed(i: int) -> Fraction:
    return Fraction(((i * 11 + 4) % 23 + 1) * (-1 if (i * 5 + 1) % 7 % 2 else 1), 4)


def _unit(i: int) -> Fraction:
    return Fraction((i * 19 + 11) % 31 + 1, 32)


def _other_signs(i: int) -> Fraction:
    return -_mixed(i + 3)


def _whole(i: int) -> Fraction:
    return Fraction((i * 5 + 2) % 9 + 1)


def _whole_mixed(i: int) -> Fraction:
    return Fraction((i * 7 + 1) % 9 + 2) * (-1 if i % 3 == 0 else 1)


def _large(i: int) -> Fraction:
    return Fraction((i * 29 + 7) % 97 + 20)


def _large_negative(i: int) -> Fraction:
    return -_large(i + 5) if i % 2 == 0 else _large(i)


def _far(i: int) -> Fraction:
    return Fraction((i * 131 + 17) % 997 + 1000)


def _far_negative(i: int) -> Fraction:
    return -_far(i + 3)


def _farthest(size: int) -> Callable[[int], Fraction]:
    return lambda i: Fraction((i * 37 + 11) % 89 + 10) * size * (-1 if i % 3 == 1 else 1)


_QUICK = (_positive, _mixed, _unit)
_WIDE = (_other_signs, _whole, _whole_mixed, _large, _large_negative, _far, _far_negative)
_FARTHEST = tuple(_farthest(sign * 10**power) for power in (4, 7, 11, 18, 30) for sign in (1, -1))


@cache
def quick(count: int) -> tuple[Point, ...]:
    """Three points of ``count`` values: positive, of mixed signs, between 0 and 1."""
    return _points(_QUICK, count)


@cache
def wide(count: int) -> tuple[Point, ...]:
    """More points: other signs, whole numbers, large and very large ones, negative ones among them."""
    return _points(_WIDE, count)


@cache
def farthest(count: int) -> tuple[Point, ...]:
    """Points far outside, where a side that looks smooth may have passed a kink: from 10^5 to 10^32."""
    return _points(_FARTHEST, count)


def _points(rules: tuple[Callable[[int], Fraction], ...], count: int) -> tuple[Point, ...]:
    return tuple(tuple(rule(i) for i in range(count)) for rule in rules)


_RANGES = ((1, 3), (0, 1), (-3, 3), (1, 4), (-2, 2), (0, 1), (2, 9), (-9, 9))


def drawn(chance: Chance, count: int, number: int) -> Iterator[Point]:
    """``number`` points that nobody can foresee: positive, in (0, 1), of mixed signs, larger, in turn."""
    for turn in range(number):
        low, high = _RANGES[turn % len(_RANGES)]
        yield tuple(chance.between(low, high) for _ in range(count))


def drawn_far(chance: Chance, count: int, turns: int) -> Iterator[Point]:
    """Points that nobody can foresee about as far outside as ``farthest``, each of those ``turns`` times."""
    for _ in range(turns):
        for point in farthest(count):
            yield tuple(each * chance.between(1, 3) for each in point)


def drawn_whole(chance: Chance, count: int, number: int) -> Iterator[Point]:
    """Points of whole numbers, for what has values nowhere else, such as (-2)^a."""
    for _ in range(number):
        yield tuple(Fraction((chance.below(29) + 1) * (-1) ** chance.below(2)) for _ in range(count))
