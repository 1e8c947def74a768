"""The lab of a broken loop: what may be read and for how much, what was read, and the worked search.

A value is worked out from the frozen numbers once its reading is recorded, and is on no page before.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from course.errors import Refused
from course.learning.models import Reading
from course.work.catalogue import published, variant_of
from course.work.mathml import math, plain, plain_math, prose
from course.work.models import Attempt
from exercises.debugging.instruments import BOTH_ZERO, NO_NUMBER, NO_SHARE
from exercises.debugging.instruments import Reading as Shown
from exercises.prose import texts
from exercises.question import Lab, Question
from exercises.steps.debugging import lab_of, worked

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@transaction.atomic
def take(attempt: Attempt, lab: Lab, instrument: str) -> Reading:
    """Record a reading, or find it recorded, which costs nothing more.

    Raises Refused: 400 for an instrument that this lab does not have, 409 where the budget does not reach.
    """
    if instrument not in lab.instruments:
        raise Refused(400, _("Not taken"), _("This lab has no such instrument."))
    Attempt.objects.select_for_update().get(pk=attempt.pk)  # one at a time, so that none is over the budget
    taken = list(attempt.readings.all())
    for reading in taken:
        if reading.instrument == instrument:
            return reading
    cost, left = lab.instruments[instrument], left_of(lab, taken)
    if cost > left:
        detail = _("This reading costs %(cost)d, and %(left)d of your budget of %(budget)d is left.")
        values = {"cost": cost, "left": left, "budget": lab.budget}
        raise Refused(409, _("Over the budget"), detail % values)
    return Reading.objects.create(attempt=attempt, instrument=instrument, cost=cost)


def left_of(lab: Lab, taken: Sequence[Reading]) -> int:
    """What is left of the budget."""
    return lab.budget - sum(reading.cost for reading in taken)


def bench(question: Question, attempt: Attempt, *, told: bool) -> dict[str, Any]:
    """What the page shows of the lab; ``told``: with the worked search. Empty where there is no lab."""
    if question.lab is None:
        return {}
    taken = list(attempt.readings.all())
    left, own = left_of(question.lab, taken), {reading.instrument for reading in taken}
    loop = lab_of(published(attempt.exercise_id), variant_of(attempt)) if taken else None
    return {
        "budget": question.lab.budget,
        "left": left,
        "spent": question.lab.budget - left,
        "offers": [
            _name(each) | {"id": each, "cost": cost, "taken": each in own, "near": cost <= left}
            for each, cost in question.lab.instruments.items()
        ],
        "readings": [_table(loop.read(each.instrument)) for each in taken] if loop else [],
        "worked": _worked(attempt) if told else [],
    }


def _worked(attempt: Attempt) -> list[dict[str, Any]]:
    steps = worked(published(attempt.exercise_id), variant_of(attempt))
    return [_table(step.reading) | {"why": prose(_(step.why)), "says": prose(_(step.says))} for step in steps]


def _name(instrument: str) -> dict[str, SafeString | str]:
    """What an instrument is called, typeset and in plain characters, and what it shows."""
    return _named(instrument, get_language())


@lru_cache(maxsize=512)
def _named(instrument: str, language: str | None) -> dict[str, SafeString | str]:
    kind, _dash, which = instrument.partition("-")
    says = texts("debugging")["instruments"][kind]
    name = _(says["name"]).format(step=which, weight=which)
    return {"name": prose(name), "plain": plain(name), "what": prose(_(says["what"]))}


def _table(reading: Shown) -> dict[str, Any]:
    """A reading as a table."""
    heads = texts("debugging")["heads"]
    shown = [_(heads[head]) if head in heads else math(head) for head in reading.heads]
    rows = [[_cell(cell) for cell in row] for row in reading.rows]
    return _name(reading.instrument) | {"id": reading.instrument, "heads": shown, "rows": rows}


def _cell(text: str) -> SafeString | str:
    """A number with a real minus sign and powers of ten; a name as math."""
    if text in {BOTH_ZERO, NO_SHARE, NO_NUMBER}:
        return {BOTH_ZERO: "0 / 0", NO_SHARE: "–", NO_NUMBER: _("no number")}[text]
    if text[0].isalpha():
        heard = '<span aria-hidden="true">{}</span><span class="vh">{}</span>'
        return format_html(heard, math(text), plain_math(text))
    digits, _e, power = text.partition("e")
    more = f"·10{power.translate(SUPERSCRIPTS)}" if power else ""
    return digits.replace("-", "−") + more
