"""Find the broken link: a lab with a budget, the link as a choice, and the observation that decides it.

The fault follows from the exercise and the seed, the numbers are those of the variant: a reading is worked
out when it is asked for, and never before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from exercises.asked import AskedDebugging
from exercises.bank import Exercise
from exercises.chance import Chance
from exercises.debugging import cases
from exercises.debugging.cases import GENERATOR, NoCase
from exercises.debugging.faults import BY_ID, HEALTHY
from exercises.debugging.instruments import Lab as OpenLab
from exercises.debugging.instruments import Reading, cost, instruments
from exercises.debugging.trainer import fitting
from exercises.diagram import draw
from exercises.grids import numbers_of
from exercises.prose import ladder, plain, step_text, texts
from exercises.published import Published
from exercises.question import Field, Lab, Option, Question, Step, Variant
from exercises.steps.scene import examples_of
from exercises.structure import network_of
from grader.expression import show
from grader.job import ChoiceBox
from grader.network import Network

__all__ = ["GENERATOR", "NoCase", "lab_of", "question", "worked"]

LINK, OBSERVATION = "link", "observation"
OBSERVATIONS = 6  # to choose from


@dataclass(frozen=True, slots=True)
class Worked:
    """One step of the worked triage: what is read, why, what it shows, and what that says."""

    reading: Reading
    why: str
    says: str


def asked_of(exercise: Exercise) -> AskedDebugging:
    """What the exercise asks, as what it is."""
    assert isinstance(exercise.asked, AskedDebugging)
    return exercise.asked


def numbers(exercise: Exercise, seed: int) -> dict[str, Decimal]:
    """The start of a seed; seed 1 has the set's numbers where a fault is named. Raises NoCase."""
    asked = asked_of(exercise)
    if seed == 1 and asked.fault and exercise.numbers:
        given = {**exercise.numbers, **asked.start}
        return {name: given[name] for name in numbers_of(exercise)}
    return cases.draw(exercise, pool(exercise), seed)[0]


def fault_of(exercise: Exercise, seed: int) -> str:
    """The fault of a seed."""
    asked = asked_of(exercise)
    if seed == 1 and asked.fault and exercise.numbers:
        return asked.fault
    return cases.fault_of(exercise, pool(exercise), seed)


def pool(exercise: Exercise) -> tuple[str, ...]:
    """The faults that variants are drawn from."""
    return asked_of(exercise).faults or fitting(network_of(exercise.network))


def lab_of(published: Published, variant: Variant) -> OpenLab:
    """The loop of a variant, ready to be looked into."""
    start = tuple((name, Decimal(text)) for name, text in variant.values.items())
    equations = tuple(published.exercise.network.items())
    return _lab(equations, start, fault_of(published.exercise, variant.seed))


@lru_cache(maxsize=256)
def _lab(
    equations: tuple[tuple[str, str], ...], start: tuple[tuple[str, Decimal], ...], fault: str
) -> OpenLab:
    return cases.lab(network_of(dict(equations)), dict(start), fault)


def worked(published: Published, variant: Variant) -> tuple[Worked, ...]:
    """The triage on this variant, step by step."""
    found, says = lab_of(published, variant), texts("debugging")
    return tuple(
        Worked(found.read(instrument), says["triage"][instrument], says["says"][what])
        for instrument, what in cases.solve(found).steps
    )


