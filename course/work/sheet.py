"""What is the same on an exercise page for everyone on one variant: texts, picture, formula, boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from string import ascii_lowercase
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.work.mathml import colour, equation, math, plain, plain_math, prose
from course.work.svg import draw
from exercises.question import Field, Question, Step
from grader.job import AnswerBox, Box, ChoiceBox, MatrixBox, PickBox, SlotsBox
from grader.wording import READING

STEP_NAMES: dict[Step, Promise] = {
    Step.PREDICTION: gettext_lazy("Forward pass"),
    Step.LOSS: gettext_lazy("Loss"),
    Step.TWO_FACTOR: gettext_lazy("Two factors"),
    Step.THREE_FACTOR: gettext_lazy("Three factors"),
    Step.UPDATE: gettext_lazy("Update"),
    Step.TRAP: gettext_lazy("Spot the trap"),
    Step.QUIZ: gettext_lazy("Quiz"),
    Step.DEBUGGING: gettext_lazy("Broken link"),
}
OPERATORS = (("*", "×", gettext_lazy("times")), ("-", "−", gettext_lazy("minus")))
BRACKETS = ("()", "( )", gettext_lazy("brackets"))
MATRIX = (
    ("[]", "[ ]", gettext_lazy("square brackets")),
    (", ", ",", gettext_lazy("comma, between two entries of a row")),
    ("; ", ";", gettext_lazy("semicolon, between two rows")),
)
TYPED = AnswerBox | MatrixBox  # boxes in which something is typed


@dataclass(frozen=True, slots=True)
class Sheet:
    """One question, typeset and, where nothing of it changes, rendered.

    ``rows``: the unchanging part of each box, in the order of the page, with ``html`` of the untouched box.
    """

    question: Question
    page: dict[str, Any]
    rows: tuple[dict[str, Any], ...]
    names: dict[str, tuple[str, ...]]  # box id -> the names it may use


def sheet(question: Question) -> Sheet:
    """Typeset a question."""
    boxes = {box.id: box for box in question.boxes}
    links = {field.symbol: field.link for field in question.fields if field.link}
    answers = [box for box in question.boxes if isinstance(box, TYPED)]
    page = {
        "title": prose(question.title),
        "plain_title": plain(question.title),
        "task": prose(question.task),
        "intro": prose(question.intro),
        "allowance": question.allowance,
        "svg": draw(question.diagram, title=_picture_title(question)) if question.diagram else "",
        "diagram_title": prose(_diagram_title(question)),
        "formula": equation(question.formula, links) if question.formula else "",
        "table": _table(question),
        "definitions": [math(definition) for definition in question.definitions],
        "palette": _rendered("work/_palette.html", keys=_palette(question)) if answers else "",
        "keys": _rendered("work/_keys.html"),
        "data": json_script(_data(question, answers), "page-data"),
        "is_chain": bool(links),
        "has_boxes": bool(answers),
    }
    names = {box.id: box.names for box in answers}
    rows = tuple(row | {"html": row_html(row)} for row in _rows(question, boxes))
    return Sheet(question, page, rows, names)


def row_html(row: Mapping[str, Any]) -> SafeString:
    """One box, with what was typed and what came of it if the row has that."""
    return _rendered(f"work/_{row['kind']}.html", row=row)


def _rendered(template: str, **context: Any) -> SafeString:
    return render_to_string(template, context)


def _data(question: Question, answers: Sequence[AnswerBox | MatrixBox]) -> dict[str, Any]:
    """What the page's script needs to show what it understood."""
    return {
        "names": {box.id: box.names for box in answers},
        "matrices": {
            box.id: [entry.id for entry in box.entries] for box in answers if isinstance(box, MatrixBox)
        },
        "shapes": {box.id: [box.rows, box.columns] for box in answers if isinstance(box, MatrixBox)},
        "numbers": question.numbers,
        "messages": {code: _(template) for code, template in READING.items()},
        "words": {
            "reads": _("reads as"),
            "equals": _("equals"),
            "number": _("a number"),
            "by": _("by"),
            "entry": _("Row {row}, column {column}:"),
            "use": _("Use"),
            "slow": _("Still checking, you can keep typing."),
            "offline": _("No connection. Your answer is kept and will be sent again by itself."),
            "failed": _("That did not work. Your answer is kept; please try again."),
        },
    }


