"""Values of a program modulo 62-bit primes: a proof of identity, wrong with a chance below 2^-50.

A function that is not rational is an opaque value: drawn at random, the same for the same argument. What
holds for such values holds for the functions, since only laws of the real functions are built in:
exp(a + b) = exp(a)*exp(b), the same for powers and, with sin and cos as parts of exp(i*v), for angles;
ln(exp(t)*v) = t + ln(v), ln(1) = 0; abs(-v) = abs(v); and what is defined through these. The
prime comes from the program itself, so nobody can write a multiple of it into an answer; it is 1 modulo 4, so
that there is an i.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import gcd
from typing import NamedTuple

from flint import fmpz, nmod

from grader.budget import Budget
from grader.case import Case
from grader.chance import Chance
from grader.logarithms import Logarithms
from grader.program import BINARY, LEAVES, Program
from grader.terms import Residue, Splitter, Terms

_BITS = 62  # so that python-flint keeps a prime in one word
_WHEEL = 4 * 3 * 5 * 7 * 11
_SPOKES = tuple(k for k in range(1, _WHEEL, 4) if gcd(k, _WHEEL) == 1)
_STEPS = 128  # from a drawn number to a prime
CERTAIN = 50  # bits: the chance of a wrong proof is below 2^-this
_MORE = {"+": 1, "-": 1, "max": 3, "min": 3, "^": 3}  # beyond the sizes of both operands
_LEAST = 2  # bits that one prime must bring
_DEEPEST = 50  # factors of factors that a logarithm is taken apart into
_ROOT = 5040  # an exponential is this power of an opaque value, so that its square root is one too


class Inapplicable(Exception):  # noqa: N818  a finding, not a fault
    """A value that cannot be found modulo this prime, such as 0^v."""


class Nowhere(Inapplicable):
    """A value that is not there, such as 1/0 or ln(0)."""


class Proof(NamedTuple):
    """What values modulo ``primes`` primes show of two sides: a chance of 2^-``bits`` at most to err."""

    is_equal: bool
    primes: int = 1
    bits: int = 0

    @property
    def text(self) -> str:
        """The evidence, in words."""
        return f"equal modulo {'a' if self.primes == 1 else self.primes} 62-bit prime{'s'[: self.primes - 1]}"


def agree(case: Case, *, is_blind: bool = False) -> Proof:
    """Whether both sides are equal at random points modulo random primes, so many that chance is ruled out.

    ``is_blind``: ln(v) is taken for ln|v|, so that it is the sum of those of factors. What is equal then may
    have no point in common, as ln(v) and ln(-v).

    Raises Inapplicable where there are no values, or where no number of primes would do.
    """
    program, primes, doubt = case.program, 0, CERTAIN
    while doubt > 0:
        if not case.affords_residues():
            raise Inapplicable
        field = Field(program, draw_prime(case.chance), case.chance, case.budget)
        field.is_blind = is_blind
        field.work_out(program.used)
        if field.found[program.left] != field.found[program.right]:
            return Proof(False)
        primes, doubt = primes + 1, doubt - certainty(field)
    return Proof(True, primes, CERTAIN - doubt)


def certainty(field: Field) -> int:
    """With a chance of 2^-this at most, two sides are equal in the field and not the same.

    The difference is a quotient of polynomials in variables and opaque values whose degree and bits are at
    most d, their ``size`` times the exponents that were met. If it is not 0, then at most d/61 primes of 62
    bits divide all its coefficients, each of which is drawn with a chance of 2^-50 at most; modulo another
    one it is 0 at a random point with a chance of d/2^61 at most (Schwartz 1980, Zippel 1979). Together that
    is less than d/2^56. The same holds for any two keys of opaque values or terms: they may be taken for one.

    Raises Inapplicable where that says too little.
    """
    keys = len(field.opaque) + len(set().union(*field.splitter.known.values())) + field.logarithms.tried
    degree = (size(field.program) * field.steepest * field.raised_to).bit_length()
    bits = _BITS - 6 - degree - 2 * keys.bit_length()
    if bits < _LEAST:
        raise Inapplicable
    return bits


def size(program: Program) -> int:
    """A bound of the degrees, and of the bits of coefficients, of both sides as quotients of polynomials.

    A sum, product or quotient of n/m and n'/m' has a numerator and a denominator with the degrees of both and
    with the bits of both, a sum with one more. A function is a quotient of degree 2 in a new variable.
    """
    nodes = program.nodes
    sizes = [1] * len(nodes)
    for place in program.used:
        operation, i, j = nodes[place]
        if operation in BINARY:
            sizes[place] = sizes[i] + sizes[j] + _MORE.get(operation, 0)
        elif operation == "power":
            sizes[place] = sizes[i] * abs(j)
        elif operation == "number":
            sizes[place] = max(i.bit_length(), j.bit_length())
        elif operation not in LEAVES:
            sizes[place] = sizes[i] + 3
    return sizes[program.left] + sizes[program.right] + 1


def draw_prime(chance: Chance) -> int:
    """A prime of 62 bits, 1 modulo 4; none is drawn with a chance of more than 2^-50.

    The first number is one of 480*2^61/4620 without small factors, and 128 are looked at from there.
    """
    while True:
        first = chance.below((1 << (_BITS - 1)) // _WHEEL) * _WHEEL + _SPOKES[chance.below(len(_SPOKES))]
        first += -(-(1 << (_BITS - 1)) // _WHEEL) * _WHEEL
        for candidate in range(first, min(first + _STEPS * _WHEEL, 1 << _BITS), _WHEEL):
            if fmpz(candidate).is_prime():
                return candidate


class Field:
    """The numbers modulo a prime, with an opaque value for each function and argument.

    ``is_blind``: whether ln(v) is taken for ln|v|.
    """

    is_blind = False

    def __init__(self, program: Program, prime: int, chance: Chance, budget: Budget) -> None:
        self.program = program
        self.nodes = program.nodes
        self.prime = prime
        self.chance = chance
        self.found: list[Residue] = [None] * len(program.nodes)
        self.splitter = Splitter(program, self.found, prime, budget)
        self.one = nmod(1, prime)
        self.opaque: dict[tuple[str | int, ...], Residue] = {}
        self.exps: dict[int, Residue] = {}
        self.turns: dict[int, Residue] = {}
        self.logarithms = Logarithms(self.one)
        self.steepest = 1  # the largest degree of an exponential
        self.raised_to = 1  # the product of whole exponents that stood in sums with others

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

    @property
    def i(self) -> Residue:
        """A square root of -1, the same for all fields that share opaque values."""
        while ("i",) not in self.opaque:
            root = self.any() ** ((self.prime - 1) // 4)
            if root * root == -1:
                self.opaque["i",] = root
        return self.opaque["i",]

    def exponential(self, terms: Terms, *base: str | int) -> Residue:
        """The product of the exponentials of terms; each has a root that lets coefficients be fractions."""
        result = self.one
        degree = 0
        for key, coefficient in terms.items():
            power = coefficient * _ROOT
            degree += abs(power.numerator)
            if power.denominator != 1:
                result *= self.raised(self.value(*base, key, power.denominator), power.numerator)
            else:
                result *= self.raised(self.value(*base, key), power.numerator)
        self.steepest = max(self.steepest, degree)
        return result

    def exp(self, place: int) -> Residue:
        """exp(v), worked out once."""
        if place not in self.exps:
            self.exps[place] = self.exponential(self.splitter.terms(place), "exp")
        return self.exps[place]

    def turn(self, place: int) -> Residue:
        """exp(i*v), worked out once."""
        if place not in self.turns:
            self.turns[place] = self.turned(place)
        return self.turns[place]

    def turned(self, place: int) -> Residue:
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
        self.raised_to *= 1 + abs(whole.numerator)
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

    def ln(self, place: int) -> Residue:
        v = self.found[place]
        if not v:
            raise Nowhere
        return self.ln_of_factors(place) if self.is_blind else self.lone_ln(v)

    def ln_of_factors(self, place: int, depth: int = 0) -> Residue:
        """ln|v|, which is ln(v) wherever that has a value: the sum of those of factors."""
        operation, i, j = self.nodes[place]
        match operation if depth < _DEEPEST else "":
            case "*" | "/":
                first, second = (self.ln_of_factors(k, depth + 1) for k in (i, j))
                return first + second if operation == "*" else first - second
            case "negative" | "abs":
                return self.ln_of_factors(i, depth + 1)
            case "power" | "root":
                inner = self.ln_of_factors(i, depth + 1)
                return inner * j if operation == "power" else inner / j
            case "exp":
                return self.found[i]
            case "^":
                return self.ln_of_factors(i, depth + 1) * self.found[j]
            case _:
                v = self.found[place]
                return self.lone_ln(min(int(v), int(-v)) * self.one)

    def lone_ln(self, v: Residue) -> Residue:
        """ln(v) of what is no product, or is not to be taken apart."""
        known = self.logarithms.known
        if int(v) not in known:
            raised = [(power, self.found[k]) for k, power in self.exps.items()]
            found = self.logarithms.by_another(v, raised)
            known[int(v)] = self.value("ln", int(v)) if found is None else found
        return known[int(v)]

    def abs(self, v: Residue) -> Residue:
        return self.value("abs", min(int(v), int(-v))) if v else v

    def max(self, a: Residue, b: Residue) -> Residue:
        return (a + b + self.abs(a - b)) / 2


_BY_PLACE: dict[str, Callable[[Field, int, int], Residue]] = {
    "power": Field.power,
    "root": Field.root,
    "^": lambda f, i, j: f.general_power(i, j),
    "exp": lambda f, i, _: f.exp(i),
    "ln": lambda f, i, _: f.ln(i),
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
    "abs": lambda f, a, _: f.abs(a),
    "relu": lambda f, a, _: f.max(a, a - a),
}
