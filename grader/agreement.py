"""Whether an answer with names in it is the right formula, in one of the forms that a student may give it.

1. It is the same function of the leaves as the reference.
2. It is so where every piecewise function stays on the side on which this variant has it.
3. It is the reference with some numbers of this variant put in, as ``-0.6*h1`` for ``2*(yhat - y)*h1``: the
   same function of the names that the answer uses, everything else held at its number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, combinations

from grader.budget import Budget
from grader.equivalence import Comparison, compare
from grader.evidence import readable
from grader.formula import substitute
from grader.paper import Asked, Paper, World
from grader.regime import in_regime, is_kinked
from grader.tree import Binary, Name, Negative, Number, Tree, names, walk

ROUNDED = Fraction(1, 10**4)  # a number put in for a name may be off by so much: it has four decimals
FAR = Fraction(1, 5)  # of the right value: what rounded numbers cannot make
POINTS = 6  # at which an answer with rounded numbers in it must agree
MOST_DEFINED = 4  # names of a form that are written out in every combination
SHIFTS = tuple(Fraction(n, 16) for n in (19, 13, 21, 11, 23, 9, 17, 27))  # of the variant's values


@dataclass(frozen=True, slots=True)
class Agreement:
    """``verdict``: equal, different or undecided. ``shown``: where the two differ, for the student."""

    verdict: str
    shown: Mapping[str, str] = field(default_factory=dict)


def agreement(answer: Tree, forms: Sequence[Tree], asked: Asked, world: World, paper: Paper) -> Agreement:
    """How ``answer`` compares with the right formula in ``world``; ``forms``: the ways to write that.

    All comparisons share a part of the submission's budget; what it does not suffice for leaves the answer
    undecided.
    """
    reference, budget = forms[0], paper.budget.part()
    plain = compare(answer, reference, world.variables, world.definitions, budget)
    if plain.verdict == "different" and not _meet(answer, reference, world):
        return Agreement("different", _shown(plain))
    if plain.verdict == "equal" or _in_this_regime(answer, reference, world, paper, budget):
        return Agreement("equal")
    if any(_same_with_numbers(answer, form, asked, world, budget) for form in _written_out(forms, world)):
        return Agreement("equal")
    if _same_with_pinned(answer, forms[0], asked, world, paper, budget):
        return Agreement("equal")
    if budget.is_spent:
        return Agreement("undecided")
    return Agreement(plain.verdict, _shown(plain))


def _shown(comparison: Comparison) -> dict[str, str]:
    """The counter-example, in words of names and numbers."""
    point = ", ".join(f"{name} = {readable(number)}" for name, number in comparison.point.items())
    return {"point": point, "left": comparison.left, "right": comparison.right} if point else {}


def _meet(answer: Tree, reference: Tree, world: World) -> bool:
    """Whether they are near one another at the variant's own values, as every form of the reference is."""
    left, right = world.quantity(answer), world.quantity(reference)
    if left is None or right is None:
        return right is None or world.flaw(answer) == "unsure"
    return abs(left - right) <= FAR * abs(right)


def _in_this_regime(answer: Tree, reference: Tree, world: World, paper: Paper, budget: Budget) -> bool:
    """Whether they are the same on this side of every kink, and for the class that is right here.

    An answer that names a label has to be right for any value of it.
    """
    labels = _labels(answer, paper)
    if not labels and not paper.is_kinked and not is_kinked(answer):
        return False

    def pinned(tree: Tree) -> Tree:
        return in_regime(substitute(tree, labels), world.quantities)

    definitions = {name: pinned(tree) for name, tree in world.definitions.items()}
    found = compare(pinned(answer), pinned(reference), world.variables, definitions, budget)
    return found.verdict == "equal"


def _written_out(forms: Sequence[Tree], world: World) -> Iterator[Tree]:
    """Each form, with any of its names replaced by what they stand for; of many names, none, one or all."""
    for form in forms:
        defined = sorted(names(form) & world.definitions.keys())
        sizes = range(len(defined) + 1) if len(defined) <= MOST_DEFINED else (0, 1, len(defined))
        for chosen in chain.from_iterable(combinations(defined, size) for size in sizes):
            written = substitute(form, {name: world.definitions[name] for name in chosen})
            yield in_regime(written, world.quantities)


