"""The set: pairs of expressions whose truth is known by construction, always the same for the same SEED.

identity   a line of identities.txt with terms for its names, one side rewritten further
backprop   a formula of the six steps against a rewriting of it by rules.txt
slip       one of those with one slip of slips.txt, a changed number or a swapped name; kept only if mpmath
           finds a point at which it differs by more than APART
trap       a line of traps.txt, with the convention that is stated there
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Literal

import mpmath  # type: ignore[import-untyped]

from bench.accuracy.terms import (
    DIGITS,
    Term,
    fill,
    is_number,
    match,
    names,
    places,
    read,
    replaced,
    value,
)

SEED = 3
SIZES = {"identity": 520, "backprop": 380, "slip": 900, "trap": 240}
APART = 1e-45  # relative to the larger of 1 and the values; a difference that is smaller is none
SETTLED = 1e-3  # a real difference is the same with twice the digits, one that rounding makes is not
MOST_PARTS = 150  # of one side, so that it fits the bounds of every reader
ACTIVATIONS = ("relu", "tanh", "sigmoid", "leaky")
CURRICULUM = (
    "w1", "w2", "w3", "w4", "x1", "x2", "h1", "h2", "z1", "z2", "b1", "b2", "y", "yhat", "alpha", "p", "q",
    "t", "v", "u1", "u2",
)  # fmt: skip

# What stands for a name of an identity: any real term; of a trap: one that takes every real value.
_SHAPES = tuple(map(read, ("A", "A", "A*B", "A*B + C", "A - B", "2*A", "A/2", "-A", "0.5*A + B", "A*B - 1")))
_ONTO = tuple(map(read, ("A", "A - B", "2*A + 1", "A*B + C", "0.5*A - B", "3 - A")))
_OPEN: dict[str, tuple[str, ...]] = {
    "YHAT": ("yhat", "w3*h1 + w4*h2", "w3*act(z1) + w4*h2", "w3*h1 + b3"),
    "Z1": ("z1", "w1*x1", "w1*x1 + b1", "w1*x1 + w2*x2"),
    "Z2": ("z2", "w2*x2", "w2*x2 + b2"),
    "H1": ("h1", "act(w1*x1)", "relu(z1)"),
}
Kind = Literal["identity", "backprop", "slip", "trap"]
Point = dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Case:
    """What is typed, what it is compared with, and whether the two are the same function."""

    kind: Kind
    student: Term
    reference: Term
    same: bool

    @property
    def variables(self) -> tuple[str, ...]:
        """All names in it."""
        return tuple(sorted({*names(self.student), *names(self.reference)}))


def cases(every: int = 1, seed: int = SEED) -> list[Case]:
    """The whole set of a seed, or one in so many of each kind, always the same."""
    random = Random(f"{seed} sample")
    chosen = {kind: sorted(random.sample(range(size), size // every)) for kind, size in SIZES.items()}
    return [case(kind, number, seed) for kind, numbers in chosen.items() for number in numbers]


def case(kind: str, number: int, seed: int = SEED) -> Case:
    """One case; it depends on nothing but these."""
    random = Random(f"{seed} {kind} {number}")
    return _slip(random, seed) if kind == "slip" else _MAKERS[kind](number, random)


def _identity(number: int, random: Random) -> Case:
    lines = pairs("identities")
    left, _, right = lines[number % len(lines)]
    left, right = _with_terms((left, right), _SHAPES, random)
    if random.random() < 0.5:
        left, right = right, left
    return Case("identity", _rewritten(left, random.randrange(3), random), right, same=True)


def _backprop(number: int, random: Random) -> Case:
    formulas = _formulas()
    formula = formulas[number % len(formulas)]
    players = {name: read(random.choice(ways)) for name, ways in _OPEN.items()}
    reference = _activated(fill(formula, players), random.choice(ACTIVATIONS))
    return Case("backprop", _rewritten(reference, random.randint(2, 7), random), reference, same=True)


def _trap(number: int, random: Random) -> Case:
    lines = pairs("traps")
    left, sign, right = lines[number % len(lines)]
    left, right = _with_terms((left, right), _ONTO, random)
    return Case("trap", left, right, same=sign == "==")


def _slip(random: Random, seed: int) -> Case:
    while True:
        kind = random.choice(("identity", "backprop", "backprop"))
        right = case(kind, random.randrange(SIZES[kind]), seed)
        for wrong in islice(_slips(right, random), 8):
            if differ(wrong, right.reference) is True:
                return Case("slip", wrong, right.reference, same=False)


_MAKERS = {"identity": _identity, "backprop": _backprop, "trap": _trap}


def _slips(right: Case, random: Random) -> Iterator[Term]:
    """Students' terms with one slip each, at random places."""
    ways = list(places(right.student))
    while True:
        path, part = random.choice(ways)
        changed = _changed(part, right.variables, random)
        if changed is not None:
            yield replaced(right.student, path, changed)


