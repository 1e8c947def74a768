"""The bank: exercises as data, one YAML file a network, checked in words that name file and line.

An author writes the network as equations, the numbers of variant 1 (or none) and the list of what is asked.
Everything else follows from the equations. ``python -m exercises schema`` prints the JSON Schema for editors.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exercises import optimiser
from exercises.asked import Asked, AskedGradient, AskedTrap, AskedUpdate
from exercises.asking import problems_told
from exercises.examples import MOST_EXAMPLES, batch, spread
from exercises.nested import Drawn, Numbers, by_entry, depth, widened
from exercises.optimiser import PLAIN
from exercises.ordered import Ordered
from exercises.places import BankError, Place, compose, in_words, line_of
from exercises.question import Step
from exercises.recursion import back
from exercises.said import unreadable_math
from exercises.structure import chains, network_of
from exercises.vectors import Elaborated, elaborate, entries
from grader.network import Network, NetworkError

__all__ = ["BankError", "Exercise", "load", "near", "read", "schema"]

BANK = Path(__file__).parent / "bank"
LARGEST = 6  # power of ten of a number: what is larger or smaller is no number of an exercise
GROUPS = ("inputs", "weights", "biases", "target", "alpha", "rates", "states")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExerciseSet(_Model):
    """One file of the bank: a network, its numbers, and what is asked about it."""

    name: str
    network: Annotated[
        dict[str, str],
        Field(description="node: expression, in forward order, ending with L; only a quiz needs none"),
    ] = {}
    examples: Annotated[
        int | None,
        Field(ge=2, le=MOST_EXAMPLES, description="the network is one example of such a batch"),
    ] = None
    shapes: Annotated[
        dict[str, tuple[int, ...]],
        Field(description="[entries] of each vector, [rows, columns] of each matrix; left out: numbers"),
    ] = {}
    update: Annotated[
        dict[str, str],
        Field(description="the rule by which a weight w moves, from its gradient g and alpha"),
    ] = dict(PLAIN)
    numbers: Annotated[
        dict[str, Numbers] | None,
        Field(description="variant 1: every leaf and alpha; lists for vectors, and for each example"),
    ] = None
    draw: Annotated[
        dict[str, Drawn],
        Field(
            description=f"what other variants may use: by name, or by group ({', '.join(GROUPS)}); "
            "target: one-hot, one target of an example is 1 and the others 0"
        ),
    ] = {}
    exercises: Annotated[tuple[Asked, ...], Field(min_length=1)]


class Exercise(_Model):
    """One exercise with everything that it needs: what is asked, and the set that it belongs to."""

    id: str
    step: Step
    name: str
    network: Ordered[str]
    numbers: dict[str, Decimal] | None = None
    draw: dict[str, Drawn] = {}
    update: Ordered[str] = dict(PLAIN)
    one: Annotated[Ordered[str], Field(description="of a batch, the network of one example")] = {}
    together: Annotated[
        tuple[Asked, ...], Field(description="all that the set asks: variants suit every box of it")
    ] = ()
    written: Annotated[Ordered[str], Field(description="the network in vectors, if it has any")] = {}
    shapes: Annotated[Ordered[tuple[int, ...]], Field(description="of every vector and matrix")] = {}
    asked: Asked

    @property
    def weight(self) -> str | None:
        """The weight that a gradient exercise asks about."""
        return self.asked.weight if isinstance(self.asked, AskedGradient) else None


def load(folder: Path = BANK) -> dict[str, Exercise]:
    """Every exercise of every ``*.yaml`` in ``folder``, by id, in the order of files; raises BankError."""
    bank: dict[str, Exercise] = {}
    for path in sorted(folder.glob("*.yaml")):
        for exercise in read(path.read_text(encoding="utf-8"), path.name):
            if exercise.id in bank:
                raise BankError(f"{path.name}: the id '{exercise.id}' is already used by another exercise")
            bank[exercise.id] = exercise
    if not bank:
        raise BankError(f"there is no *.yaml file in {folder}")
    return bank


def read(text: str, file: str = "exercise.yaml") -> list[Exercise]:
    """The exercises of one file's text; ``file`` is its name in errors. Raises BankError."""
    root, content = compose(text, file)
    try:
        found = ExerciseSet.model_validate(content)
    except ValidationError as error:
        raise BankError(in_words(error, root, file)) from None
    problems = [f"{file}, line {line_of(root, place)}: {problem}" for place, problem in _problems(found)]
    if problems:
        raise BankError("\n".join(problems))
    return [_exercise(found, asked) for asked in found.exercises]


