"""Both sides of a comparison modulo a prime in one cell, where every argument that bends has a sign.

Two signs contradict one another by linear inequalities in the terms of the arguments, by what is known of the
values of functions, or by the signs of products. What roots and logarithms ask for is among the inequalities.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd
from types import MappingProxyType
from typing import NamedTuple

from grader import inequalities
from grader.bends import BINARY, UNARY, WITHIN, Argument, even_factors
from grader.case import Case
from grader.facts import facts
from grader.linear import Row, TooMuch, solve
from grader.signs import UNITS, Core, Signs, contradictory, unit
from grader.terms import Residue, Terms

STRICT, ANY, OF_FACTORS = range(3)


class Empty(Exception):  # noqa: N818  a finding, not a fault
    """The inequalities of a cell contradict one another."""


class Way(NamedTuple):
    """Signs of arguments in the order of evaluation, and values by key with which they are so, if known."""

    choices: tuple[int, ...] = ()
    witness: Terms = MappingProxyType({})


class Sides(Signs):
    """The values in one cell: an argument that bends has a sign, by its way first.

    ``freedom``: which signs are looked at: those that go together, any, or any of each factor.
    """

    def __init__(self, case: Case, prime: int, way: Way, *, freedom: int = STRICT) -> None:
        super().__init__(case, prime)
        self.freedom = freedom
        self.choices = way.choices
        self.taken: tuple[int, ...] = ()
        self.forks: list[Way] = []
        self.signed: list[tuple[Argument, int]] = []  # arguments with a sign
        self.path: dict[int, int] = {}  # the signs of the arguments by bending node
        self.witness = way.witness  # values by key with which all rows hold, if known

    def is_equal(self, *, is_new: bool = True) -> bool:
        """Whether both sides are equal modulo the prime in this cell.

        Raises Empty for a cell without inner points, Nowhere where a side has no value. ``is_new``: whether
        the cell was not looked at modulo another prime before.
        """
        self.work_out(self.program.used)
        if is_new:
            self.check()
        return bool(self.found[self.program.left] == self.found[self.program.right])

    def check(self) -> None:
        """Raise Empty where the signs contradict one another."""
        self.cores = {}
        cores = [(sign, *self.core_of_argument(argument)) for argument, sign in self.signed]
        singles = ((place, sign) for (place, other), sign in self.signed if other is None)
        if any(self.structure(place) == -sign for place, sign in singles) or contradictory(cores):
            raise Empty

    def general_power(self, base: int, exponent: int) -> Residue:
        """0^v is 0 where it has a value."""
        value = self.found[base]
        return super().general_power(base, exponent) if value else value

    def names(self) -> tuple[tuple[int, int, int], ...]:
        """Of each variable its number, its key and the factor that makes the variable of that."""
        return tuple(
            (self.nodes[k][1], *unit(self.splitter.single(self.found[k])))
            for k in self.program.used
            if self.nodes[k][0] == "name" and self.found[k] is not None
        )

    def work_out(self, places: Iterable[int]) -> None:
        for place in places:
            operation, variable, _ = self.nodes[place]
            if place in self.bends:
                self.bend(place)
            elif operation == "name":
                self.found[place] = self.value("name", variable)
            else:
                super().work_out((place,))
                if not self.freedom:
                    self.learn(place)

    def learn(self, place: int) -> None:
        """What a node says of its argument and of its value."""
        operation, i, _ = self.nodes[place]
        if operation in ("ln", "root"):
            self.ask(i)
        if operation in WITHIN:
            for k in even_factors(self.nodes, i):
                self.side(-1 - k, self.found[k], self.splitter.terms(k))
        known = [*facts(self.program, place, self.splitter)]
        if operation == "ln" and self.budget.affords(inequalities.UNITS):
            known += inequalities.of_logarithm(self.program, place, self.splitter)
        self.facts += known
        self.bound.update(*(row.terms for row in known))

    def bend(self, place: int) -> None:
        """The value of a node that bends, in this cell."""
        operation, i, j = self.nodes[place]
        if operation in BINARY:
            is_first = (self.side(place, *self.argument(self.bends[place])) > 0) == (operation == "max")
            self.piece(place, i if is_first else j, 1)
        elif operation in UNARY:
            sign = self.side(place, *self.argument(self.bends[place]))
            self.piece(place, i, 1 if sign > 0 else -1 if operation == "abs" else 0)
        else:
            self.bent_root(place, i, j)

    def bent_root(self, place: int, power: int, degree: int) -> None:
        _, base, exponent = self.nodes[power]
        sign = self.side(place, self.found[base], self.splitter.terms(base))
        if exponent == degree:
            self.piece(place, base, sign)
            return
        common = gcd(exponent, degree)
        value = self.raised(sign * self.found[base], exponent // common)
        if degree != common and int(value) > 1:
            value = self.value("root", int(value), degree // common)
        self.found[place] = value

    def piece(self, place: int, other: int, factor: int) -> None:
        self.found[place] = factor * self.found[other]
        self.splitter.pieces[place] = (other, factor)

    def side(self, place: int, value: Residue, terms: Terms) -> int:
        """The sign of an argument: what follows from the others, else by choice."""
        if not value:
            return 1
        argument, other = self.bends[place]
        share = 1 if other is None else self.share(argument, other)
        if not share and other is not None and not self.found[argument]:
            argument, share = other, -1  # 0 - v
        if share:
            sign = share * self.single(argument)
            self.signed.append(((argument, None), share * sign))
        else:
            assert other is not None
            sign = self.known(value) or self.plain(argument, other)
            sign = sign or self.by_factors(self.core_of_argument((argument, other)), value, terms)
            self.signed.append(((argument, other), sign))
        self.path[place] = sign
        return sign

    def single(self, argument: int) -> int:
        """The sign of a node."""
        value = self.found[argument]
        terms = self.splitter.terms(argument)
        sign = self.sign(argument) or self.by_factors(self.core(argument), value, terms)
        self.remember(value, sign)
        return sign

    def by_factors(self, core: Core, value: Residue, terms: Terms) -> int:
        """The sign of an argument: that which its factors have together, as far as they matter."""
        sign, factors = core
        if not factors:
            return sign
        if self.freedom == OF_FACTORS:
            return sign * self.of_factors(factors)
        rest = self.one
        for key in factors:
            rest *= key
        whole = terms
        if len(factors) == 1:
            ((_, terms),) = factors.items()
        elif rest == -value:
            terms = self.splitter.times(terms, -1)
        elif rest != value:
            terms = self.splitter.single(rest)
        sign *= self.known(rest) or self.chosen(rest, terms, sign)
        if rest not in (value, -value):
            self.facts.append(Row(self.splitter.times(whole, sign)))
        return sign

    def of_factors(self, factors: Mapping[int, Terms]) -> int:
        """The sign of a product, each factor with one of its own."""
        sign = 1
        for key, terms in factors.items():
            value = key * self.one
            sign *= self.known(value) or self.chosen(value, terms)
        return sign

    def chosen(self, value: Residue, terms: Terms, factor: int = 1) -> int:
        """The sign of what may have either, which is then kept to; ``factor`` times it is the argument's."""
        sign = self.possible(terms, factor)
        self.settle(value, terms, sign)
        return sign

    def possible(self, terms: Terms, factor: int) -> int:
        """The one possible sign of terms; of two that of this cell, and the other waits.

        A way holds signs of arguments, because those of terms depend on the prime.
        """
        if self.is_known_way:
            sign = factor * self.choices[len(self.taken)]
        elif self.freedom:
            sign = 1
            self.forks.append(Way((*self.taken, -factor)))
        else:
            inside = {sign: self.solution(terms, sign) for sign in (1, -1)}
            if inside[1] is not None and inside[-1] is not None:
                self.forks.append(Way((*self.taken, -factor), inside[-1]))
            sign = -1 if inside[1] is None else 1
            self.witness = inside[sign] or {}
        self.taken = (*self.taken, factor * sign)
        return sign

    @property
    def is_known_way(self) -> bool:
        """Whether another cell has been here already, and has found what is possible."""
        return len(self.taken) < len(self.choices)

    def solution(self, terms: Terms, sign: int) -> Mapping[int, Fraction] | None:
        """Values with which a sum of terms has a sign here; None if there are none, empty if unknown."""
        if not self.budget.affords(UNITS + 0.2 * (len(self.witness) + len(self.rows) + len(self.facts))):
            return {}
        values = {key: self.witness[key] for key in terms if key in self.witness} | {1: Fraction(1)}
        free = [key for key, c in terms.items() if c and key not in values and key not in self.bound]
        values |= {key: self.chance.between(-3, 3) for key in free}
        if terms.keys() <= values.keys() and (self.witness or not self.rows):
            value = sum((c * values[key] for key, c in terms.items()), Fraction(0))
            if free and sign * value <= 0:
                values[free[0]] -= (value - sign * self.chance.between(0, 3)) / terms[free[0]]
                value = Fraction(sign)
            if sign * value > 0:
                return {**self.witness, **values}
        row = Row(self.splitter.times(terms, sign))
        try:
            return solve(self.all_rows(row), self.chance, self.budget)
        except TooMuch:
            return {}

    def ask(self, place: int) -> None:
        """That a node be positive, if it is not 0 everywhere."""
        value, terms = self.found[place], self.splitter.terms(place)
        if not value:
            return
        known = self.known(value) or self.structure(place)
        if known < 0:
            raise Empty
        if not known and not self.is_known_way:
            inside = self.solution(terms, 1)
            if inside is None:
                raise Empty
            self.witness = inside
        self.signed.append(((place, None), 1))
        if not known:
            self.settle(value, terms, 1)