def _changed(part: Term, variables: tuple[str, ...], random: Random) -> Term | None:
    if isinstance(part, str) and is_number(part):
        number = Fraction(part)
        new = random.choice((number + 1, number - 1, 2 * number, -number, number * Fraction("1.0000001")))
        size: Term = str(abs(new.numerator))
        size = size if new.denominator == 1 else ("/", size, str(new.denominator))
        return size if new >= 0 else ("neg", size)
    if part in variables and random.random() < 0.5:
        return random.choice([name for name in variables if name != part] or [None])
    _, pattern, _, slip = random.choice([(0, p, s, q) for p, s, q in pairs("slips")])
    return _by_rule(pattern, slip, part)


def _by_rule(pattern: Term, new: Term, part: Term) -> Term | None:
    """What a rule makes of a part; None if it does not fit."""
    players: dict[str, Term] = {}
    return fill(new, players) if match(pattern, part, players) else None


def _rewritten(term: Term, times: int, random: Random) -> Term:
    """The term after so many rules of rules.txt, as far as it stays short."""
    rules = pairs("rules")
    for _ in range(times):
        found = [
            (path, new)
            for path, part in places(term)
            for pattern, _, way in rules
            if (new := _by_rule(pattern, way, part)) is not None
        ]
        if not found:
            break
        rewritten = replaced(term, *random.choice(found))
        if sum(1 for _ in places(rewritten)) <= MOST_PARTS:
            term = rewritten
    return term


def _with_terms(sides: tuple[Term, Term], shapes: tuple[Term, ...], random: Random) -> tuple[Term, Term]:
    """Both sides with terms of different variables for the names."""
    fresh = iter(random.sample(CURRICULUM, len(CURRICULUM)))
    used = dict.fromkeys((*names(sides[0]), *names(sides[1])))
    players = {}
    for name in used:
        shape = random.choice(shapes)
        players[name] = fill(shape, {place: next(fresh) for place in names(shape)})
    return fill(sides[0], players), fill(sides[1], players)


def _activated(term: Term, activation: str) -> Term:
    if isinstance(term, str):
        return term
    operation = str(term[0]).replace("act", activation) if str(term[0]).startswith("act") else term[0]
    if operation == "leaky_slope":
        operation = "relu_slope"
    return (operation, *(_activated(part, activation) for part in term[1:]))


def differ(left: Term, right: Term) -> bool | None:
    """Whether the values differ at one of POINTS; None if there is none at which both have one."""
    known = False
    for point in points(tuple(sorted({*names(left), *names(right)}))):
        rough = _gap(left, right, point, DIGITS)
        if rough is None:
            continue
        known = True
        if rough > APART:
            fine = _gap(left, right, point, 2 * DIGITS)
            if fine and abs(rough / fine - 1) < SETTLED:
                return True
    return False if known else None


def _gap(left: Term, right: Term, point: Point, digits: int) -> mpmath.mpf | None:
    """How far apart they are, relative to the larger of 1 and the values; None if one has no value."""
    a, b = value(left, point, digits), value(right, point, digits)
    return None if a is None or b is None else abs(a - b) / max(1, abs(a), abs(b))


@cache
def points(variables: tuple[str, ...]) -> list[Point]:
    """Small positive values first, then mixed signs, then large ones."""
    random = Random(f"{SEED} points")
    ranges = [(1, 255, 128)] * 3 + [(-400, 400, 128)] * 5 + [(-2000, 2000, 16)] * 3
    ranges += [(-(2**k), 2**k, 1) for k in (10, 14, 24)]
    return [
        {name: Fraction(2 * random.randrange(low, high) + 1, 2 * over) for name in variables}
        for low, high, over in ranges
    ]


@cache
def pairs(file: str) -> tuple[tuple[Term, str, Term], ...]:
    """The lines of a data file: left, == or !=, right."""
    found = []
    for line in _lines(file):
        sign = "!=" if "!=" in line else "=="
        left, right = line.split(sign)
        found.append((read(left), sign, read(right)))
    return tuple(found)


@cache
def _formulas() -> tuple[Term, ...]:
    return tuple(map(read, _lines("formulas")))


def _lines(file: str) -> list[str]:
    text = (Path(__file__).parent / f"{file}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