def _table(question: Question) -> dict[str, Any]:
    """The examples of a batch, one a row."""
    if not question.table:
        return {}
    names, *rows = question.table
    return {
        "names": [math(name) for name in names],
        "rows": [(letter, [math(value) for value in row]) for letter, row in zip(ascii_lowercase, rows)],  # noqa: B905 - as many letters as rows
    }


def _picture_title(question: Question) -> str:
    asked = question.diagram.asked if question.diagram else None
    if asked:
        return plain(_("Network with the path of `{weight}` highlighted").format(weight=asked))
    return _("The network of this exercise")


def _diagram_title(question: Question) -> str:
    asked = question.diagram.asked if question.diagram else None
    return _("The path from `{weight}` to `L`").format(weight=asked) if asked else _("The network")


def _palette(question: Question) -> list[dict[str, Any]]:
    """The symbols of this step, then the operators."""
    keys: list[dict[str, Any]] = [
        {"insert": name, "label": math(name), "words": plain_math(name)} for name in question.names
    ]
    signs = [*OPERATORS, BRACKETS] if question.names else [OPERATORS[1]]
    if any(isinstance(box, MatrixBox) for box in question.boxes):
        signs += MATRIX
    return keys + [{"insert": typed, "label": shown, "words": words} for typed, shown, words in signs]


def _rows(question: Question, boxes: dict[str, Box]) -> list[dict[str, Any]]:
    numbers = count(1)
    last = max((n for n, f in enumerate(question.fields) if isinstance(boxes[f.id], TYPED)), default=0)
    rows = []
    for place, field in enumerate(question.fields):
        box = boxes[field.id]
        needs = isinstance(box, ChoiceBox) and box.needs is not None and not field.short
        belongs = any(field.id.startswith(f"{other.id}_") for other in question.fields[:place])
        number = None if needs or belongs else next(numbers)
        if isinstance(box, TYPED):
            shape = (box.rows, box.columns) if isinstance(box, MatrixBox) else None
            row = _answer_row(field, number) | {"is_matrix": shape is not None, "shape": shape}
        elif isinstance(box, SlotsBox):
            row = _slots_row(field, number)
        else:
            row = _options_row(field, number, box)
        row |= {"first": place == 0, "enter": "done" if place == last else "next"}
        rows.append(row)
    return rows


def _answer_row(field: Field, number: int | None) -> dict[str, Any]:
    return {
        "kind": "typed" if field.prompt else "box",
        "id": field.id,
        "prompt": prose(field.prompt),
        "why": prose(field.why),
        "label": math(field.symbol) if field.symbol else "",
        "words": field.words,
        "gloss": prose(field.gloss),
        "digits": field.digits,
        "link": field.link,
        "colour": colour(field.link),
        "product": field.product,
        "badge": "×" if field.product else field.link or number or "",
    }


def _slots_row(field: Field, number: int | None) -> dict[str, Any]:
    """Places to fill: what each is called, and the options in plain characters, as a list holds no math."""
    return {
        "kind": "slots",
        "id": field.id,
        "prompt": prose(field.prompt),
        "why": prose(field.why),
        "badge": number,
        "slots": [{"label": prose(label), "plain": _heard(label), "on": ""} for label in field.slots],
        "choices": [{"id": option.id, "text": plain(option.text)} for option in field.options],
    }


def _heard(text: str) -> str:
    """What names a box whose label begins with math, which not every screen reader takes for a name."""
    return plain(text) if text.startswith("`") else ""


def _options_row(field: Field, number: int | None, box: ChoiceBox | PickBox) -> dict[str, Any]:
    return {
        "kind": "because" if number is None and not field.short else "options",
        "id": field.id,
        "prompt": prose(field.prompt),
        "why": prose(field.why),
        "right": chosen(field, box.right),
        "many": field.many,
        "short": field.short,
        "number": number,
        "badge": number or "",
        "options": [
            {"id": option.id, "text": prose(option.text), "plain": _heard(option.text)}
            for option in field.options
        ],
    }


def chosen(field: Field, answer: str | Sequence[str]) -> SafeString:
    """The texts of the chosen options, with semicolons between them."""
    ids = {answer} if isinstance(answer, str) else set(answer)
    texts = ((prose(option.text),) for option in field.options if option.id in ids)
    return format_html_join("; ", "{}", texts)
