"""Inequalities between values of functions that no table holds: of logarithms of sums, of sin(v) and v."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import floor, log

from grader.definite import Reader, TooMuch
from grader.linear import Row
from grader.program import Node, Program
from grader.terms import Splitter, Terms

UNITS = 40  # of work for a logarithm, as in ``budget``
_PLACES = 10**9  # a logarithm is bounded to so many parts of 1
_NEARER = {"sin": 1, "tanh": 1, "sinh": -1}  # where v > 0: v - f(v) is above 0, or below

Part = tuple[Fraction, Terms]


def slower(program: Program, splitter: Splitter, sign: Callable[[int], int]) -> Iterator[Row]:
    """That sin and tanh stay nearer to 0 than their arguments, and sinh does not, where a sign is known."""
    for place in program.used:
        operation, i, _ = program.nodes[place]
        side = _NEARER.get(operation, 0) and sign(i) * _NEARER[operation]
        if side:
            yield Row(_sum((Fraction(side), splitter.terms(i)), (Fraction(-side), splitter.terms(place))))


def of_logarithm(program: Program, place: int, splitter: Splitter) -> Iterator[Row]:
    """What ln(c*exp(t) + d*exp(u) + ...) is at least where all of c, d ... are positive.

    It is above t + ln(c), and at least ln(C) + (c*t + d*u + ...)/C with C = c + d + ..., as exp is convex.
    """
    parts = _exponentials(program.nodes, program.nodes[place][1], splitter)
    whole = (Fraction(1), splitter.terms(place))
    for c, terms in parts:
        yield Row(_sum(whole, (Fraction(-1), {**terms, 1: terms.get(1, 0) + below(c)})), strict=False)
    if len(parts) > 1:
        sizes = sum((c for c, _ in parts), Fraction(0))
        means = [(-c / sizes, terms) for c, terms in parts]
        yield Row(_sum(whole, *means, (Fraction(-1), {1: below(sizes)})), strict=False)


def below(number: Fraction) -> Fraction:
    """A fraction that is not above the logarithm of a positive number."""
    return Fraction(floor(log(number) * _PLACES) - 1, _PLACES) if number != 1 else Fraction(0)


def _exponentials(nodes: Sequence[Node], place: int, splitter: Splitter) -> list[Part]:
    """A node as numbers times exponentials, each by the terms of its argument; empty if it is no such sum."""
    found: list[Part] = []
    try:
        polynomial = Reader(nodes).read(place)
    except TooMuch:
        return []
    for monomial, c in polynomial.items():
        if c <= 0 or any(nodes[atom][0] != "exp" for atom, _ in monomial):
            return []
        found.append((c, _sum(*((Fraction(n), splitter.terms(nodes[atom][1])) for atom, n in monomial))))
    return found


def _sum(*parts: tuple[Fraction, Mapping[int, Fraction]]) -> Terms:
    found: dict[int, Fraction] = {}
    for factor, terms in parts:
        for key, c in terms.items():
            found[key] = found.get(key, Fraction(0)) + factor * c
    return {key: c for key, c in found.items() if c or key == 1}
