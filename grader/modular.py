"""Values of a program modulo a 61-bit prime: a proof of identity, wrong with a chance below 2^-50.

A function that is not rational is an opaque value: drawn at random, the same for the same argument. What
holds for such values holds for the functions, since only laws of the real functions are built in:
exp(a + b) = exp(a)*exp(b), the same for powers and, with sin and cos as parts of exp(i*v), for angles;
ln(1) = 0; abs(-v) = abs(v); and what is defined through these. The prime comes from the program itself,
so nobody can write a multiple of it into an answer; it is 1 modulo 4, so that there is an i.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cached_property
from math import gcd

from flint import fmpz, nmod

from grader.budget import Budget
from grader.chance import Chance
from grader.program import Program
from grader.terms import Residue, Splitter, Terms

_BITS = 61
_SMALL_PRIMES = 16294579238595022365  # 3 * 5 * ... * 53
_ROOT = 5040  # an exponential is this power of an opaque value, so that its square root is one too


class Inapplicable(Exception):  # noqa: N818  a finding, not a fault
    """A value that cannot be found modulo this prime, such as 0^v."""


class Nowhere(Inapplicable):
    """A value that is not there, such as 1/0 or ln(0)."""


def agree(program: Program, chance: Chance, points: int, budget: Budget) -> bool:
    """Whether both sides are equal at random points modulo a random prime. Raises Inapplicable."""
    prime = draw_prime(chance)
    return all(_agree_once(program, Field(program, prime, chance, budget)) for _ in range(points))


def draw_prime(chance: Chance) -> int:
    """A prime of 61 bits, 1 modulo 4."""
    candidate = chance.below(1 << (_BITS - 1)) >> 2 << 2 | 1 << (_BITS - 1) | 1
    while gcd(candidate, _SMALL_PRIMES) != 1 or not fmpz(candidate).is_prime():
        candidate += 4
    return candidate


def _agree_once(program: Program, field: Field) -> bool:
    field.work_out(program.used)
    return bool(field.found[program.left] == field.found[program.right])


class Field:
    """The numbers modulo a prime, with an opaque value for each function and argument."""

    def __init__(self, program: Program, prime: int, chance: Chance, budget: Budget) -> None:
        self.nodes = program.nodes
        self.prime = prime
        self.chance = chance
        self.found: list[Residue] = [None] * len(program.nodes)
        self.splitter = Splitter(program, self.found, prime, budget)
        self.one = nmod(1, prime)
        self.opaque: dict[tuple[str | int, ...], Residue] = {}

    def work_out(self, places: Iterable[int]) -> None:
        """Find the values of nodes, in this order. Raises Inapplicable."""
        nodes, found = self.nodes, self.found
        try:
            for place in places:
                operation, i, j = nodes[place]
                if operation == "name":
                    found[place] = self.any()
                elif operation == "number":
                    found[place] = nmod(i, self.prime) / nmod(j, self.prime)
                elif operation in _BY_PLACE:
                    found[place] = _BY_PLACE[operation](self, i, j)
                else:
                    found[place] = _RULES[operation](self, found[i], found[j])
        except ZeroDivisionError as error:
            raise Nowhere from error

    def raised(self, value: Residue, exponent: int) -> Residue:
        """A power of a value; of one that is not 0 the exponent counts modulo the prime less 1."""
        is_long = exponent.bit_length() > _BITS and value
        return value ** (exponent % (self.prime - 1)) if is_long else value**exponent

    def any(self) -> Residue:
        return nmod(self.chance.below(self.prime - 2) + 2, self.prime)

    def value(self, *key: str | int) -> Residue:
        """The opaque value of a function (first) of arguments (rest)."""
        if key not in self.opaque:
            self.opaque[key] = self.any()
        return self.opaque[key]

    @cached_property
    def i(self) -> Residue:
        """A square root of -1."""
        while True:
            root = self.any() ** ((self.prime - 1) // 4)
            if root * root == -1:
                return root

    def exponential(self, terms: Terms, *base: str | int) -> Residue:
        """The product of the exponentials of terms; each has a root that lets coefficients be fractions."""
        result = self.one
        for key, coefficient in terms.items():
            power = coefficient * _ROOT
            if power.denominator != 1:
                result *= self.raised(self.value(*base, key, power.denominator), power.numerator)
            else:
                result *= self.raised(self.value(*base, key), power.numerator)
        return result

    def exp(self, place: int) -> Residue:
        return self.exponential(self.splitter.terms(place), "exp")

    def turn(self, place: int) -> Residue:
        """exp(i*v): a quarter turn is i."""
        terms = dict(self.splitter.terms(place))
        pi = self.value("pi")
        key = min(int(pi), int(-pi))
        quarters = 2 * terms.get(key, Fraction(1, 4))
        if quarters.denominator != 1:
            return self.exponential(terms, "turn")
        sign = 1 if pi == key else -1
        del terms[key]
        return self.exponential(terms, "turn") * self.i ** (sign * quarters.numerator % 4)

    def sin(self, place: int) -> Residue:
        turn = self.turn(place)
        return (turn - 1 / turn) / (2 * self.i)

    def cos(self, place: int) -> Residue:
        turn = self.turn(place)
        return (turn + 1 / turn) / 2

    def sinh(self, place: int) -> Residue:
        exp = self.exp(place)
        return (exp - 1 / exp) / 2

    def cosh(self, place: int) -> Residue:
        exp = self.exp(place)
        return (exp + 1 / exp) / 2

    def sigmoid(self, place: int) -> Residue:
        exp = self.exp(place)
        return exp / (1 + exp)

    def general_power(self, base: int, exponent: int) -> Residue:
        """a^(m + c) = a^m * a^c, and a whole number c of factors is multiplied out."""
        value = self.found[base]
        if not value:
            raise Inapplicable
        terms = dict(self.splitter.terms(exponent))
        whole = terms.pop(1, Fraction(0))
        if whole.denominator != 1:
            terms[1], whole = whole, Fraction(0)
        return self.exponential(terms, "^", int(value)) * self.raised(value, whole.numerator)

    def power(self, place: int, exponent: int) -> Residue:
        """A power of a root or of an absolute value is one of what is inside, as far as it goes."""
        operation, i, degree = self.nodes[place]
        if operation == "abs" and exponent % 2 == 0:
            return self.raised(self.found[i], exponent)
        if operation == "root":
            whole, rest = divmod(exponent, degree)
            return self.raised(self.found[i], whole) * self.raised(self.found[place], rest)
        return self.raised(self.found[place], exponent)

    def root(self, place: int, degree: int) -> Residue:
        value = self.found[place]
        return self.value("root", int(value), degree) if int(value) > 1 else value

    def ln(self, v: Residue) -> Residue:
        if not v:
            raise Nowhere
        return self.value("ln", int(v)) if v != 1 else v - v

    def abs(self, v: Residue) -> Residue:
        return self.value("abs", min(int(v), int(-v))) if v else v

    def max(self, a: Residue, b: Residue) -> Residue:
        return (a + b + self.abs(a - b)) / 2


_BY_PLACE: dict[str, Callable[[Field, int, int], Residue]] = {
    "power": Field.power,
    "root": Field.root,
    "^": lambda f, i, j: f.general_power(i, j),
    "exp": lambda f, i, _: f.exp(i),
    "sigmoid": lambda f, i, _: f.sigmoid(i),
    "tanh": lambda f, i, _: f.sinh(i) / f.cosh(i),
    "sinh": lambda f, i, _: f.sinh(i),
    "cosh": lambda f, i, _: f.cosh(i),
    "sin": lambda f, i, _: f.sin(i),
    "cos": lambda f, i, _: f.cos(i),
    "tan": lambda f, i, _: f.sin(i) / f.cos(i),
}
_RULES: dict[str, Callable[[Field, Residue, Residue], Residue]] = {
    "+": lambda f, a, b: a + b,
    "-": lambda f, a, b: a - b,
    "*": lambda f, a, b: a * b,
    "/": lambda f, a, b: a / b,
    "max": Field.max,
    "min": lambda f, a, b: -f.max(-a, -b),
    "negative": lambda f, a, _: -a,
    "pi": lambda f, _, __: f.value("pi"),
    "ln": lambda f, a, _: f.ln(a),
    "abs": lambda f, a, _: f.abs(a),
    "relu": lambda f, a, _: f.max(a, a - a),
}
