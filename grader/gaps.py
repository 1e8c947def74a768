"""Two sides whose difference is of one sign wherever it has a value, however small: 1 and tanh(10^9)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from grader.case import Case
from grader.linear import Row, TooMuch, solve
from grader.modular import CERTAIN, Inapplicable, certainty, draw_prime
from grader.rising import about
from grader.sides import Empty, Sides, Way


def gap(case: Case) -> int:
    """1 where the left side is the larger one wherever both have a value, -1 the right one, 0 for not known.

    Only where nothing bends. What a side is modulo a prime holds for the functions, so many primes must agree
    that chance is ruled out.
    """
    if case.bends:
        return 0
    found, doubt = 0, CERTAIN
    try:
        while doubt > 0 and case.budget.affords(2 * case.costs.modular):
            field = Sides(case, draw_prime(case.chance), Way())
            field.is_equal()
            sign = _as_a_value(field, case) or _by_terms(field, case)
            if not sign or sign == -found:
                return 0
            found, doubt = sign, doubt - certainty(field)
    except (Empty, Inapplicable, TooMuch, ZeroDivisionError):
        return 0
    return found if doubt <= 0 else 0


def _as_a_value(field: Sides, case: Case) -> int:
    """The sign of a difference that is one of the nodes, if that is never 0: an exponential, for example."""
    program = case.program
    difference = field.found[program.left] - field.found[program.right]
    for place in program.used:
        if field.found[place] in (difference, -difference) and (sign := _never_zero(field, place)):
            return sign if field.found[place] == difference else -sign
    return 0


def _never_zero(field: Sides, place: int) -> int:
    """The sign of a node that is never 0, as far as its parts tell."""
    operation, i, j = field.nodes[place]
    match operation:
        case "number":
            return (i > 0) - (i < 0)
        case "negative":
            return -_never_zero(field, i)
        case "*" | "/":
            return _never_zero(field, i) * _never_zero(field, j)
        case "power":
            sign = _never_zero(field, i)
            return sign if j % 2 else abs(sign)
        case "exp" | "cosh" | "sigmoid":
            return 1
        case _:
            return 0


def _by_terms(field: Sides, case: Case) -> int:
    """The sign of a sum of terms by what holds for the functions in it."""
    terms: dict[int, Fraction] = {}
    for place, factor in ((case.program.left, 1), (case.program.right, -1)):
        for key, c in field.splitter.terms(place).items():
            terms[key] = terms.get(key, Fraction(0)) + factor * c
    terms = {key: c for key, c in terms.items() if c}
    return next((sign for sign in (1, -1) if _is_above(terms, sign, field, case)), 0)


def _is_above(terms: Mapping[int, Fraction], sign: int, field: Sides, case: Case) -> bool:
    row = Row({key: -sign * c for key, c in terms.items()}, strict=False)
    return solve((row, *about((row,), field.facts)), case.chance, case.budget) is None