def _exercise(found: ExerciseSet, asked: Asked) -> Exercise:
    vectors = _vectors(found)
    return Exercise(
        id=asked.id,
        step=asked.step,
        name=found.name,
        network=_equations(found),
        numbers=_numbers(found)[0] if found.numbers is not None else None,
        draw=widened(found.draw, vectors.shapes),
        update=found.update,
        one=found.network if found.examples else {},
        together=tuple(_untitled(each) for each in found.exercises),
        written=vectors.shown,
        shapes=vectors.shapes,
        asked=asked,
    )


def _vectors(found: ExerciseSet) -> Elaborated:
    """The equations written out entry by entry; without shapes, as they are."""
    if found.shapes:
        return elaborate(found.network, found.shapes)
    return Elaborated(found.network, {}, {})


def _untitled(asked: Asked) -> Asked:
    """Without its words: they may change, and the variants of the set stay as they are."""
    return asked.model_copy(update={"title": None, "hints": None})


def _equations(found: ExerciseSet) -> dict[str, str]:
    """The network, of a batch for all its examples; raises NetworkError. A set may have none."""
    if not found.network:
        return {}
    if found.shapes and (found.examples or found.update != PLAIN):
        raise NetworkError("a network in vectors has no 'examples' and no 'update' of its own")
    return batch(found.network, found.examples) if found.examples else _vectors(found).equations


def _numbers(found: ExerciseSet) -> tuple[dict[str, Decimal], list[str]]:
    """The numbers of variant 1 by the names of the whole network, and what is wrong with them."""
    numbers = found.numbers or {}
    if rows := [name for name, value in numbers.items() if depth(value) == "rows" and not found.shapes]:
        return {}, [f"'{name}' has rows, but 'shapes' does not give it any" for name in rows]
    if found.examples:
        one_level = cast("dict[str, Decimal | Sequence[Decimal]]", numbers)
        return spread(network_of(found.network), one_level, found.examples)
    if found.shapes:
        return by_entry(numbers, _vectors(found).shapes)
    lists = [name for name, value in numbers.items() if isinstance(value, tuple)]
    return (
        {name: value for name, value in numbers.items() if isinstance(value, Decimal)},
        [f"'{name}' must be one number" for name in lists],
    )


def schema() -> dict[str, Any]:
    """The JSON Schema of one file of the bank."""
    return ExerciseSet.model_json_schema()


def _problems(found: ExerciseSet) -> Iterable[tuple[Place, str]]:
    """What is wrong with a set that has the right shape."""
    if not found.network:
        yield from _problems_bare(found)
        return
    try:
        network = network_of(_equations(found))
    except NetworkError as error:
        yield ("network", *_named_node(str(error), found)), str(error)
        return
    wrong_rule = list(_problems_rule(found, network))
    yield from wrong_rule
    if wrong_rule:
        return
    leaves = {*network.leaves, "alpha", *optimiser.extras(found.update, network)}
    if found.numbers is not None:
        yield from _problems_numbers(found, leaves)
    known = leaves | set(GROUPS) | set(found.shapes or network_of(found.network).leaves)
    for name in sorted(found.draw.keys() - known):
        yield ("draw", name), f"'{name}' is neither a leaf nor a group{near(name, known)}"
    for name, drawn in found.draw.items():
        if drawn == "one-hot" and name != "target":
            yield ("draw", name), f"'{name}' cannot be one-hot, only 'target' can"
    yield from _problems_exercises(found, network)


def _problems_bare(found: ExerciseSet) -> Iterable[tuple[Place, str]]:
    """Of a set without a network."""
    if any(asked.step is not Step.QUIZ for asked in found.exercises):
        yield ("network",), "the field 'network' is missing; only a quiz needs none"
        return
    for part in ("numbers", "draw", "shapes", "examples"):
        if getattr(found, part):
            yield (part,), f"without a 'network' there is nothing that '{part}' could be about"
    yield from _problems_exercises(found, None)


def _problems_exercises(found: ExerciseSet, network: Network | None) -> Iterable[tuple[Place, str]]:
    seen: set[str] = set()
    for index, asked in enumerate(found.exercises):
        if asked.id in seen:
            yield ("exercises", index), f"the id '{asked.id}' is used twice in this file"
        seen.add(asked.id)
        for part in ("title", "hints"):
            for words in _unshowable(asked, part):
                yield (("exercises", index, part), words)
        yield from _problems_asked(("exercises", index), asked, network, found)


