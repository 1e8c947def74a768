"""What students will see of a text that is being written: one of its exercises with the numbers of a seed.

Nothing is stored, nothing is marked and SymPy is not needed: what a page shows follows from the equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy
from pydantic import ValidationError

from course.work import hints
from course.work.mathml import prose
from course.work.sheet import STEP_NAMES, Sheet, row_html, sheet
from exercises.bank import BankError, Exercise, read
from exercises.places import Problem
from exercises.published import Published
from exercises.question import TOLD, Question, Variant
from exercises.steps import formulas, question
from exercises.variants import NoVariant, variant

BATCHES = 48  # of numbers that are tried before an author is told that none were found quickly
MOST_SEED = 10**9


@dataclass(frozen=True, slots=True)
class Look:
    """A preview, or why there is none. ``choices``: (id, name of its step) of every exercise of the text."""

    problems: tuple[Problem, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    exercise: str = ""
    seed: int = 1
    fault: str = ""
    page: dict[str, Any] = field(default_factory=dict)


def seed_of(text: str) -> int:
    """A seed as it was typed; 1 for what is none."""
    typed = text.strip()
    return min(int(typed), MOST_SEED) if typed.isascii() and typed.isdecimal() and 0 < len(typed) < 12 else 1


def look(text: str, exercise: str, seed: int, *, solved: bool = True) -> Look:
    """One exercise of ``text`` (the first if there is no such) on a seed; ``solved``: with worked answers."""
    try:
        found = read(text)
    except BankError as error:
        return Look(problems=error.problems, seed=seed)
    choices = tuple((one.id, str(STEP_NAMES[one.step])) for one in found)
    chosen = next((one for one in found if one.id == exercise), found[0])
    seen = Look(choices=choices, exercise=chosen.id, seed=max(1, seed))
    try:
        page = _page(asked(chosen, max(1, seed)), solved=solved)
    except NoVariant:
        return _without(seen, _QUICK)
    except ValidationError:
        return _without(seen, _LONG)
    except (ValueError, ArithmeticError) as error:
        return _without(seen, str(error))
    return Look(choices=choices, exercise=chosen.id, seed=seen.seed, page=page)


_QUICK = gettext_lazy(
    "No good numbers were found quickly for this seed. Numbers of your own (a line “numbers:”) show at once; "
    "the self-tests look longer and say which rule stands in the way."
)
_LONG = gettext_lazy(
    "What this asks grows too long to be marked. Ask for less, or let the chain stop at fewer nodes "
    "(“through”)."
)


def _without(seen: Look, fault: str | Promise) -> Look:
    return Look(choices=seen.choices, exercise=seen.exercise, seed=seen.seed, fault=str(fault))


def asked(exercise: Exercise, seed: int) -> Question:
    """The question of an exercise that is not published; raises NoVariant and ValueError."""
    unproved = Published(exercise=exercise, symbolic=formulas(exercise))
    if exercise.step in TOLD or (seed == 1 and exercise.numbers):
        return question(unproved, variant(unproved, seed))
    return question(unproved, _drawn(exercise.model_dump_json(), seed))


@lru_cache(maxsize=256)
def _drawn(exercise: str, seed: int) -> Variant:
    """The numbers of an exercise, written as JSON; they are asked for again with every look."""
    return variant(Published(exercise=Exercise.model_validate_json(exercise)), seed, batches=BATCHES)


def _page(question: Question, *, solved: bool) -> dict[str, Any]:
    typeset = sheet(question)
    return {
        **typeset.page,
        "rows": _rows(typeset) if solved else [row["html"] for row in typeset.rows],
        "hints": [prose(gettext(hint)) for hint in hints.ladder(question, None).hints],
        "step_name": STEP_NAMES[question.step],
    }


def _rows(typeset: Sheet) -> Sequence[SafeString]:
    """The boxes with their worked answers."""
    solution = typeset.question.solution
    return [
        row_html({**row, "solution": row.get("right") or solution.get(row["id"])}) for row in typeset.rows
    ]
