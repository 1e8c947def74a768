"""The argument of an exponential as a sum of terms, so that exp(a + 2b) is exp(a)*exp(b)^2 modulo a prime.

Legend
------
key      what a term is without its rational coefficient: a residue up to its sign, 1 for a number
terms    key -> coefficient
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from grader.program import Program

Residue = Any  # flint.nmod, which is untyped
Terms = Mapping[int, Fraction]

_MOST = 24  # terms that are kept apart
_ONE = Fraction(1)


class Splitter:
    """The terms of a program's nodes; ``values`` holds the nodes' residues and fills as they are found."""

    def __init__(self, program: Program, values: Sequence[Residue], prime: int) -> None:
        self.program = program
        self.values = values
        self.prime = prime
        self.known: dict[int, Terms] = {}

    def terms(self, place: int) -> Terms:
        """The terms of a node whose residue is known. Raises ZeroDivisionError as the node itself would."""
        if place not in self.known:
            for k in self.program.reached(place):
                if k not in self.known:
                    self.known[k] = self._terms(k)
        return self.known[place]

    def _terms(self, place: int) -> Terms:
        operation, i, j = self.program.nodes[place]
        match operation:
            case "number":
                return {1: Fraction(i, j)} if i else {}
            case "negative":
                return {key: -c for key, c in self.known[i].items()}
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
                return self._single(self.values[place])

    def _single(self, value: Residue) -> Terms:
        key, negative = int(value), int(-value)
        return {key: _ONE} if key <= negative else {negative: -_ONE}

    def _inverse(self, place: int) -> Terms:
        terms = self.known[place]
        return {1: 1 / terms[1]} if terms.keys() == {1} else self._single(1 / self.values[place])

    def _product(self, first: Terms, second: Terms, place: int) -> Terms:
        if len(first) * len(second) > _MOST:
            return self._single(self.values[place])
        found: dict[int, Fraction] = {}
        for a, c in first.items():
            for b, d in second.items():
                key = a * b % self.prime
                sign = 1 if 2 * key < self.prime else -1
                key = min(key, self.prime - key)
                found[key] = found.get(key, 0) + sign * c * d
        return found

    def _sum(self, first: Terms, second: Terms, sign: int, place: int) -> Terms:
        if len(first) + len(second) > _MOST:
            return self._single(self.values[place])
        found = dict(first)
        for key, c in second.items():
            found[key] = found.get(key, Fraction(0)) + sign * c
        return found
