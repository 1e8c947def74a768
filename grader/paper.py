"""A job made ready for marking: texts read, names defined, quantities at hand.

Legend
------
reference    the right formula of a box over leaves, nodes and earlier boxes
world        what the names mean: in the true world every earlier box has its right value, in a student's own
             world it has what the student answered
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache

from grader.budget import OF_A_SUBMISSION, Budget
from grader.expression import Unreadable, read
from grader.formula import DERIVATIVE, Quantities, definitions_of
from grader.job import AnswerBox, Job, answer_boxes
from grader.network import Network, NetworkError
from grader.numbers import NotANumber, rounding, value
from grader.regime import is_kinked
from grader.tree import Call, Name, Negative, Number, Tree, names, walk

AGREEING = Fraction(1, 10**20)  # values that are not rational have 40 digits


class JobError(ValueError):
    """A job that cannot be marked: a fault of the site or of the exercise, never a wrong answer."""


@dataclass(frozen=True)
class World:
    """What the names mean, as expressions and as numbers. ``variables``: the names without a definition."""

    definitions: Mapping[str, Tree]
    values: Mapping[str, Fraction]

    @cached_property
    def quantities(self) -> Quantities:
        """The numbers, worked out as they are asked for."""
        return Quantities(self.values, self.definitions)

    def quantity(self, tree: Tree) -> Fraction | None:
        """The number that ``tree`` stands for; None where it has none, and ``flaw`` says why."""
        found = self._found(tree)
        return None if isinstance(found, str) else found

    def flaw(self, tree: Tree) -> str | None:
        """Why ``tree`` has no number here: a code of NotANumber; None if it has one."""
        found = self._found(tree)
        return found if isinstance(found, str) else None

    def spread(self, tree: Tree) -> Fraction:
        """How far ``tree``, which has a value, may be off by its decimals; raises NotANumber at too many."""
        if tree not in self._spreads:
            self._spreads[tree] = rounding(tree, value(tree, self.quantities), self.quantities)
        return self._spreads[tree]

    @cached_property
    def _spreads(self) -> dict[Tree, Fraction]:
        return {}

    def _found(self, tree: Tree) -> Fraction | str:
        if tree not in self._numbers:
            try:
                self._numbers[tree] = value(tree, self.quantities)
            except NotANumber as error:
                self._numbers[tree] = error.code
        return self._numbers[tree]

    @cached_property
    def _numbers(self) -> dict[Tree, Fraction | str]:
        return {}

    @property
    def variables(self) -> tuple[str, ...]:
        """The leaves, alpha among them."""
        return tuple(self.values)

    def with_answers(self, answers: Mapping[str, Tree]) -> World:
        """The world in which these boxes have these answers."""
        return World({**self.definitions, **answers}, self.values)

    def with_variables(self, chosen: Iterable[str]) -> World:
        """The world in which these names are variables of their own, with the numbers that they have here."""
        return self.with_numbers(
            {name: number for name in chosen if (number := self.quantity(Name(name))) is not None}
        )

    def with_numbers(self, numbers: Mapping[str, Fraction]) -> World:
        """The world in which these names have no definition but these numbers."""
        defined = {name: tree for name, tree in self.definitions.items() if name not in numbers}
        return World(defined, {**self.values, **numbers})


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer box with its formulas read. ``symbolic`` is None where only values are compared."""

    box: AnswerBox
    formula: Tree
    symbolic: Tree | None
    scale: Tree | None
    earlier: frozenset[str]  # the earlier boxes that the formula names


@dataclass(frozen=True)
class Paper:
    """Everything that the boxes of a job are marked against."""

    asked: Mapping[str, Asked]
    world: World
    network: Network | None
    is_kinked: bool  # the network has a piecewise function
    labels: Mapping[str, Tree]  # targets that say which class is right, 0 or 1, as numbers
    budget: Budget = field(default_factory=lambda: Budget(OF_A_SUBMISSION), compare=False)


@dataclass(frozen=True, eq=False)
class Formulas:
    """What is the same for all variants of a question. ``network`` is None for one without equations."""

    network: Network | None
    asked: Mapping[str, Asked]
    definitions: Mapping[str, Tree]


def paper(job: Job) -> Paper:
    """The job made ready; raises JobError where it contradicts itself."""
    _check(job)
    boxes = answer_boxes(job.boxes)
    values = {name: _number(name, text) for name, text in job.values.items()}
    try:
        formulas = formulas_of(tuple(job.network.items()), boxes, frozenset(values))
    except NetworkError as error:
        raise JobError(str(error)) from error
    network, asked, world = formulas.network, formulas.asked, World(formulas.definitions, values)
    _check_references(formulas, tuple(values.items()))
    kinked = any(map(is_kinked, network.equations.values())) if network else False
    return Paper(asked, world, network, kinked, _labels(network, world) if network else {})


