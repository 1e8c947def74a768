"""What the exercise page shows: the question, what was typed, what came of it, and the way on.

``exercise_page`` gathers it from the rows; everything that is the same for all students on one variant is
typeset once and remembered.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from course.learning.lab import bench
from course.people.models import Enrolment
from course.work import credit, feedback, hints, mathml, matrices
from course.work.catalogue import question_of
from course.work.desk import Desk, Tried
from course.work.models import Attempt, Draft, Item, Submission
from course.work.notes import NONE, Notes
from course.work.places import places
from course.work.policies import MarkingPolicy, policy_for
from course.work.sheet import Sheet, row_html, sheet
from course.work.standing import Phase, Standing, standing_of
from course.work.tries import table
from course.work.veil import is_veiled
from exercises.question import Question
from grader.tree import Negative, Number
from grader.unreadable import Unreadable
from grader.working import read_working

Answers = Mapping[str, Any]


def exercise_page(
    item: Item,
    enrolment: Enrolment,
    attempt: Attempt,
    submissions: Sequence[Submission],
    draft: Draft | None,
    *,
    earlier: int = 0,
    just: Submission | None = None,
    standing: Standing | None = None,
    notes: Notes = NONE,
) -> dict[str, Any]:
    """Everything that ``work/exercise.html`` and ``work/_answer.html`` show.

    ``submissions``: the newest ones of this attempt, before which there were ``earlier`` tries; ``just``: the
    one that this reply answers; ``standing``: where the student stands, if it was looked up already;
    ``notes``: what people said about the one that is shown.
    """
    typeset, policy = sheet_of(attempt), policy_for(item)
    standing = standing or standing_of(enrolment, item.assignment)
    veiled = is_veiled(item.assignment, is_staff=enrolment.is_staff)
    notes = NONE if veiled else notes
    tried = [Tried(one) for one in sorted(submissions, key=lambda one: one.number)]
    latest = Tried(just) if just else tried[-1] if tried else None
    answers = _answers(latest, draft, fresh=just is not None)
    desk = Desk(policy, [one for one in tried if one.row.counts], earlier, veiled=veiled)
    told = None if veiled else latest
    reveal = desk.reveals or _is_over(policy, veiled, standing)
    here = places(item, enrolment, standing, typeset.question.lesson_page, veiled=veiled)
    return {
        **typeset.page,
        **here,
        "key": uuid.uuid4().hex,
        "attempt": attempt.number,
        "attempt_id": attempt.pk,
        "veiled": veiled,
        "variants": _variants(attempt) if tried or attempt.number > 1 else [],
        "rows": _rows(typeset, told, answers, notes, reveal=reveal),
        "panel": _noted(_panel(typeset, latest, desk), notes) if _still(latest, answers) else None,
        "shown": latest.row if latest and not veiled else None,
        "poll_url": reverse("verdict", args=[latest.row.pk]) if latest and latest.is_waiting else "",
        **({} if veiled else _past(typeset.question, attempt, desk, here["hint_url"])),
        "lab": bench(typeset.question, attempt, told=not veiled and (reveal or desk.solved)),
        "standing": desk.words,
        "has_draft": draft is not None,
        "may_renew": policy.fresh and standing.phase is Phase.OPEN and desk.may_renew,
        "may_check": standing.phase is Phase.OPEN and not desk.over,
    }


def _past(question: Question, attempt: Attempt, desk: Desk, hint_url: str) -> dict[str, Any]:
    """What the tries so far have led to: their table, and the hints."""
    return {
        "tries": table(question, [one.outcomes for one in desk.counted], desk.earlier),
        "heads": feedback.table_heads(question) if desk.counted else [],
        "hints": hints.offered(question, attempt, desk.policy, desk.counted, hint_url),
    }


def _is_over(policy: MarkingPolicy, veiled: bool, standing: Standing) -> bool:
    """Whether it is a quiz whose worked answers are shown now."""
    return policy.is_veiled and not veiled and not standing.is_staff


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


def _panel(typeset: Sheet, latest: Tried | None, desk: Desk) -> feedback.Panel | None:
    if latest is None:
        return None
    if latest.verdict is None:
        return feedback.waiting(latest.row.state)
    if desk.veiled:
        return feedback.veiled(latest.verdict)
    before = [one for one in desk.counted if one.row.number < latest.row.number]
    since: SafeString | str = ""
    if latest.verdict.counts and before and before[-1].verdict:
        number = desk.earlier + len(before)
        since = feedback.since(typeset.question, before[-1].verdict, latest.verdict, number)
    return feedback.panel(
        typeset.question,
        latest.verdict,
        compared=since,
        graded=desk.policy.allowed is not None,
        solved=desk.solved,
        kept=credit.told(latest.row.credit_why),
    )


def _noted(panel: feedback.Panel | None, notes: Notes) -> feedback.Panel | None:
    """The panel with the points that stand and who changed them, and with words about the whole."""
    if panel is None:
        return None
    changes = [line for lines in notes.boxes.values() for line in lines if line.change]
    return replace(panel, points=notes.points or panel.points, notes=(*changes, *notes.whole))


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
        solution = (row.get("right") or _worked(typeset, row)) if reveal else None
        said = notes.boxes.get(box)
        touched = typed or solution or said or (mark and mark.state)
        if not touched:
            rows.append(row["html"])
            continue
        filled = {"mark": mark, "solution": solution, "notes": said, **_filled(row, typed, typeset)}
        rows.append(row_html({**row, **filled}))
    return rows


def _worked(typeset: Sheet, row: Mapping[str, Any]) -> SafeString | str | None:
    """The worked answer of a box; that of places is prose."""
    solution = typeset.question.solution.get(row["id"])
    return mathml.prose(solution) if solution and row["kind"] == "slots" else solution


def _filled(row: Mapping[str, Any], typed: Any, typeset: Sheet) -> dict[str, Any]:
    if row["kind"] in {"box", "typed"}:
        box, names = row["id"], typeset.names[row["id"]]
        if row["is_matrix"]:
            return {"value": typed, "echo": matrices.echo(str(typed), box, names, row["shape"])}
        return {"value": typed, "echo": _echo(str(typed), box, names, row["digits"])}
    chosen = typed if isinstance(typed, list) else [typed]
    if row["kind"] == "slots":
        return {
            "slots": [
                slot | {"on": on} for slot, on in zip_longest(row["slots"], chosen[: len(row["slots"])])
            ]
        }
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


def _variants(attempt: Attempt) -> list[int]:
    """The student's variants of this item, to go back to; none while there is only one."""
    numbers = Attempt.objects.filter(user_id=attempt.user_id, item_id=attempt.item_id).values_list(
        "number", flat=True
    )
    return list(numbers) if len(numbers) > 1 else []


def seen_page(submission: Submission, notes: Notes = NONE) -> dict[str, Any]:
    """A marked page as its student saw it: the frozen numbers, what was typed, what came of it."""
    typeset, latest = sheet_of(submission.attempt), Tried(submission)
    item = submission.attempt.item
    desk = Desk(policy_for(item), [], 0, veiled=False)
    return {
        **typeset.page,
        "course": item.assignment.course,
        "rows": _rows(typeset, latest, dict(submission.answers), notes, reveal=False),
        "panel": _noted(_panel(typeset, latest, desk), notes),
    }
