"""When a wrong earlier box must not be carried on: the guard of follow-through (GRADING.md section 5).

Nothing is carried where the student's value makes a factor 0, 1 or -1 (the later answer would be a copy or
nothing), or so nearly that the box's tolerance cannot tell; where it is not a finite number; and where it
puts an activation on the other side of its kink.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from grader.closeness import closeness
from grader.formula import ZERO
from grader.job import Outcome
from grader.numbers import replaced
from grader.paper import Asked, World
from grader.regime import branches
from grader.tree import Binary, Group, Name, Negative, Number, Tree, names, walk

NEARLY = Fraction(1, 200)  # of 0, 1 or -1

Obstacle = tuple[str, str]  # the code of a message, and the earlier box that it is about


def culprit(carried: Sequence[str], own: World) -> str:
    """Which of the earlier boxes to mend first where a formula has no value with them."""
    return next((name for name in carried if own.quantity(Name(name)) is None), carried[0])


def obstacle(asked: Asked, carried: Collection[str], world: World, own: World) -> Obstacle | None:
    """Why the earlier boxes ``carried`` must not be carried into this one; None if they may.

    The formula has a value in both worlds.
    """
    behind = {other: tree for other, tree in world.definitions.items() if other not in set(carried)}
    before, after = (branches(asked.formula, behind, each.quantities) for each in (world, own))
    if [side for _, side in before] != [side for _, side in after]:
        return "carried-regime", min(carried)
    for factor in (factor for part in walk(asked.formula) for factor in _factors(part)):
        wrong = names(factor) & set(carried)  # a right box may be near 0, and rounded
        if wrong and own.quantity(factor) != world.quantity(factor) and _is_trivial(factor, asked, own):
            return "carried-trivial", min(wrong)
    if closeness(ZERO, asked.formula, asked, own) is Outcome.CORRECT and world.quantity(asked.formula) != 0:
        return "carried-trivial", min(carried)
    return None


def _is_trivial(factor: Tree, asked: Asked, own: World) -> bool:
    """Whether the box would have the same answer with 0, 1 or -1 in the place of that factor."""
    mine = own.quantity(factor)
    for plain in map(Fraction, (0, 1, -1)):
        if mine is not None and abs(mine - plain) <= NEARLY:
            given = own.quantity(replaced(asked.formula, factor, Number(plain, "")))
            if given is None or closeness(asked.formula, Number(given, ""), asked, own) is Outcome.CORRECT:
                return True
    return False


def _factors(part: Tree) -> list[Tree]:
    """What stands as a factor in a product or a quotient, or is raised to a power; of a product, its own."""
    match part:
        case Binary(operator="*" | "/" | "^" as operator, left=left, right=right):
            sides = (left,) if operator == "^" else (left, right)
            return [factor for factor in map(_bare, sides) if not _is_product(factor)]
        case _:
            return []


def _is_product(tree: Tree) -> bool:
    return isinstance(tree, Binary) and tree.operator in "*/"


def _bare(tree: Tree) -> Tree:
    match tree:
        case Group(inner=inner) | Negative(operand=inner):
            return _bare(inner)
        case _:
            return tree