def _same_with_numbers(answer: Tree, form: Tree, asked: Asked, world: World, budget: Budget) -> bool:
    used, needed = names(answer), names(form)
    put_in = _literals(answer) - _literals(form)
    if not used <= needed or (needed - used and not put_in):
        return False  # it leaves names out and puts no numbers in
    held = {name: world.quantity(Name(name)) for name in needed - used}
    reference = substitute(form, {name: _number(each) for name, each in held.items() if each is not None})
    if None in held.values():
        return False
    if compare(answer, reference, sorted(used), budget=budget).verdict == "equal":
        return True
    decimals = sum(count for number, count in put_in.items() if number.denominator != 1)
    broken = sum(value is not None and value.denominator != 1 for value in held.values())
    return 0 < decimals <= broken and _close(answer, reference, asked, world)  # none but these may be rounded


def _same_with_pinned(
    answer: Tree, reference: Tree, asked: Asked, world: World, paper: Paper, budget: Budget
) -> bool:
    """Whether they are the same where names whose numbers the answer has put in keep their values.

    Unlike in ``_same_with_numbers`` they keep them inside other names too: ``(1 - h1^2)*0.5`` for
    ``x1*tanh'(w1*x1)`` is right where x1 is 0.5 also in h1.
    """
    put_in = _literals(answer) - _literals(reference)
    pinned = _put_in(put_in, _reached(reference, world) - names(answer), world)
    if not 0 < len(pinned) <= put_in.total() or world.quantity(answer) is None:
        return False
    numbers = {**_labels(answer, paper), **{name: _number(value) for name, value in pinned.items()}}
    free = [name for name in world.variables if name not in numbers]
    definitions = {
        name: substitute(tree, numbers) for name, tree in world.definitions.items() if name not in numbers
    }
    right = substitute(reference, numbers)
    if compare(answer, right, free, definitions, budget).verdict == "equal":
        return True
    rounded = {number for number in put_in if number.denominator != 1 and not _stands_for(number, pinned)}
    near = all(any(abs(abs(value) - number) <= ROUNDED for value in pinned.values()) for number in rounded)
    return bool(rounded) and near and _close(answer, right, asked, World(definitions, world.values), free)


def _stands_for(number: Fraction, pinned: Mapping[str, Fraction]) -> bool:
    """Whether a number is exactly that of a name, or what it is divided by."""
    return any(abs(value) in (number, 1 / number if number else None) for value in pinned.values())


def _labels(answer: Tree, paper: Paper) -> Mapping[str, Tree]:
    """The labels as numbers, for an answer that names none: they depend on one another."""
    return {} if names(answer) & paper.labels.keys() else paper.labels


def _reached(tree: Tree, world: World) -> set[str]:
    """The names that a formula is made of, those in their definitions among them."""
    found: set[str] = set()
    waiting = set(names(tree))
    while waiting:
        name = waiting.pop()
        found.add(name)
        if name in world.definitions:
            waiting |= names(world.definitions[name]) - found
    return found


def _put_in(numbers: Counter[Fraction], among: Collection[str], world: World) -> dict[str, Fraction]:
    """Those of the names whose value, perhaps rounded, is among the numbers of an answer."""
    found: dict[str, Fraction] = {}
    for name in sorted(among):
        value = None if " " in name else world.quantity(Name(name))
        if value is not None and any(
            abs(abs(value) - number) <= ROUNDED or abs(value) * number == 1 for number in numbers
        ):
            found[name] = value
    return found


def _close(
    answer: Tree, reference: Tree, asked: Asked, world: World, moving: Sequence[str] | None = None
) -> bool:
    """Whether they stay within the tolerance when the names that they use move away from their values.

    ``moving``: what else moves; the names that are defined move with it.
    """
    if asked.box.tolerance.mode != "tolerance":
        return False
    used = sorted(names(answer) if moving is None else moving)
    definitions = {} if moving is None else world.definitions
    relative = Fraction(asked.box.tolerance.relative)
    for point in range(POINTS):
        shifts = {name: SHIFTS[(at + point) % len(SHIFTS)] for at, name in enumerate(used)}
        moved = World(definitions, {name: world.quantities[name] * shift for name, shift in shifts.items()})
        left, right = moved.quantity(answer), moved.quantity(reference)
        if left is None or not right or abs(left - right) > relative * abs(right):
            return False
    return True


def _literals(tree: Tree) -> Counter[Fraction]:
    return Counter(part.value for part in walk(tree) if isinstance(part, Number))


def _number(number: Fraction) -> Tree:
    """An exact number as an expression."""
    size = abs(number)
    above, below = (Number(Fraction(part), str(part)) for part in size.as_integer_ratio())
    tree: Tree = above if below.value == 1 else Binary("/", above, below)
    return Negative(tree) if number < 0 else tree
