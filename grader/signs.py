"""The signs of values in one cell: by inequalities, by facts, and by what the values are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from grader import definite, inequalities
from grader.bends import Argument
from grader.budget import Budget
from grader.case import Case
from grader.definite import Polynomial
from grader.factors import UNITS as FACTORING
from grader.factors import factors as factors_of
from grader.facts import rising
from grader.linear import Row, TooMuch, solve
from grader.modular import Field
from grader.program import Program
from grader.rising import Rising, about
from grader.terms import Residue, Splitter, Terms

Core = tuple[int, Mapping[int, Terms]]  # a sign, and factors that have one besides

UNITS = 6  # of work for an argument that bends
_LOOK = 2  # units of work for a look at a node
_DEEPEST = 100  # parts of parts that are looked into for factors
_NOT_NEGATIVE = frozenset({"exp", "cosh", "sigmoid", "root", "abs", "relu"})


class PieceSplitter(Splitter):
    """Sees through a function that bends to the piece that it is in this cell."""

    def __init__(self, program: Program, values: list[Residue], prime: int, budget: Budget) -> None:
        super().__init__(program, values, prime, budget)
        self.pieces: dict[int, tuple[int, int]] = {}  # node -> the node and the factor that it is here

    def parts(self, place: int) -> tuple[int, ...]:
        return (self.pieces[place][0],) if place in self.pieces else super().parts(place)

    def _terms(self, place: int) -> Terms:
        if place not in self.pieces:
            return super()._terms(place)
        other, factor = self.pieces[place]
        return self.times(self.known[other], factor) if factor else {}


class Signs(Field):
    """Values modulo a prime, and the signs that they have where ``rows`` hold."""

    def __init__(self, case: Case, prime: int) -> None:
        super().__init__(case.program, prime, case.chance, case.budget)
        self.case = case
        self.budget = case.budget
        self.bends = case.bends
        self.splitter: PieceSplitter = PieceSplitter(case.program, self.found, prime, case.budget)
        self.signs: dict[int, int] = {}  # by key
        self.cores: dict[tuple[int, bool], Core] | None = None  # kept once no more signs come
        self.rows: list[Row] = []
        self.facts: list[Row] = []
        self.bound = {1}  # the keys of rows and facts

    def all_rows(self, *more: Row) -> tuple[Row, ...]:
        """The rows of the cell and the facts about what is in them."""
        rows = (*self.rows, *more)
        return (*rows, *about(rows, self.facts))

    def nearer(self) -> tuple[Row, ...]:
        """What holds of functions and their arguments where these have a known sign."""
        return tuple(inequalities.slower(self.program, self.splitter, self.sign))

    def rising(self) -> tuple[Rising, ...]:
        """The values of rising functions in this cell."""
        return rising(self.program, self.splitter)

    def settle(self, value: Residue, terms: Terms, sign: int) -> None:
        self.remember(value, sign)
        self.rows.append(Row(self.splitter.times(terms, sign)))
        self.bound |= terms.keys()

    def remember(self, value: Residue, sign: int) -> None:
        """That a value has a sign, which follows from what is settled."""
        key, negative = int(value), int(-value)
        self.signs[min(key, negative)] = sign if key < negative else -sign

    def known(self, value: Residue) -> int:
        """The sign of a value if it is known, else 0."""
        key, negative = int(value), int(-value)
        return self.signs.get(min(key, negative), 0) * (1 if key < negative else -1)

    def structure(self, place: int) -> int:
        """The sign of a node by what it is made of, 0 if that does not tell."""
        operation, i, j = self.nodes[place]
        match operation:
            case "number":
                return (i > 0) - (i < 0)
            case "negative":
                return -self.sign(i)
            case "tanh" | "sinh":
                return self.sign(i)
            case "*" | "/":
                return self.sign(i) * self.sign(j)
            case "power":
                return self.sign(i) if j % 2 else 1
            case "+" | "-":
                return self.definite(place, None) or self.by_facts(place)
            case _:
                return int(operation in _NOT_NEGATIVE) or self.case.constant(place)

    def definite(self, place: int, other: int | None) -> int:
        """The sign of a polynomial that never changes it; looked for once in a comparison."""
        known = self.program.definite
        if (place, other) not in known:
            is_paid = self.budget.affords(definite.UNITS)
            known[place, other] = definite.sign(self.nodes, place, other) if is_paid else 0
        return known[place, other]

    def by_facts(self, place: int) -> int:
        """The sign of a sum by what holds for the functions in it, such as that of 1 - tanh(z)."""
        terms = self.splitter.terms(place)
        related = about((Row(terms),), self.facts)
        try:
            for sign in (1, -1) if related and self.budget.affords(UNITS) else ():
                row = Row(self.splitter.times(terms, -sign), strict=False)
                if solve((row, *related), self.chance, self.budget) is None:
                    return sign
        except TooMuch:
            pass
        return 0

    def sign(self, place: int) -> int:
        """The sign of a node if it is known, else 0."""
        if not self.budget.affords(_LOOK):
            return 0
        return self.known(self.found[place]) or self.structure(place)

    def plain(self, argument: int, other: int) -> int:
        """The sign of a difference by what it is made of."""
        return self.case.constant(argument, other) or self.definite(argument, other)

    def share(self, argument: int, other: int) -> int:
        """The sign of c where a difference is c times its first node; 0 where it is no such multiple."""
        first, second = self.splitter.terms(argument), self.splitter.terms(other)
        ratios = {second.get(key, 0) / c for key, c in first.items() if c}
        if len(ratios) != 1 or any(c and not first.get(key) for key, c in second.items()):
            return 0
        (ratio,) = ratios
        return (ratio < 1) - (ratio > 1)

    def core(self, place: int, depth: int = 0) -> Core:
        """A sign, and factors (key -> its terms) that have one besides: u/v has the sign of u*v.

        Those that are known and even powers are left out; a sum of parts with the same core has that core.
        """
        if self.cores is None:
            return self._core(place, depth)
        if (place, not depth) not in self.cores:
            self.cores[place, not depth] = self._core(place, depth)
        return self.cores[place, not depth]

    def _core(self, place: int, depth: int) -> Core:
        is_open = depth < _DEEPEST and self.budget.affords(_LOOK)
        operation, i, j = self.nodes[place] if is_open else ("", 0, 0)
        if operation in ("*", "/"):
            return _together(self.core(i, depth + 1), self.core(j, depth + 1))
        if operation == "negative" or (operation == "power" and j % 2):
            sign, factors = self.core(i, depth + 1)
            return (-sign if operation == "negative" else sign), factors
        if operation in ("+", "-") and (found := self.core_of_sum(operation, i, j, depth)):
            return found
        if not depth and (taken := self.taken_apart((place, None))):
            return taken
        if known := self.sign(place):
            return known, {}
        terms = self.splitter.terms(place)
        if terms.keys() == {1}:
            return (1 if terms[1] > 0 else -1), {}
        return (is_open and depth and self.taken_apart((place, None))) or self.lone(self.found[place], terms)

    def core_of_argument(self, argument: Argument) -> Core:
        """The core of what a node bends at, be it a node or the difference of two."""
        first, second = argument
        if second is None:
            return self.core(first)
        return self.taken_apart(argument) or self.lone(*self.argument(argument))

    def argument(self, argument: Argument) -> tuple[Residue, Terms]:
        """The value of what a node bends at, and its terms."""
        first, second = argument
        if second is None:
            return self.found[first], self.splitter.terms(first)
        terms = dict(self.splitter.terms(first))
        for key, c in self.splitter.terms(second).items():
            terms[key] = terms.get(key, Fraction(0)) - c
        return self.found[first] - self.found[second], terms

    def core_of_sum(self, operation: str, i: int, j: int, depth: int) -> Core | None:
        """The core of a sum if it is that of both parts, or if one part is 0."""
        if not self.found[j]:
            return self.core(i, depth + 1)
        sign = 1 if operation == "+" else -1
        second = self.core(j, depth + 1)
        if not self.found[i]:
            return sign * second[0], second[1]
        first = self.core(i, depth + 1)
        is_same = first[1].keys() == second[1].keys() and first[0] == sign * second[0]
        return first if is_same else None

    def taken_apart(self, argument: Argument) -> Core | None:
        """The core of a sum by its factors, if it has any."""
        place, other = argument
        if other is None and self.nodes[place][0] not in ("+", "-"):
            return None
        known = self.program.factored
        if argument not in known:
            is_paid = self.budget.affords(FACTORING)
            known[argument] = factors_of(self.nodes, place, other) if is_paid else (0, ())
        sign, parts = known[argument]
        found: Core = sign, {}
        for part in parts:
            found = _together(found, self.core_of(part))
        return found if sign else None

    def core_of(self, polynomial: Polynomial) -> Core:
        """The core of a polynomial in nodes."""
        first = next(iter(polynomial))
        if len(polynomial) == len(first) == 1:
            return self.core(first[0][0], 1)
        whole, terms = 0 * self.one, dict[int, Fraction]()
        for monomial, c in polynomial.items():
            value = self.one
            for atom, power in monomial:
                value *= self.found[atom] ** power
            key, sign = unit(self.splitter.single(value))
            terms[key] = terms.get(key, Fraction(0)) + sign * c
            whole += value * c.numerator
        return self.lone(whole, terms)

    def lone(self, value: Residue, terms: Terms) -> Core:
        """A factor of its own."""
        if known := self.known(value):
            return known, {}
        key, sign = unit(self.splitter.single(value))
        return sign, {key: self.splitter.times(terms, sign)}


def _together(first: Core, second: Core) -> Core:
    """The core of a product or a quotient."""
    (sign, one), (other_sign, other) = first, second
    return sign * other_sign, {k: t for k, t in ({**one, **other}).items() if (k in one) != (k in other)}


def contradictory(cores: Iterable[tuple[int, int, Mapping[int, Terms]]]) -> bool:
    """Whether no signs of factors go with all of these: the sign of a whole, and its core."""
    known: dict[int, tuple[int, frozenset[int]]] = {}  # a factor -> its sign times those of others
    for whole, sign, factors in cores:
        found, left = whole * sign, frozenset(factors)
        while left and (first := min(left)) in known:
            other, rest = known[first]
            found, left = found * other, left ^ rest
        if not left and found < 0:
            return True
        if left:
            known[min(left)] = found, left
    return False


def unit(terms: Terms) -> tuple[int, int]:
    """Of a single term its key, and the factor that makes the whole of it."""
    ((key, sign),) = terms.items()
    return key, int(sign)
