"""Exercises to take along: each box of a variant as a question that any quiz can ask.

A number has the tolerance that the grader allows, worked out for this variant. What a quiz elsewhere cannot
do is left behind: expressions as answers, follow-through, drawings, hints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from course.gradebook.identifying import plain as on_one_line
from course.work.mathml import plain
from exercises.published import Published
from exercises.question import Field, Question, Step, Variant
from exercises.steps import job, question
from exercises.variants import variant
from grader.job import AnswerBox, Box, ChoiceBox, MatrixBox, PickBox, Tolerance
from grader.paper import Paper, paper

DIGITS = 15  # that are written of a number without an end
FIRST_SEED = 2  # variant 1 has the lesson's numbers, whose answers stand in the lesson


@dataclass(frozen=True, slots=True)
class Number:
    """A number within ``tolerance`` on both sides."""

    right: str
    tolerance: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Options, each with its part of the points in percent and what is said to one who takes it."""

    options: tuple[tuple[str, Decimal, str], ...]
    many: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """One question. ``name`` is the same whenever this box of this variant is taken along."""

    name: str
    html: str
    answer: Number | Choice


def take(published: Published, name: str, variants: int) -> Iterator[Taken]:
    """The questions of so many variants; ``name`` is the exercise's, with its version."""
    for seed in range(FIRST_SEED, FIRST_SEED + variants):
        numbers = variant(published, seed)
        yield from _taken(published, numbers, question(published, numbers), f"{name} #{seed}")


def _taken(published: Published, numbers: Variant, asked: Question, name: str) -> Iterator[Taken]:
    known = paper(job(asked, published, numbers, {}))
    fields = {one.id: one for one in asked.fields}
    for box in asked.boxes:
        shown = fields[box.id]
        if _stays(asked, box):
            continue
        if isinstance(box, AnswerBox):
            wanted = shown.prompt or _words(shown)
            yield Taken(f"{name} {box.id}", _text(asked, shown, wanted), _number(box, known))
        elif isinstance(box, MatrixBox):
            for place, entry in enumerate(box.entries):
                row, column = divmod(place, box.columns)
                where = _("%(words)s: row %(row)d, column %(column)d") % {
                    "words": _words(shown),
                    "row": row + 1,
                    "column": column + 1,
                }
                yield Taken(f"{name} {entry.id}", _text(asked, shown, where), _number(entry, known))
        elif isinstance(box, ChoiceBox | PickBox):
            yield Taken(
                f"{name} {box.id}", _text(asked, shown, shown.prompt or shown.words), _choice(box, shown)
            )


def _stays(asked: Question, box: Box) -> bool:
    """Whether a box cannot be taken along: it needs the lab, or is no number in a quiz."""
    return asked.lab is not None or (
        asked.step is Step.QUIZ and isinstance(box, AnswerBox) and bool(box.names)
    )


def _words(shown: Field) -> str:
    return f"{shown.words} (`{shown.symbol}`)" if shown.symbol else shown.words


def _text(asked: Question, shown: Field, wanted: str) -> str:
    """The question as HTML: what is given, and what is asked in bold."""
    given = ", ".join(f"`{name} = {number}`" for name, number in asked.numbers.items())
    parts = [asked.title, asked.intro, *(f"`{equation}`" for equation in asked.definitions)]
    if given:
        parts.append(_("Given: %(numbers)s.") % {"numbers": given})
    html = format_html_join("\n", "<p>{}</p>", ((_plain(part),) for part in parts if part))
    more = _plain(f"{shown.digits} {asked.allowance}") if not shown.options else ""
    return format_html(
        "{}\n<p><b>{}</b></p>{}", html, _plain(wanted), format_html("\n<p>{}</p>", more) if more else ""
    )


def _plain(text: str) -> str:
    return on_one_line(plain(text))


def _number(box: AnswerBox, known: Paper) -> Number:
    asked = known.asked[box.id]
    right = known.world.quantity(asked.formula)
    scale = None if asked.scale is None else known.world.quantity(asked.scale)
    assert right is not None
    return Number(written(right), written(allowed(box.tolerance, right, scale)))


def allowed(tolerance: Tolerance, right: Fraction, scale: Fraction | None) -> Fraction:
    """How far a number may be off; of a *rounded* one half a unit of the last decimal that is asked."""
    if tolerance.mode == "exact":
        return Fraction(0)
    half = Fraction(0) if tolerance.decimals is None else Fraction(1, 2) / 10**tolerance.decimals
    if tolerance.mode == "rounded":
        return half
    return max(Fraction(tolerance.relative) * abs(right if scale is None else scale), half)


def written(number: Fraction) -> str:
    """A number as decimals, exact where it ends, else with fifteen digits."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    text = f"{exact:f}"
    if len(text) > DIGITS + 2:
        text = f"{exact:.{DIGITS}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _choice(box: ChoiceBox | PickBox, shown: Field) -> Choice:
    right = {box.right} if isinstance(box, ChoiceBox) else set(box.right)
    many = isinstance(box, PickBox)
    part = Decimal(100) / len(right or {""})
    options = tuple(
        (
            _plain(option.text),
            part if option.id in right else -part if many else Decimal(0),
            _plain(shown.why) if option.id in right else "",
        )
        for option in shown.options
    )
    return Choice(options, many)
