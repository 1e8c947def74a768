"""Sweeps backward through a network, in waves: the chain rule from equation to equation.

    derivative of A by B = sum over the nodes N that use B: derivative of A by N * slope of N by B

Legend
------
sweep    the derivatives of one node A by the names before it; it goes on behind some of the nodes only
slope    the derivative of one equation by one name in it; see ``waves``
wave     sums of equally many terms whose derivatives are known
place    where a derivative stands, shape of all of them (places, *variants)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.operations import Array
from grader.waves import Indices, decoder, total

ZERO, ONE = 0, 1  # the places of these two numbers
Users = Mapping[str, Sequence[tuple[str, int]]]
Wanted = tuple[str, str, frozenset[str]]  # A, B, the nodes behind which the sweep goes on


@dataclass(frozen=True, eq=False, slots=True)
class Wave:
    """The sums at the places ``sums``; column k of the others: where the factors of the k-th one stand."""

    sums: slice
    derivatives: Indices
    slopes: Indices


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """How to work out some derivatives, and the places where those that are wanted then stand."""

    waves: tuple[Wave, ...]
    places: Mapping[str, int]
    length: int

    def run(self, slopes: Array, found: Array) -> None:
        """Put all derivatives into ``found``, zeros of shape (length, *variants)."""
        found[ONE] = 1
        for wave in self.waves:
            found[wave.sums] = total(found[wave.derivatives] * slopes[wave.slopes])


def plan(users: Users, wanted: Mapping[str, Wanted]) -> Plan:
    """How to work out the derivatives ``wanted``, by their names. ``users``: see ``waves.Program``."""
    sums = _Sums(users)
    codes = {name: sums.derivative(*each) for name, each in wanted.items()}
    groups = sums.groups()
    order = np.argsort([k for group in groups for k in group])
    place, waves, first = decoder(2, order.astype(np.intp)), [], 2
    for group in groups:
        terms = np.array([sums.terms[k] for k in group])  # shape (sums, terms, 2)
        end = first + len(group)
        waves.append(Wave(slice(first, end), place[terms[..., 0].T], terms[..., 1].T))
        first = end
    return Plan(tuple(waves), {name: int(place[code]) for name, code in codes.items()}, len(place))


class _Sums:
    """The sums that are needed. A code is ZERO, ONE, or ~k for sum k."""

    def __init__(self, users: Users) -> None:
        self._users = users
        self._codes: dict[Wanted, int] = {}
        self._levels = {ONE: 0}  # of each code: more than those of its terms
        self.terms: list[list[tuple[int, int]]] = []  # of each sum: codes of derivatives, places of slopes

    def derivative(self, output: str, name: str, through: frozenset[str]) -> int:
        """The code of the derivative of ``output`` by ``name``."""
        if name == output:
            return ONE
        key = output, name, through
        if key not in self._codes:
            self._codes[key] = self._sum(*key)
        return self._codes[key]

    def _sum(self, output: str, name: str, through: frozenset[str]) -> int:
        users = (
            (node, slope) for node, slope in self._users.get(name, ()) if node == output or node in through
        )
        found = [(self.derivative(output, node, through), slope) for node, slope in users]
        terms = [term for term in found if term[0] != ZERO]
        if not terms:
            return ZERO
        self.terms.append(terms)
        code = -len(self.terms)
        self._levels[code] = 1 + max(self._levels[term] for term, _ in terms)
        return code

    def groups(self) -> list[list[int]]:
        """The sums, wave by wave; those that no other one needs come last, so that the waves are few."""
        needed = {code for terms in self.terms for code, _ in terms}
        last = 1 + max(self._levels.values())
        groups: dict[tuple[int, int], list[int]] = defaultdict(list)
        for k, terms in enumerate(self.terms):
            groups[self._levels[~k] if ~k in needed else last, len(terms)].append(k)
        return [groups[key] for key in sorted(groups)]