def _labels(network: Network, world: World) -> dict[str, Tree]:
    """Of a loss that takes logarithms, as cross-entropy does, the targets that are 0 or 1 here."""
    if not any(_has_logarithm(network.equations[loss]) for loss in network.losses):
        return {}
    found = {name: world.quantity(Name(name)) for name in network.targets}
    return {name: Number(value, str(value)) for name, value in found.items() if value in (0, 1)}


def _has_logarithm(tree: Tree) -> bool:
    return any(isinstance(part, Call) and part.function == "ln" for part in walk(tree))


@lru_cache(maxsize=256)
def formulas_of(
    equations: tuple[tuple[str, str], ...], boxes: tuple[AnswerBox, ...], given: frozenset[str]
) -> Formulas:
    """These boxes of a network, read; ``given``: the names with numbers. Raises JobError, NetworkError."""
    network = Network.from_equations(dict(equations)) if equations else None
    if missing := set(network.leaves if network else ()) - given:
        raise JobError(f"the job has no value for '{min(missing)}'")
    used = frozenset(name for box in boxes for name in _derivatives(box))
    definitions = dict(definitions_of(network, used)) if network else {}
    asked: dict[str, Asked] = {}
    for box in boxes:
        known = definitions.keys() | given
        if unknown := set(box.names) - known:
            raise JobError(f"the box '{box.id}' offers '{min(unknown)}', which means nothing here")
        asked[box.id] = _asked(box, frozenset(known), frozenset(asked))
        definitions.setdefault(box.id, asked[box.id].symbolic or asked[box.id].formula)
    return Formulas(network, asked, definitions)


@lru_cache(maxsize=4096)
def _check_references(formulas: Formulas, values: tuple[tuple[str, Fraction], ...]) -> None:
    """Both ways to a right answer must lead to the same number: what SymPy derived, and the graph."""
    world = World(formulas.definitions, dict(values))
    for id, asked in formulas.asked.items():
        stated = world.quantity(asked.formula)
        derived = world.quantity(asked.symbolic or asked.formula)
        if stated is None or derived is None:
            raise JobError(f"the formula of box '{id}' has no value")
        if abs(stated - derived) > AGREEING * max(Fraction(1), abs(stated)):
            raise JobError(f"the two references of box '{id}' disagree")


@lru_cache(maxsize=4096)
def _number(name: str, text: str) -> Fraction:
    """The value of a leaf, read as numbers are read everywhere: a decimal, with a minus or not."""
    try:
        tree = read(text, (), decimal_comma=False)
    except Unreadable as error:
        raise JobError(f"the value of '{name}': {error}") from error
    match tree:
        case Number(value=found):
            return found
        case Negative(operand=Number(value=found)):
            return -found
        case _:
            raise JobError(f"the value of '{name}' is not a number such as -0.5")


def _check(job: Job) -> None:
    ids = [box.id for box in job.boxes]
    if len(set(ids)) != len(ids):
        raise JobError("two boxes have the same id")
    if job.answers.keys() != set(ids):
        odd = min(job.answers.keys() ^ set(ids))
        raise JobError(f"the job has {'an answer to no box' if odd in job.answers else 'no answer'}: '{odd}'")
    _check_offers(job)


def _check_offers(job: Job) -> None:
    """A box may use those before it; an entry of a matrix none of its own matrix."""
    later: set[str] = set()
    for box in reversed(job.boxes):
        own = {entry.id for entry in answer_boxes([box])}
        if later & (own | {box.id}):
            raise JobError(f"'{min(later & (own | {box.id}))}' is the id of two boxes or entries")
        later |= own | {box.id}
        for entry in answer_boxes([box]):
            if set(entry.names) & later:
                raise JobError(f"the box '{entry.id}' offers its own name or that of a later box")


def _derivatives(box: AnswerBox) -> set[str]:
    texts = (box.formula, box.symbolic or "", box.tolerance.scale or "")
    return {name for text in texts for name in DERIVATIVE.findall(text)} | {
        name for name in box.names if DERIVATIVE.fullmatch(name)
    }


def _asked(box: AnswerBox, known: frozenset[str], before: frozenset[str]) -> Asked:
    def ready(text: str | None) -> Tree | None:
        if text is None:
            return None
        try:
            return read(text, sorted(known), decimal_comma=False)
        except Unreadable as error:
            raise JobError(
                f"the formula of box '{box.id}', character {error.span[0] + 1}: {error}"
            ) from error

    formula = ready(box.formula)
    assert formula is not None
    return Asked(box, formula, ready(box.symbolic), ready(box.tolerance.scale), names(formula) & before)
