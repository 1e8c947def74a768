"""A node as a sum of terms, so that exp(a + 2b) is exp(a)*exp(b)^2 modulo a prime.

Legend
------
key      what a term is without its rational coefficient: a residue up to its sign, 1 for a number
terms    key -> coefficient
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from grader.budget import Budget
from grader.program import BINARY, Program

Residue = Any  # flint.nmod, which is untyped
Terms = Mapping[int, Fraction]

_MOST = 24  # terms that are kept apart
_MOST_BITS = 256  # of a coefficient's numerator and of its denominator
_UNITS = 4  # of work for a product or a sum of two coefficients
_ONE = Fraction(1)
_SPLIT = frozenset({"negative", "+", "-", "*", "/"})


class Splitter:
    """The terms of a program's nodes; ``values`` holds the nodes' residues and fills as they are found.

    What has too many terms, or too long ones, or is too much work, stays one term.
    """

    def __init__(self, program: Program, values: Sequence[Residue], prime: int, budget: Budget) -> None:
        self.nodes = program.nodes
        self.values = values
        self.prime = prime
        self.budget = budget
        self.known: dict[int, Terms] = {}

    def terms(self, place: int) -> Terms:
        """The terms of a node whose residue is known. Raises ZeroDivisionError as the node itself would."""
        known = self.known
        waiting = [] if place in known else [place]
        while waiting:
            last = waiting[-1]
            missing = [k for k in self.parts(last) if k not in known]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            known[last] = self._terms(last)
        return known[place]

    def parts(self, place: int) -> tuple[int, ...]:
        """The nodes whose terms the terms of a node are made of."""
        operation, i, j = self.nodes[place]
        if operation in _SPLIT:
            return (i, j) if operation in BINARY else (i,)
        return (i,) if operation == "power" and j == 2 else ()

    def _terms(self, place: int) -> Terms:
        operation, i, j = self.nodes[place]
        match operation:
            case "number":
                return self._short({1: Fraction(i, j)}, place) if i else {}
            case "negative":
                return self.times(self.known[i], -1)
            case "+":
                return self._sum(self.known[i], self.known[j], 1, place)
            case "-":
                return self._sum(self.known[i], self.known[j], -1, place)
            case "*":
                return self._product(self.known[i], self.known[j], place)
            case "/":
                return self._product(self.known[i], self._inverse(j), place)
            case "power" if j == 2:
                return self._product(self.known[i], self.known[i], place)
            case _:
                return self.single(self.values[place])

    def _short(self, terms: Terms, place: int) -> Terms:
        for c in terms.values():
            if c.numerator.bit_length() > _MOST_BITS or c.denominator.bit_length() > _MOST_BITS:
                return self.single(self.values[place])
        return terms

    def single(self, value: Residue) -> Terms:
        """One term, whatever it is made of."""
        key, negative = int(value), int(-value)
        return {key: _ONE} if key <= negative else {negative: -_ONE}

    def times(self, terms: Terms, sign: int) -> Terms:
        """The terms of a node or of its negative."""
        return terms if sign == 1 else {key: -c for key, c in terms.items()}

    def _inverse(self, place: int) -> Terms:
        terms = self.known[place]
        if len(terms) != 1:
            return self.single(1 / self.values[place])
        ((key, c),) = terms.items()
        inverse = pow(key, -1, self.prime)
        return {inverse: 1 / c} if 2 * inverse < self.prime else {self.prime - inverse: -1 / c}

    def _product(self, first: Terms, second: Terms, place: int) -> Terms:
        size = len(first) * len(second)
        if size > _MOST or not self.budget.affords(_UNITS * size):
            return self.single(self.values[place])
        found: dict[int, Fraction] = {}
        for a, c in first.items():
            for b, d in second.items():
                key = a * b % self.prime
                sign = 1 if 2 * key < self.prime else -1
                key = min(key, self.prime - key)
                found[key] = found.get(key, 0) + sign * c * d
        return self._short(found, place)

    def _sum(self, first: Terms, second: Terms, sign: int, place: int) -> Terms:
        size = len(first) + len(second)
        if size > _MOST or not self.budget.affords(1 + 0.1 * len(first) + _UNITS * len(second)):
            return self.single(self.values[place])
        found = dict(first)
        for key, c in second.items():
            found[key] = found.get(key, Fraction(0)) + sign * c
        return self._short(found, place)
