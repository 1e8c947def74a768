"""A quiz: questions of the general kinds, drawn and mixed by the seed, on the set's network if it has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from exercises.asked import (
    AnyQuestion,
    AskedQuiz,
    ChoiceQuestion,
    Choosable,
    ExpressionQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    SeveralQuestion,
)
from exercises.asking import units_of
from exercises.bank import Exercise
from exercises.chance import Chance
from exercises.diagram import draw
from exercises.prose import LONGEST, ladder, note, plain, printed, step_text
from exercises.published import Published
from exercises.question import Field, Option, Question, Variant
from exercises.structure import chains, network_of
from grader.expression import read, show
from grader.formula import DERIVATIVE
from grader.job import AnswerBox, Box, ChoiceBox, PickBox, SlotsBox, Tolerance
from grader.numeric import evaluate, quantities

Part = tuple[Field, Box]
MOST_EXTRA = 2  # links of other chains among those that are to be ordered
DECIMALS = 4
UNITS = ("m", "s", "kg", "g", "l", "h", "km")  # that may be typed besides the right ones
PROBES = ("1.3", "0.7", "2.9", "0.41", "1.7", "3.1", "0.59", "2.3", "1.9", "0.83", "3.7", "0.47")


def asked_of(exercise: Exercise) -> AskedQuiz:
    """What the exercise asks, as what it is."""
    assert isinstance(exercise.asked, AskedQuiz)
    return exercise.asked


def question(published: Published, variant: Variant) -> Question:
    """The questions of this variant, mixed; a quiz that draws none of them keeps their order."""
    exercise, asked = published.exercise, asked_of(published.exercise)
    says, chance = step_text("quiz"), Chance("quiz", exercise.id, variant.generator, variant.seed)
    chosen: Sequence[AnyQuestion] = asked.questions
    if asked.draw:
        chosen = chance.shuffled(asked.questions)[: asked.draw]
    parts = [
        part
        for at, each in enumerate(chosen, 1)
        for part in _parts(each, f"q{at}", at, chance, exercise, variant)
    ]
    network = network_of(exercise.network) if exercise.network else None
    given = {name: variant.values[name] for name in network.leaves} if network else {}
    return Question(
        exercise=exercise.id,
        step=exercise.step,
        title=asked.title or says["title"],
        task=says["task"],
        intro=asked.intro or says["intro"],
        fields=tuple(field for field, _ in parts),
        boxes=tuple(box for _, box in parts),
        names=tuple(dict.fromkeys(name for each in chosen for name in _offered(each))),
        numbers={},
        diagram=draw(network, given) if network else None,
        formula=None,
        definitions=tuple(f"{node} = {show(tree)}" for node, tree in network.equations.items())
        if network
        else (),
        hints=asked.hints or ladder(says["hints"]),
        meaning=asked.meaning or says["meaning"],
        lesson_page=says["lesson_page"],
        solution={box.id: _solution(field, box, exercise, variant) for field, box in parts},
    )


def _offered(asked: AnyQuestion) -> tuple[str, ...]:
    """What a palette offers for a question; units are for the student to name."""
    return asked.names if isinstance(asked, ExpressionQuestion) else ()


def extra_values(question: Question, known: Mapping[str, str]) -> dict[str, str]:
    """A number for every name of a box that stands for nothing in particular, such as a unit."""
    used = dict.fromkeys(name for box in question.boxes if isinstance(box, AnswerBox) for name in box.names)
    free = [name for name in used if name not in known]
    return {name: PROBES[at % len(PROBES)] for at, name in enumerate(free)}


def _parts(
    asked: AnyQuestion, id: str, number: int, chance: Chance, exercise: Exercise, variant: Variant
) -> list[Part]:
    say: dict[str, Any] = {
        "id": id,
        "symbol": "",
        "prompt": asked.prompt,
        "nudge": asked.nudge or note("quiz_nudge"),
        "why": asked.why,
    }
    say["words"] = note("question", number=number)
    match asked:
        case ChoiceQuestion():
            return _choice(asked, say, chance)
        case SeveralQuestion():
            options, right = _mixed(asked.options, chance)
            field = Field(**say, options=options, many=True, short=True)
            return [(field, PickBox(id=id, options=_ids(options), right=right))]
        case NumberQuestion():
            return _number(asked, say)
        case ExpressionQuestion():
            box = AnswerBox(id=id, formula=asked.answer, symbolic=asked.answer, names=asked.names)
            return [(Field(**say), box)]
        case OrderQuestion():
            items, extra = _links(asked, exercise, chance) if asked.chain else (asked.items, asked.extra)
            return [_slots(say, items, extra, _places(len(items)), chance)]
        case MatchQuestion():
            partners = [right for _, right in asked.pairs]
            return [_slots(say, partners, asked.extra, [left for left, _ in asked.pairs], chance)]


def _choice(asked: ChoiceQuestion, say: dict[str, Any], chance: Chance) -> list[Part]:
    options, right = _mixed(asked.options, chance)
    found: list[Part] = [
        (
            Field(**say, options=options, short=True),
            ChoiceBox(id=say["id"], options=_ids(options), right=right[0]),
        )
    ]
    if asked.reason:
        options, right = _mixed(asked.reason.options, chance)
        id = f"{say['id']}_reason"
        field = Field(
            id=id,
            symbol="",
            words=note("reason", number=say["id"].removeprefix("q")),
            prompt=asked.reason.prompt,
            nudge=asked.reason.nudge or note("reason_nudge"),
            why=asked.reason.why,
            options=options,
            short=True,
        )
        found.append((field, ChoiceBox(id=id, options=_ids(options), right=right[0], needs=say["id"])))
    return found


def _mixed(options: Sequence[Choosable], chance: Chance) -> tuple[tuple[Option, ...], tuple[str, ...]]:
    """The options in another order, and the ids of the right ones; an id is its place in the file."""
    numbered = chance.shuffled(list(enumerate(options, start=1)))
    return (
        tuple(Option(str(at), each.text, each.says) for at, each in numbered),
        tuple(str(at) for at, each in numbered if each.right),
    )


def _number(asked: NumberQuestion, say: dict[str, Any]) -> list[Part]:
    formula = asked.formula or f"{asked.answer:f}"
    tolerance = Tolerance(decimals=DECIMALS if asked.decimals is None else asked.decimals)
    if asked.tolerance is not None:
        tolerance = tolerance.model_copy(update={"relative": asked.tolerance})
    digits = note("digits", decimals=asked.decimals) if asked.decimals is not None else ""
    field = Field(**say, gloss=note("number"), digits=digits)
    found: list[Part] = [(field, AnswerBox(id=say["id"], formula=formula, names=(), tolerance=tolerance))]
    if asked.unit is not None:
        id, units = f"{say['id']}_unit", units_of(asked.unit)
        assert isinstance(units, tuple)
        words = note("unit", number=say["id"].removeprefix("q"))
        field = Field(
            id=id,
            symbol="",
            words=words,
            prompt=note("unit_prompt"),
            gloss=note("unit_gloss"),
            nudge=note("unit_nudge"),
        )
        names = tuple(dict.fromkeys([*units, *UNITS]))
        found.append((field, AnswerBox(id=id, formula=asked.unit, symbolic=asked.unit, names=names)))
    return found


def _places(count: int) -> list[str]:
    return [note("place", number=number) for number in range(1, count + 1)]


def _slots(
    say: dict[str, Any], right: Sequence[str], extra: Sequence[str], places: Sequence[str], chance: Chance
) -> Part:
    """An option for every place; the ids of options are their places among the texts."""
    texts = list(dict.fromkeys([*right, *extra]))
    ids = {text: str(at) for at, text in enumerate(texts, start=1)}
    mixed = chance.shuffled(texts)
    if mixed == list(right):
        mixed = [*mixed[1:], mixed[0]]
    field = Field(**say, options=tuple(Option(ids[text], text) for text in mixed), slots=tuple(places))
    box = SlotsBox(id=say["id"], options=_ids(field.options), right=tuple(ids[text] for text in right))
    return field, box


def _links(asked: OrderQuestion, exercise: Exercise, chance: Chance) -> tuple[list[str], list[str]]:
    """The links of the chain from the loss on, as math, and links of other weights that are not in it."""
    network = network_of(exercise.network)
    own = _chain(exercise, str(asked.chain), opened=asked.opened)
    others = [
        link
        for weight in network.weights
        for link in _chain(exercise, weight, opened=asked.opened)
        if link not in own
    ]
    extra = chance.shuffled(list(dict.fromkeys(others)))[:MOST_EXTRA]
    return own, extra


def _chain(exercise: Exercise, weight: str, *, opened: bool) -> list[str]:
    path = chains(network_of(exercise.network), weight, opened=opened)[0]
    return [f"`d{output}_d{input}`" for output, input in pairwise(path)]


def _ids(options: Sequence[Option]) -> tuple[str, ...]:
    return tuple(option.id for option in options)


def _solution(field: Field, box: Box, exercise: Exercise, variant: Variant) -> str:
    match box:
        case SlotsBox(right=right):
            texts = {option.id: option.text for option in field.options}
            return "; ".join(
                f"{place}: {texts[each]}" for place, each in zip(field.slots, right, strict=True)
            )
        case PickBox(right=picked):
            return ", ".join(picked)
        case ChoiceBox(right=one):
            return one
        case AnswerBox(symbolic=str(formula)):
            return formula
        case AnswerBox(formula=formula):
            return _worth(formula, exercise, variant)
        case _:
            raise AssertionError(box)


def _worth(formula: str, exercise: Exercise, variant: Variant) -> str:
    """A formula's value as it is printed."""
    if not exercise.network:
        return plain(Decimal(formula), LONGEST)
    leaves = {name: float(text) for name, text in variant.values.items()}
    known = quantities(network_of(exercise.network), leaves, DERIVATIVE.findall(formula))
    return printed(float(evaluate(read(formula, sorted(known)), known)), LONGEST)
