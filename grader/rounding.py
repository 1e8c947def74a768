"""Rounded too early: a wrong number that is right for earlier boxes cut to few digits."""

from __future__ import annotations

from fractions import Fraction

from grader.closeness import closeness
from grader.job import Outcome
from grader.paper import Asked, World
from grader.tree import Name, Number, Tree

PLACES = (3, 2, 1)  # decimals to which a student may have rounded on the way


def rounded_early(answer: Tree, asked: Asked, world: World) -> bool:
    """Whether ``answer``, wrong in ``world``, is right once the earlier boxes are rounded there.

    A rounding that leaves nothing of an earlier box, or that gives the right answer, explains nothing.
    """
    right = {name: world.quantity(Name(name)) for name in asked.earlier}
    for places in PLACES:
        short = {name: _rounded(number, places) for name, number in right.items() if number is not None}
        if all(short.values()) and short != right:
            given = world.with_numbers(short).quantity(asked.formula)
            if given is not None and _explains(Number(given, ""), answer, asked, world):
                return True
    return False


def _explains(given: Number, answer: Tree, asked: Asked, world: World) -> bool:
    near = closeness(answer, given, asked, world) is Outcome.CORRECT
    return near and closeness(asked.formula, given, asked, world) is Outcome.WRONG


def _rounded(number: Fraction, places: int) -> Fraction:
    """To that many decimals, halves away from 0."""
    units = int(abs(number) * 10**places + Fraction(1, 2))
    return Fraction(units if number > 0 else -units, 10**places)