def _problems_rule(found: ExerciseSet, network: Network) -> Iterable[tuple[Place, str]]:
    for name, problem in optimiser.problems(found.update, network):
        yield ("update", name), problem


def _problems_numbers(found: ExerciseSet, leaves: set[str]) -> Iterable[tuple[Place, str]]:
    numbers, problems = _numbers(found)
    yield from ((("numbers", _quoted(problem)), problem) for problem in problems)
    if problems:
        return
    for name in sorted(numbers.keys() - leaves):
        yield ("numbers", name), f"'{name}' is not a leaf of this network{near(name, leaves)}"
    for name in sorted(leaves - numbers.keys()):
        yield ("numbers",), f"the number of '{name}' is missing"
    for name, number in numbers.items():
        if number and not -LARGEST <= number.adjusted() <= LARGEST:
            yield (
                ("numbers", name),
                f"'{name}' must lie between 10^-{LARGEST} and 10^{LARGEST} in size",
            )
    if numbers.get("alpha") == 0:
        yield ("numbers", "alpha"), "'alpha' is 0, so that no weight moves and every update is right"


def _quoted(problem: str) -> str:
    """The name that a problem is about."""
    return problem.split("'")[1]


def _problems_asked(
    place: Place, asked: Asked, network: Network | None, found: ExerciseSet
) -> Iterable[tuple[Place, str]]:
    told = problems_told(asked, network, is_plain=found.update == PLAIN)
    yield from (((*place, *inside), problem) for inside, problem in told)
    if network is None:
        return
    weights = _weights(network, found)
    if isinstance(asked, AskedUpdate):
        for name in sorted(set(asked.weights or ()).difference(weights)):
            yield (*place, "weights"), _no_weight(name, weights)
    if isinstance(asked, AskedTrap) and asked.statements + asked.paragraphs == 0:
        yield place, "a trap needs at least one statement or one paragraph"
    if isinstance(asked, AskedGradient) and asked.weight not in weights:
        yield (*place, "weight"), _no_weight(asked.weight, weights)
    elif isinstance(asked, AskedGradient):
        yield from _problems_chain(place, asked, network, found)


def _problems_chain(
    place: Place, asked: AskedGradient, network: Network, found: ExerciseSet
) -> Iterable[tuple[Place, str]]:
    name, shapes = asked.weight, _vectors(found).shapes
    try:
        ways = chains(network, entries(name, shapes.get(name, ()))[0], through=asked.through)
        if name in shapes:
            back(network, found.network, shapes, name)
    except NetworkError as error:
        yield (*place, "through" if asked.through else "weight"), str(error)
        return
    links = max(len(path) - 1 for path in ways)
    if (links == 2) != (asked.step is Step.TWO_FACTOR):
        right = Step.TWO_FACTOR if links == 2 else Step.THREE_FACTOR
        yield (*place, "step"), f"the chain of '{name}' has {links} links, so its step is '{right.value}'"


def _unshowable(asked: Asked, part: str) -> Iterable[str]:
    """What cannot be shown of the words that an author gives an exercise."""
    words = getattr(asked, part) or ()
    return (
        problem
        for each in ([words] if isinstance(words, str) else words)
        for problem in unreadable_math(each)
    )


def _weights(network: Network, found: ExerciseSet) -> list[str]:
    """What may be asked as a weight, vectors and matrices among it."""
    matrices = [name for name, shape in found.shapes.items() if entries(name, shape)[0] in network.weights]
    return [*network.weights, *matrices]


def _no_weight(name: str, weights: Iterable[str]) -> str:
    return f"'{name}' is not a weight of this network{near(name, weights)}"


def _named_node(message: str, found: ExerciseSet) -> tuple[str, ...]:
    """The first node that a network's error quotes, alone, of an example, or an entry, to find the line."""
    part = "([1-9]{1,2})?" if found.shapes else "(_[a-z])?"
    return next(((node,) for node in found.network if re.search(rf"'{node}{part}'", message)), ())


def near(name: str, known: Iterable[str]) -> str:
    """`` (did you mean ...?)`` with the nearest known name, or nothing."""
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f" (did you mean '{close[0]}'?)" if close else ""
