"""What the exercise page shows: the question, what was typed, what came of it, and the way on.

``exercise_page`` gathers it from the rows; everything that is the same for all students on one variant is
typeset once and remembered.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import FilteredRelation, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from course.people.models import Enrolment
from course.work import feedback, hints, mathml, matrices
from course.work.catalogue import question_of
from course.work.models import Attempt, Draft, Item, State, Submission
from course.work.notes import NONE, Notes
from course.work.sheet import STEP_NAMES, Sheet, row_html, sheet
from course.work.tries import table
from exercises.question import Question, Step
from grader.job import Outcome, Verdict
from grader.tree import Negative, Number
from grader.unreadable import Unreadable
from grader.working import read_working

Answers = Mapping[str, Any]
RENEW_AFTER = 3  # tries after which new numbers are offered without a right answer


def exercise_page(
    item: Item,
    enrolment: Enrolment,
    attempt: Attempt,
    submissions: Sequence[Submission],
    draft: Draft | None,
    *,
    earlier: int = 0,
    just: Submission | None = None,
    notes: Notes = NONE,
) -> dict[str, Any]:
    """Everything that ``work/exercise.html`` and ``work/_answer.html`` show.

    ``submissions``: the newest ones of this attempt, before which there were ``earlier`` tries; ``just``: the
    one that this reply answers; ``notes``: what people said about the one that is shown.
    """
    typeset = sheet_of(attempt)
    tried = [Tried(one) for one in sorted(submissions, key=lambda one: one.number)]
    latest = Tried(just) if just else tried[-1] if tried else None
    answers = _answers(latest, draft, fresh=just is not None)
    counted = [one for one in tried if one.row.counts]
    solved = _solved(counted)
    places, used = _places(item, enrolment, typeset.question.lesson_page)
    over = item.tries is not None and used >= item.tries
    return {
        **typeset.page,
        **places,
        "key": uuid.uuid4().hex,
        "attempt": attempt.number,
        "attempt_id": attempt.pk,
        "variants": _variants(attempt) if tried or attempt.number > 1 else [],
        "rows": _rows(typeset, latest, answers, notes, reveal=over and not solved),
        "panel": (
            _noted(_panel(typeset, latest, counted, earlier, item), notes)
            if _still(latest, answers)
            else None
        ),
        "shown": latest.row if latest else None,
        "poll_url": reverse("verdict", args=[latest.row.pk]) if latest and latest.is_waiting else "",
        "tries": table(typeset.question, [one.outcomes for one in counted], earlier),
        "heads": feedback.table_heads(typeset.question) if counted else [],
        "hints": hints.ladder(typeset.question, counted[-1].verdict if counted else None),
        "standing": _standing(item, used),
        "has_draft": draft is not None,
        "may_renew": solved or over or earlier + len(counted) >= RENEW_AFTER,
    }


@dataclass(frozen=True)
class Tried:
    """A submission, with its stored verdict read as far as it is asked for."""

    row: Submission

    @cached_property
    def verdict(self) -> Verdict | None:
        """The whole verdict, once there is one."""
        return Verdict.model_validate(self.row.verdict) if self.row.state == State.GRADED else None

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """The outcome of each box; empty while there is no verdict."""
        return {box["id"]: Outcome(box["outcome"]) for box in (self.row.verdict or {}).get("boxes", ())}

    @property
    def is_right(self) -> bool:
        """Whether everything was right."""
        return (self.row.verdict or {}).get("outcome") == Outcome.CORRECT

    @property
    def is_waiting(self) -> bool:
        """Whether the verdict is still to come by itself."""
        return bool(self.row.state == State.QUEUED)


@dataclass(frozen=True, slots=True)
class Stops:
    """The rail, rendered; this stop and the next one."""

    rail: SafeString
    here: Mapping[str, Any]
    following: Mapping[str, Any] | None
    eyebrow: str


class _ById:
    """A question as the key of a cache: it holds dicts, but is read once and kept (``catalogue``)."""

    __slots__ = ("question",)

    def __init__(self, question: Question) -> None:
        self.question = question

    def __hash__(self) -> int:
        return id(self.question)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.question is self.question


@lru_cache(maxsize=1024)
def _sheet(asked: _ById, language: str | None) -> Sheet:
    return sheet(asked.question)


def sheet_of(attempt: Attempt) -> Sheet:
    """The typeset question of an attempt, in the language of the request."""
    return _sheet(_ById(question_of(attempt)), get_language())


def _answers(latest: Tried | None, draft: Draft | None, *, fresh: bool) -> Answers:
    """What stands in the boxes: the draft, unless something newer was handed in."""
    if draft is not None and not fresh and (latest is None or draft.saved_at > latest.row.queued_at):
        return dict(draft.answers)
    return dict(latest.row.answers) if latest else {}


def _still(latest: Tried | None, answers: Answers) -> bool:
    """Whether the boxes still hold what the latest verdict is about."""
    return latest is not None and all(answers.get(box) == typed for box, typed in latest.row.answers.items())


def _panel(
    typeset: Sheet, latest: Tried | None, counted: Sequence[Tried], earlier: int, item: Item
) -> feedback.Panel | None:
    if latest is None:
        return None
    if latest.verdict is None:
        return feedback.waiting(latest.row.state)
    before = [one for one in counted if one.row.number < latest.row.number]
    since: SafeString | str = ""
    if latest.verdict.counts and before and before[-1].verdict:
        since = feedback.since(typeset.question, before[-1].verdict, latest.verdict, earlier + len(before))
    limited = item.tries is not None
    return feedback.panel(
        typeset.question, latest.verdict, compared=since, graded=limited, solved=_solved(counted)
    )


def _noted(panel: feedback.Panel | None, notes: Notes) -> feedback.Panel | None:
    """The panel with the points that stand and who changed them, and with words about the whole."""
    if panel is None:
        return None
    changes = [line for lines in notes.boxes.values() for line in lines if line.change]
    return replace(panel, points=notes.points or panel.points, notes=(*changes, *notes.whole))


def _solved(counted: Sequence[Tried]) -> bool:
    return any(one.is_right for one in counted)


def _rows(
    typeset: Sheet, latest: Tried | None, answers: Answers, notes: Notes, *, reveal: bool
) -> list[SafeString]:
    """The boxes with what was typed; a verdict is shown where the typed text is still the one it is about."""
    marks: dict[str, feedback.Mark] = {}
    sent: Answers = latest.row.answers if latest else {}
    if latest is not None and latest.verdict is not None:
        marks = feedback.marks(typeset.question, latest.verdict, sent)
    rows = []
    for row in typeset.rows:
        box = row["id"]
        typed = answers.get(box, "")
        mark = marks.get(box) if sent.get(box, "") == typed else None
        solution = (row.get("right") or typeset.question.solution.get(box)) if reveal else None
        said = notes.boxes.get(box)
        touched = typed or solution or said or (mark and mark.state)
        if not touched:
            rows.append(row["html"])
            continue
        filled = {"mark": mark, "solution": solution, "notes": said, **_filled(row, typed, typeset)}
        rows.append(row_html({**row, **filled}))
    return rows


def _filled(row: Mapping[str, Any], typed: Any, typeset: Sheet) -> dict[str, Any]:
    if row["kind"] == "box":
        box, names = row["id"], typeset.names[row["id"]]
        if row["is_matrix"]:
            return {"value": typed, "echo": matrices.echo(str(typed), box, names)}
        return {"value": typed, "echo": _echo(str(typed), box, names, row["digits"])}
    chosen = typed if isinstance(typed, list) else [typed]
    return {"options": [option | {"on": option["id"] in chosen} for option in row["options"]]}


def _echo(typed: str, box: str, names: tuple[str, ...], digits: str) -> SafeString | str:
    """How an answer was read, typeset; a number is just named, the unreadable says so elsewhere.

    ``digits``: how many decimals are asked for, which only matters for a number.
    """
    if not typed.strip():
        return ""
    try:
        sides = read_working(typed, names, box).sides
    except Unreadable:
        return ""
    bare = sides[0].operand if isinstance(sides[0], Negative) else sides[0]
    if len(sides) == 1 and isinstance(bare, Number):
        wanted = format_html(' <span class="digits">({})</span>', digits) if digits else ""
        return format_html('<span class="val">{}</span>{}', _("a number"), wanted)
    return format_html_join(" = ", "{}", ((mathml.typeset(side),) for side in sides))


Reached = tuple[int, str, bool | None, int | None]  # item, its step, solved?, marked submissions


def _reached(item: Item, enrolment: Enrolment) -> tuple[tuple[Reached, ...], int]:
    """How far the student is with every item of the assignment, and the tries used up in this one."""
    own = FilteredRelation("results", condition=Q(results__user=enrolment.user_id))
    items = Item.objects.filter(assignment=item.assignment_id).annotate(own=own).order_by("position", "pk")
    rows = list(items.values_list("pk", "exercise__step", "own__solved", "own__marked", "own__tries"))
    return tuple(row[:4] for row in rows), next(tries or 0 for pk, *_rest, tries in rows if pk == item.pk)


@lru_cache(maxsize=1024)
def _stops(slug: str, reached: tuple[Reached, ...], current: int, language: str | None) -> Stops:
    """The rail of an assignment."""
    stops = [
        {
            "number": number,
            "label": str(STEP_NAMES[Step(step)]),
            "url": reverse("exercise", args=[slug, pk]),
            "current": pk == current,
            "state": "done" if solved else "some" if marked else "",
            "word": _("done") if solved else _("begun") if marked else _("not begun"),
        }
        for number, (pk, step, solved, marked) in enumerate(reached, start=1)
    ]
    here = next(place for place, stop in enumerate(stops) if stop["current"])
    following = stops[here + 1] if here + 1 < len(stops) else None
    number = _("Step {number} of {all}").format(number=here + 1, all=len(stops))
    eyebrow = f"{number} · {stops[here]['label']}"
    return Stops(render_to_string("work/_rail.html", {"rail": stops}), stops[here], following, eyebrow)


def _places(item: Item, enrolment: Enrolment, lesson_page: int) -> tuple[dict[str, Any], int]:
    """Where this page is and where its buttons lead, and the tries used up."""
    slug = enrolment.course.slug
    reached, used = _reached(item, enrolment)
    stops = _stops(slug, reached, item.pk, get_language())
    return {
        "course": enrolment.course,
        "assignment": item.assignment,
        "due": item.assignment.due,
        "rail": stops.rail,
        "next": stops.following,
        "eyebrow": stops.eyebrow,
        "url": stops.here["url"],
        "lesson_url": reverse("lesson", args=[lesson_page]),
        **{
            f"{name}_url": reverse(name, args=[slug, item.pk])
            for name in ("submit", "draft", "variant", "problem")
        },
    }, used


def _variants(attempt: Attempt) -> list[int]:
    """The student's variants of this item, to go back to; none while there is only one."""
    numbers = Attempt.objects.filter(user_id=attempt.user_id, item_id=attempt.item_id).values_list(
        "number", flat=True
    )
    return list(numbers) if len(numbers) > 1 else []


def _standing(item: Item, used: int) -> str:
    """How many tries were used, and of how many."""
    if item.tries is not None:
        text = _("Try {number} of {all}") if used < item.tries else _("All tries are used")
        return text.format(number=used + 1, all=item.tries)
    return ngettext("{number} try so far", "{number} tries so far", used).format(number=used) if used else ""


def seen_page(submission: Submission, notes: Notes = NONE) -> dict[str, Any]:
    """A marked page as its student saw it: the frozen numbers, what was typed, what came of it."""
    typeset, latest = sheet_of(submission.attempt), Tried(submission)
    item = submission.attempt.item
    return {
        **typeset.page,
        "course": item.assignment.course,
        "rows": _rows(typeset, latest, dict(submission.answers), notes, reveal=False),
        "panel": _noted(_panel(typeset, latest, [], 0, item), notes),
    }
