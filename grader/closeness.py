"""Whether an answer, as a number, is the right one within its box's tolerance."""

from __future__ import annotations

from fractions import Fraction

from grader.job import Outcome
from grader.numbers import Match, NotANumber, enclosure, judged
from grader.paper import AGREEING, Asked, JobError, World
from grader.rational import rational
from grader.tree import Tree, names

FEW_DIGITS_NEAR = Fraction(1, 10)  # a number further off than this share of the right one is wrong, not short

_OUTCOMES = {Match.RIGHT: Outcome.CORRECT, Match.FEW_DIGITS: Outcome.FEW_DIGITS, Match.WRONG: Outcome.WRONG}


def closeness(answer: Tree, reference: Tree, asked: Asked, world: World) -> Outcome:
    """Correct, few-digits, wrong, or undecided where how far it was rounded could not be told.

    Both must have a value in ``world``; raises JobError without a scale.
    """
    number, right, scale = world.quantity(answer), world.quantity(reference), None
    assert number is not None
    assert right is not None
    if asked.scale is not None:
        scale = world.quantity(asked.scale)
        if scale is None:
            raise JobError(f"the scale of box '{asked.box.id}' has no value")
    try:
        match = judged(answer, number, right, asked.box.tolerance, scale, lambda: world.spread(answer))
    except NotANumber:
        return Outcome.UNDECIDED
    if (
        match is not Match.RIGHT
        and abs(number - right) <= AGREEING
        and _is_the_same(answer, reference, world)
    ):
        return Outcome.CORRECT
    if match is Match.FEW_DIGITS and abs(number - right) > FEW_DIGITS_NEAR * abs(right):
        return Outcome.WRONG
    return _OUTCOMES[match]


def _is_the_same(answer: Tree, reference: Tree, world: World) -> bool:
    """Whether two values of which one is not rational agree to all digits that are worked out.

    A number that was typed digit by digit is what it is, and not the same as one that never ends.
    """
    if not names(answer) and rational(answer, {}) is not None:
        return False
    mine, right = (enclosure(tree, world.quantities) for tree in (answer, reference))
    radius = mine.radius + right.radius
    return radius > 0 and abs(mine.middle - right.middle) <= radius
