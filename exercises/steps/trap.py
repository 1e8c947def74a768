"""Step 6, failure trap: statements to label, with the claim that makes them so, and paragraphs to search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from exercises.asked import AskedTrap
from exercises.chance import Chance
from exercises.prose import ladder, step_text, texts
from exercises.published import Published
from exercises.question import Field, Option, Question, Variant
from grader.job import Box, ChoiceBox, PickBox

MEANING = "backprop-as-meaning"
Entry = dict[str, Any]
Part = tuple[Field, Box]


def question(published: Published, variant: Variant) -> Question:
    """Which of these say more than a gradient can?"""
    asked = published.exercise.asked
    assert isinstance(asked, AskedTrap)
    says, chance = step_text("trap"), Chance("trap", variant.generator, variant.seed)
    parts: list[Part] = []
    for number, statement in enumerate(draw_statements(chance, asked.statements), start=1):
        parts += _statement(number, statement)
    paragraphs = chance.shuffled(texts("trap")["paragraphs"])[: asked.paragraphs]
    parts += [_paragraph(number, paragraph) for number, paragraph in enumerate(paragraphs, start=1)]
    return Question(
        exercise=published.exercise.id,
        step=published.exercise.step,
        title=asked.title or says["title"],
        task=says["task"],
        intro=says["intro"],
        fields=tuple(field for field, _ in parts),
        boxes=tuple(box for _, box in parts),
        names=(),
        numbers={},
        diagram=None,
        formula=None,
        definitions=(),
        hints=asked.hints or ladder(says["hints"]),
        meaning=says["meaning"],
        lesson_page=says["lesson_page"],
        solution={box.id: _printed(box) for _, box in parts},
    )


def draw_statements(chance: Chance, count: int) -> list[Entry]:
    """``count`` statements: half of them traps (the odd one either), no two of a minimal pair, and the traps
    making as many different claims as there are."""
    pool = chance.shuffled(texts("trap")["statements"])
    traps = count // 2 + (chance.below(2) if count % 2 else 0)
    chosen = _distinct((entry for entry in pool if entry["label"] == MEANING), traps, taken=set())
    pairs = {entry["pair"] for entry in chosen}
    plain = (entry for entry in pool if entry["label"] != MEANING and entry["pair"] not in pairs)
    return chance.shuffled([*chosen, *_first_of_pair(plain, count - traps)])


def _distinct(entries: Iterable[Entry], count: int, taken: set[str]) -> list[Entry]:
    """The first ``count`` entries, each with a claim that is not yet taken as long as there is one."""
    entries = list(entries)
    fresh = list({entry["claim"]: entry for entry in reversed(entries)}.values())
    rest = [entry for entry in entries if entry not in fresh]
    return _first_of_pair([*(entry for entry in entries if entry in fresh), *rest], count)


def _first_of_pair(entries: Iterable[Entry], count: int) -> list[Entry]:
    """The first ``count`` entries of different pairs."""
    by_pair: dict[str, Entry] = {}
    for entry in entries:
        by_pair.setdefault(entry["pair"], entry)
    return list(by_pair.values())[:count]


def _options(named: dict[str, str]) -> tuple[Option, ...]:
    return tuple(Option(id=id, text=text) for id, text in named.items())


def _statement(number: int, entry: Entry) -> list[Part]:
    """The label of a statement, then the claim behind it, which scores only with the right label."""
    trap, says = texts("trap"), texts("steps")["statement"]
    label = Field(
        id=f"s{number}",
        symbol="",
        words=says["words"].format(number=number),
        nudge=says["nudge"],
        options=_options(trap["labels"]),
        prompt=entry["text"],
        why=entry["why"],
    )
    claim = Field(
        id=f"s{number}_claim",
        symbol="",
        words=says["claim_words"].format(number=number),
        nudge=says["claim_nudge"],
        options=_options(trap["claims"]),
        prompt=says["claim"],
    )
    return [
        (label, ChoiceBox(id=label.id, options=_ids(label), right=entry["label"])),
        (claim, ChoiceBox(id=claim.id, options=_ids(claim), right=entry["claim"], needs=label.id)),
    ]


def _paragraph(number: int, entry: Entry) -> Part:
    says, sentences = texts("steps")["paragraph"], entry["sentences"]
    field = Field(
        id=f"p{number}",
        symbol="",
        words=says["words"].format(number=number, title=entry["title"]),
        nudge=says["nudge"],
        options=tuple(Option(str(place), each["text"]) for place, each in enumerate(sentences, start=1)),
        many=True,
        prompt=says["prompt"].format(title=entry["title"]),
        why=" ".join(f"{place}: {each['why']}." for place, each in enumerate(sentences, 1) if each["trap"]),
    )
    right = tuple(str(place) for place, each in enumerate(sentences, start=1) if each["trap"])
    return field, PickBox(id=field.id, options=_ids(field), right=right)


def _ids(field: Field) -> tuple[str, ...]:
    return tuple(option.id for option in field.options)


def _printed(box: Box) -> str:
    right: str | Sequence[str] = box.right if isinstance(box, ChoiceBox | PickBox) else ()
    return right if isinstance(right, str) else ", ".join(right)
