"""Diagnosis: which misconceptions explain a wrong answer, and which of them is told.

1. Every wrong rule of ``misconceptions`` that fits the kind of box is tried with the student's own earlier
   boxes put in, then with the right ones. A rule that gives the right answer here explains nothing. Only if
   no single rule explains an answer, two at once are tried.
2. An answer with names in it is compared as an expression: a rule that has only its number in common is out.
3. Of several rules within the tolerance those that give all typed digits are meant. Where some are left,
   another box that only one of them explains decides; then the fewest edits. A tie that is left is told as
   what its members share, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import inf, isnan
from operator import itemgetter

from grader.closeness import FEW_DIGITS_NEAR, closeness
from grader.equivalence import compare
from grader.floats import Floats
from grader.job import BoxVerdict, Outcome
from grader.misconceptions import named
from grader.mutants import BOTH, Wrong, double, single
from grader.network import Network
from grader.numbers import NotANumber
from grader.paper import Asked, Paper, World
from grader.regime import in_regime
from grader.tree import Number, Tree, names, walk

CODE = "misconception"
MOST_SEEN = 12  # mutants that are near enough to be looked at closely
MUCH = 3  # times further off than the nearest
MOST = Fraction(10) ** 30
SIGHT = 1.01 * float(FEW_DIGITS_NEAR)


def candidates(answer: Tree, asked: Asked, own: World, paper: Paper) -> frozenset[str]:
    """The misconceptions that explain a wrong answer; none if no rule does. The answer has a number."""
    if paper.network is None:
        return frozenset()
    carried = _is_carried(asked, own, paper)
    for slips in (single, double):
        wrong = slips(asked, paper.network)
        for world in (own, paper.world) if asked.earlier else (own,):
            near = _near(answer, asked, _with_meanings(world, wrong), wrong)
            if near:
                return _as_expressions(answer, near, asked, wrong, paper, only=not carried)
    return frozenset()


def wrong_formulas(asked: Asked, network: Network) -> tuple[Sequence[tuple[str, Tree]], Mapping[str, Tree]]:
    """What is tried on a box: (misconception, its formula), and what the names in these formulas mean.

    A definition of the question itself, such as that of an earlier box, comes before one given here.
    """
    wrong = single(asked, network)
    return wrong.mutants, wrong.definitions


def wrong_numbers(asked: Asked, paper: Paper) -> list[tuple[str, Fraction]]:
    """What the wrong rules of a box give, the earlier boxes being right, if it is not the right answer."""
    if paper.network is None:
        return []
    wrong = single(asked, paper.network)
    world = _with_meanings(paper.world, wrong)
    return [
        (misconception, number)
        for misconception, mutant in wrong.mutants
        if (number := world.quantity(mutant)) is not None
        and closeness(mutant, asked.formula, asked, world) is Outcome.WRONG
    ]


def settled(boxes: Sequence[BoxVerdict]) -> list[BoxVerdict]:
    """The verdicts of a submission, each tie of misconceptions decided by the other boxes.

    A box that was explained comes with the ids of its candidates, separated by spaces, and goes with one id.
    """
    tied = {box.id: frozenset(box.params["id"].split()) for box in boxes if box.code == CODE}
    sure = frozenset(min(each) for each in tied.values() if len(each) == 1)
    return [_told(box, named(tied[box.id], sure)) if box.id in tied else box for box in boxes]


def _told(box: BoxVerdict, misconception: str | None) -> BoxVerdict:
    """``params``: ``id``, and of two slips the other one as ``and``."""
    if misconception is None:
        return box.model_copy(update={"code": None, "params": {}})
    other, _, id_ = misconception.rpartition(BOTH)
    return box.model_copy(update={"params": {"id": id_} | ({"and": other} if other else {})})


def _with_meanings(world: World, wrong: Wrong) -> World:
    return World({**wrong.definitions, **world.definitions}, world.values)


def _near(answer: Tree, asked: Asked, world: World, wrong: Wrong) -> list[tuple[str, Tree]]:
    """The mutants whose number the answer has; with too few digits only if there is no other."""
    right, number = world.quantity(asked.formula), world.quantity(answer)
    if right is None or number is None or abs(number) > MOST:
        return []
    grades: dict[Outcome, list[tuple[str, Tree]]] = {Outcome.CORRECT: [], Outcome.FEW_DIGITS: []}
    for misconception, mutant in _within_sight(float(number), asked, world, wrong)[:MOST_SEEN]:
        if world.quantity(mutant) is None:
            continue
        found = closeness(answer, mutant, asked, world)
        if found in grades and closeness(mutant, asked.formula, asked, world) is Outcome.WRONG:
            grades[found].append((misconception, mutant))
    return _sharpest(answer, number, grades[Outcome.CORRECT], world) or grades[Outcome.FEW_DIGITS]


def _sharpest(
    answer: Tree, number: Fraction, found: list[tuple[str, Tree]], world: World
) -> list[tuple[str, Tree]]:
    """Of the mutants within the tolerance of a typed number those with all of its digits; where earlier boxes
    were rounded and none has them, those that are not much further off than the nearest."""
    if len(found) < 2 or names(answer):
        return found
    try:
        spread = world.spread(answer)
    except NotANumber:
        return found
    apart = [(each, abs(value - number)) for each in found if (value := world.quantity(each[1])) is not None]
    nearest = min(distance for _, distance in apart)
    reach = spread if nearest <= spread else MUCH * nearest
    return [each for each, distance in apart if distance <= reach]


def _within_sight(number: float, asked: Asked, world: World, wrong: Wrong) -> list[tuple[str, Tree]]:
    """The mutants that may be near, as floats have it, the nearest first."""
    floats, tolerance = Floats(world.values, world.definitions), asked.box.tolerance
    widest = float(tolerance.relative) * abs(floats.of(asked.scale or asked.formula))
    widest = max(widest, 10.0 ** -(tolerance.decimals or 0))
    seen: list[tuple[float, tuple[str, Tree]]] = []
    for misconception, mutant in wrong.mutants:
        value = floats.of(mutant)
        distance = abs(number - value)
        if tolerance.mode == "rounded" or distance <= max(widest, SIGHT * abs(value)):
            seen.append((inf if isnan(distance) else distance, (misconception, mutant)))
    return [each for _, each in sorted(seen, key=itemgetter(0))]


def _as_expressions(
    answer: Tree, near: Sequence[tuple[str, Tree]], asked: Asked, wrong: Wrong, paper: Paper, *, only: bool
) -> frozenset[str]:
    """Of an answer with names in it, the mutants that it is.

    ``only``: if it is none, then its number says nothing either, unless the variant's numbers are put in.
    """
    numbers = frozenset(misconception for misconception, _ in near)
    if not names(answer) or asked.symbolic is None:
        return numbers
    for is_same in _ways_to_be_the_same(answer, _with_meanings(paper.world, wrong), paper):
        if equal := frozenset(misconception for misconception, mutant in near if is_same(mutant)):
            return equal
    return frozenset() if only and not _has_numbers(answer, asked.symbolic, paper.world) else numbers


def _ways_to_be_the_same(answer: Tree, world: World, paper: Paper) -> Iterator[Callable[[Tree], bool]]:
    """Written so, with every unit a quantity of its own; on this side of each kink; over the leaves.

    So ``h1`` and ``relu(w1*x1)`` are told apart as long as that tells a rule from another. All comparisons
    share a part of the budget; what it does not suffice for is not the same.
    """
    assert paper.network is not None
    budget = paper.budget.part()

    def same(mutant: Tree, world: World) -> bool:
        return compare(answer, mutant, world.variables, world.definitions, budget).verdict == "equal"

    def same_here(mutant: Tree, world: World) -> bool:
        definitions = {name: in_regime(tree, world.quantities) for name, tree in world.definitions.items()}
        left, right = (in_regime(tree, world.quantities) for tree in (answer, mutant))
        return compare(left, right, world.variables, definitions, budget).verdict == "equal"

    free = world.with_variables(node for node in paper.network.order if node not in paper.network.inner)
    yield lambda mutant: same(mutant, free)
    yield lambda mutant: same_here(mutant, free)
    yield lambda mutant: same_here(mutant, world)


def _has_numbers(answer: Tree, right: Tree, world: World) -> bool:
    """Whether a number in it may be one of this variant: no whole number, or the value of a leaf."""
    written, found = (
        {part.value for part in walk(tree) if isinstance(part, Number)} for tree in (right, answer)
    )
    given = {abs(value) for value in world.values.values()}
    return any(number.denominator != 1 or number in given for number in found - written)


def _is_carried(asked: Asked, own: World, paper: Paper) -> bool:
    """Whether an earlier box that this one uses is not right."""
    for name in asked.earlier:
        mine, earlier = own.definitions[name], paper.asked[name]
        if paper.world.quantity(mine) is None:
            return True
        if closeness(mine, earlier.formula, earlier, paper.world) is not Outcome.CORRECT:
            return True
    return False
