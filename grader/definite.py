"""Sums that never change their sign, such as ``x^2 - 6*x + 10`` or ``x + sqrt(1 + x^2)``.

Legend
------
atom         a node that is not a sum, a product or a whole power: a variable, or a function's value
monomial     atoms with their powers, sorted
polynomial   monomial -> coefficient
half         a monomial whose square is in the polynomial
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from flint import fmpq, fmpq_poly

from grader.program import Node

Monomial = tuple[tuple[int, int], ...]
Polynomial = Mapping[Monomial, Fraction]

_MOST_DEGREE = 12
_MOST_BITS = 256  # of a coefficient
_MOST_WORK = 400  # nodes, and products of two monomials
_MOST_SIGNS = 12  # polynomials that are looked at on the way
_MOST_MONOMIALS = 24
UNITS = 500  # of work at most, as in ``budget``
_ONE: Monomial = ()
_NOT_NEGATIVE = frozenset({"exp", "cosh", "sigmoid", "root", "abs", "relu"})


class TooMuch(Exception):  # noqa: N818  a finding, not a fault
    """Not a polynomial, or a large one."""


def sign(nodes: Sequence[Node], place: int, other: int | None = None) -> int:
    """1 or -1 if the node is never below or never above 0 wherever it has a value, else 0.

    ``other``: a node that is taken off it. The node is read as a polynomial in its atoms.
    """
    reader = Reader(nodes)
    try:
        polynomial = reader.read(place)
        if other is not None:
            polynomial = added(polynomial, reader.read(other), -1)
        return _sign(polynomial, reader)
    except TooMuch:
        return 0


def _sign(polynomial: Polynomial, reader: Reader) -> int:
    reader.signs -= 1
    if reader.signs < 0:
        raise TooMuch
    for side in (1, -1):
        if _is_sum_of_squares({m: side * c for m, c in polynomial.items()}, reader):
            return side
    atoms = {atom for monomial in polynomial for atom, _ in monomial}
    if len(atoms) == 1:
        return _sign_of_one(polynomial, atoms.pop(), reader)
    return next((found for root in sorted(atoms) if (found := _sign_with_root(polynomial, root, reader))), 0)


def _sign_of_one(polynomial: Polynomial, atom: int, reader: Reader) -> int:
    """Of a polynomial in one atom. Its zeros are enclosed in certified balls (python-flint).

    The sign changes at a real zero of odd multiplicity, so no ball of such a zero may touch the real line.
    """
    scale = 2 if reader.nodes[atom][0] in _NOT_NEGATIVE else 1  # a value that is not negative is a square
    coefficients = [fmpq(0)] * (scale * _MOST_DEGREE + 1)
    for monomial, c in polynomial.items():
        coefficients[scale * sum(power for _, power in monomial)] = fmpq(c.numerator, c.denominator)
    single = fmpq_poly(coefficients)
    zeros: Any = single.numer().complex_roots()  # its stub leaves out how often each is one
    if any(times % 2 and zero.imag.contains(0) for zero, times in zeros):
        return 0
    somewhere = next(value for at in range(2 * _MOST_DEGREE + 1) if (value := single(at)) != 0)
    return 1 if somewhere > 0 else -1


def _sign_with_root(polynomial: Polynomial, root: int, reader: Reader) -> int:
    """Of p + q*sqrt(v): that of p if p^2 >= q^2*v and p has one, that of q if it is the other way round."""
    operation, inner, degree = reader.nodes[root]
    if operation != "root" or degree != 2:
        return 0
    parts: tuple[dict[Monomial, Fraction], dict[Monomial, Fraction]] = ({}, {})
    for monomial, c in polynomial.items():
        power = dict(monomial).get(root, 0)
        if power > 1:
            return 0
        parts[power][tuple(each for each in monomial if each[0] != root)] = c
    p, q = parts
    square = reader.product(reader.product(q, q), reader.read(inner))
    larger = _sign(added(reader.product(p, p), square, -1), reader)
    return (_sign(p, reader) if larger > 0 else _sign(q, reader)) if larger else 0


def _is_sum_of_squares(polynomial: Polynomial, reader: Reader) -> bool:
    """Whether it is seen to be one: with a Gram matrix over its halves that has no negative eigenvalue."""
    doubled = {_doubled(monomial, reader): c for monomial, c in polynomial.items()}
    halves = [
        tuple((atom, power // 2) for atom, power in monomial)
        for monomial, c in doubled.items()
        if c > 0 and all(power % 2 == 0 for _, power in monomial)
    ]
    gram: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    left = {monomial: c for monomial, c in doubled.items() if c}
    for at, half in enumerate(halves):
        gram[at, at] = left.pop(_times(half, half))
    for (a, first), (b, second) in combinations(enumerate(halves), 2):
        c = left.pop(_times(first, second), Fraction(0)) / 2
        gram[a, b] = gram[b, a] = c
    return not left and _is_not_negative(gram, len(halves))


def _doubled(monomial: Monomial, reader: Reader) -> Monomial:
    """With the square of another atom for each that is not negative."""
    return tuple(
        (atom, power * (2 if reader.nodes[atom][0] in _NOT_NEGATIVE else 1)) for atom, power in monomial
    )


def _is_not_negative(gram: Mapping[tuple[int, int], Fraction], size: int) -> bool:
    """Whether a symmetric matrix has no negative eigenvalue, by elimination."""
    left = dict(gram)
    for pivot in range(size):
        others = [k for k in range(pivot + 1, size) if left[pivot, k]]
        top = left[pivot, pivot]
        if top < 0 or (top == 0 and others):
            return False
        for a in others:
            for b in others:
                left[a, b] -= left[pivot, a] * left[pivot, b] / top
    return True


class Reader:
    """Reads a node as a polynomial in its atoms; raises TooMuch where it is a large one."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.left = _MOST_WORK
        self.signs = _MOST_SIGNS

    def pay(self, work: int) -> None:
        self.left -= work
        if self.left < 0:
            raise TooMuch

    def read(self, place: int) -> Polynomial:
        """The polynomial that a node is. Raises TooMuch."""
        self.pay(1)
        operation, i, j = self.nodes[place]
        match operation:
            case "number":
                return _bounded({_ONE: Fraction(i, j)} if i else {})
            case "negative":
                return {monomial: -c for monomial, c in self.read(i).items()}
            case "power" if 0 < j <= _MOST_DEGREE:
                return self.power(self.read(i), j)
            case "+" | "-":
                return added(self.read(i), self.read(j), 1 if operation == "+" else -1)
            case "*":
                return self.product(self.read(i), self.read(j))
            case "/" if self.nodes[j][0] == "number":
                _, above, below = self.nodes[j]
                return _bounded({monomial: c * below / above for monomial, c in self.read(i).items()})
            case _:
                return {((place, 1),): Fraction(1)}

    def power(self, base: Polynomial, exponent: int) -> Polynomial:
        found: Polynomial = {_ONE: Fraction(1)}
        for _ in range(exponent):
            found = self.product(found, base)
        return found

    def product(self, first: Polynomial, second: Polynomial) -> Polynomial:
        self.pay(len(first) * len(second))
        found: dict[Monomial, Fraction] = defaultdict(Fraction)
        for a, c in first.items():
            for b, d in second.items():
                found[_times(a, b)] += c * d
        return _bounded({monomial: c for monomial, c in found.items() if c})


def added(first: Polynomial, second: Polynomial, sign: int) -> Polynomial:
    """One polynomial and ``sign`` times another. Raises TooMuch."""
    found = dict(first)
    for monomial, c in second.items():
        found[monomial] = found.get(monomial, Fraction(0)) + sign * c
    return _bounded({monomial: c for monomial, c in found.items() if c})


def _times(first: Monomial, second: Monomial) -> Monomial:
    powers = dict(first)
    for atom, power in second:
        powers[atom] = powers.get(atom, 0) + power
    return tuple(sorted(powers.items()))


def _bounded(polynomial: Polynomial) -> Polynomial:
    if len(polynomial) > _MOST_MONOMIALS:
        raise TooMuch
    for monomial, c in polynomial.items():
        bits = max(c.numerator.bit_length(), c.denominator.bit_length())
        if bits > _MOST_BITS or sum(power for _, power in monomial) > _MOST_DEGREE:
            raise TooMuch
    return polynomial