def question(published: Published, variant: Variant) -> Question:
    """Which link is broken, and what decides it?"""
    exercise, asked = published.exercise, asked_of(published.exercise)
    fault, says = fault_of(exercise, variant.seed), step_text("debugging")
    network = network_of(exercise.network)
    link, observation = _link(fault), _observation(network, fault, variant)
    given = {
        name: variant.values[name] for name in (*network.inputs, *network.targets) if name in variant.values
    }
    drawn = network_of(exercise.one) if exercise.one else network
    return Question(
        exercise=exercise.id,
        step=exercise.step,
        title=(asked.title if variant.seed == 1 or not asked.fault else None) or says["title"],
        task=says["task"],
        intro=says["intro"],
        fields=(link, observation),
        boxes=(
            ChoiceBox(id=LINK, options=_ids(link), right=str(BY_ID[fault].link)),
            ChoiceBox(id=OBSERVATION, options=_ids(observation), right=fault, needs=LINK),
        ),
        names=(),
        numbers={},
        diagram=draw(drawn, given if not exercise.one else {}),
        formula=None,
        definitions=tuple(f"{node} = {show(tree)}" for node, tree in drawn.equations.items()),
        hints=asked.hints or ladder(says["hints"]),
        meaning=says["meaning"].format(why=texts("debugging")["faults"][fault]["why"]),
        lesson_page=says["lesson_page"],
        table=_table(network, drawn, variant) if exercise.one else (),
        lab=Lab(asked.budget, {each: cost(each, asked.costs) for each in instruments(network)}),
        solution={LINK: str(BY_ID[fault].link), OBSERVATION: fault},
    )


def _table(network: Network, one: Network, variant: Variant) -> tuple[tuple[str, ...], ...]:
    """Inputs and targets of each example of a batch: a row of names, then a row an example."""
    names = (*one.inputs, *one.targets)
    letters = examples_of(network, one)
    return names, *(tuple(variant.values[f"{name}_{letter}"] for name in names) for letter in letters)


def _link(fault: str) -> Field:
    says = texts("debugging")
    return Field(
        id=LINK,
        symbol="",
        words=says["link"]["words"],
        nudge=says["link"]["nudge"],
        options=tuple(Option(str(at), each["name"], each["if"]) for at, each in says["links"].items()),
        prompt=says["link"]["prompt"],
        short=True,
    )


def _observation(network: Network, fault: str, variant: Variant) -> Field:
    says, chance = texts("debugging"), Chance("observations", variant.generator, variant.seed, fault)
    others = chance.shuffled([each for each in (*fitting(network), HEALTHY) if each != fault])
    chosen = chance.shuffled([fault, *others[: OBSERVATIONS - 1]])
    return Field(
        id=OBSERVATION,
        symbol="",
        words=says["observation"]["words"],
        nudge=says["observation"]["nudge"],
        options=tuple(Option(each, says["faults"][each]["observation"]) for each in chosen),
        prompt=says["observation"]["prompt"],
        why=says["faults"][fault]["why"],
        short=True,
    )


def _ids(field: Field) -> tuple[str, ...]:
    return tuple(option.id for option in field.options)


def faults(published: Published, variants: Sequence[Variant]) -> Iterator[str]:
    """What is wrong with these cases: the triage misses one, or it takes more than the budget."""
    exercise, asked = published.exercise, asked_of(published.exercise)
    for each in variants:
        fault, found = fault_of(exercise, each.seed), cases.solve(lab_of(published, each))
        if found.link != BY_ID[fault].link:
            broken = BY_ID[fault].link
            yield f"seed {each.seed}: the triage names link {found.link}, and link {broken} is broken"
        needed = sum(cost(name, asked.costs) for name, _ in found.steps)
        if needed > asked.budget:
            yield f"seed {each.seed}: the triage takes {needed} of a budget of {asked.budget}"


def undrawable(exercise: Exercise) -> Iterator[str]:
    """The faults that are to be drawn and cannot be shown on this network."""
    blank = AskedDebugging(id="any", step=Step.DEBUGGING)
    alike = {"id": "any", "name": "", "numbers": None, "together": (), "asked": blank}
    key = exercise.model_copy(update=alike).model_dump_json()
    for fault in pool(exercise):
        if problem := _undrawable(key, fault):
            yield f"{problem}; leave it out of 'faults'"


@lru_cache(maxsize=512)
def _undrawable(exercise: str, fault: str) -> str:
    """Why there is no case of a fault on a network; the exercise as JSON, without what differs."""
    try:
        cases.draw(Exercise.model_validate_json(exercise), [fault], 2)
    except NoCase as error:
        return str(error)
    return ""


def printed(start: dict[str, Decimal]) -> dict[str, str]:
    """The numbers as a variant keeps them."""
    return {name: plain(number, 6) for name, number in start.items()}
