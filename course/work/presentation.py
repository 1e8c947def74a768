"""What the exercise page shows: the question, what was typed, what came of it, and the way on.

``exercise_page`` gathers it from the rows; everything that is the same for all students on one variant is
typeset once and remembered.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from course.people.models import Enrolment
from course.work import credit, feedback, hints, mathml, matrices
from course.work.catalogue import question_of
from course.work.models import Attempt, Draft, Item, State, Submission
from course.work.places import places
from course.work.policies import MarkingPolicy, policy_for, solution_after
from course.work.sheet import Sheet, row_html, sheet
from course.work.standing import Phase, Standing, standing_of
from course.work.tries import table
from course.work.veil import is_veiled
from exercises.question import Question
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
    standing: Standing | None = None,
) -> dict[str, Any]:
    """Everything that ``work/exercise.html`` and ``work/_answer.html`` show.

    ``submissions``: the newest ones of this attempt, before which there were ``earlier`` tries; ``just``: the
    one that this reply answers; ``standing``: where the student stands, if it was looked up already.
    """
    typeset, policy = sheet_of(attempt), policy_for(item)
    standing = standing or standing_of(enrolment, item.assignment)
    veiled = is_veiled(item.assignment, is_staff=enrolment.is_staff)
    tried = [Tried(one) for one in sorted(submissions, key=lambda one: one.number)]
    latest = Tried(just) if just else tried[-1] if tried else None
    answers = _answers(latest, draft, fresh=just is not None)
    counted = [one for one in tried if one.row.counts]
    desk = Desk(policy, counted, earlier, veiled=veiled)
    told = None if veiled else latest
    here = places(item, enrolment, standing, typeset.question.lesson_page, veiled=veiled)
    return {
        **typeset.page,
        **here,
        "key": uuid.uuid4().hex,
        "attempt": attempt.number,
        "attempt_id": attempt.pk,
        "veiled": veiled,
        "variants": _variants(attempt) if tried or attempt.number > 1 else [],
        "rows": _rows(typeset, told, answers, reveal=desk.reveals or _is_over(policy, veiled, standing)),
        "panel": _panel(typeset, latest, desk) if _still(latest, answers) else None,
        "poll_url": reverse("verdict", args=[latest.row.pk]) if latest and latest.is_waiting else "",
        "tries": "" if veiled else table(typeset.question, [one.outcomes for one in counted], earlier),
        "heads": feedback.table_heads(typeset.question) if counted and not veiled else [],
        "hints": ""
        if veiled
        else hints.offered(typeset.question, attempt, policy, desk.counted, here["hint_url"]),
        "standing": desk.words,
        "has_draft": draft is not None,
        "may_renew": policy.fresh and standing.phase is Phase.OPEN and desk.may_renew,
        "may_check": standing.phase is Phase.OPEN and not desk.over,
    }


def _is_over(policy: MarkingPolicy, veiled: bool, standing: Standing) -> bool:
    """Whether it is a quiz whose worked answers are shown now."""
    return policy.is_veiled and not veiled and not standing.is_staff


@dataclass(frozen=True)
class Desk:
    """What the student has used up on this variant: ``counted`` tries shown, ``earlier`` ones before them."""

    policy: MarkingPolicy
    counted: Sequence[Tried]
    earlier: int
    veiled: bool

    @property
    def used(self) -> int:
        """Tries used on this variant."""
        return self.earlier + len(self.counted)

    @property
    def over(self) -> bool:
        """Whether no try is left."""
        return self.policy.allowed is not None and self.used >= self.policy.allowed

    @property
    def solved(self) -> bool:
        """Whether one of the tries was all right."""
        return any(one.is_right for one in self.counted)

    @property
    def reveals(self) -> bool:
        """Whether the worked answers are shown."""
        after = solution_after(self.policy)
        return after is not None and self.used >= after and not self.solved

    @property
    def may_renew(self) -> bool:
        """Whether new numbers are offered."""
        return self.solved or self.over or self.used >= RENEW_AFTER

    @property
    def words(self) -> str:
        """How many tries were used, and of how many."""
        if self.policy.allowed is not None:
            text = _("All tries are used") if self.over else _("Try {number} of {all}")
            return text.format(number=self.used + 1, all=self.policy.allowed)
        text = ngettext("{number} try so far", "{number} tries so far", self.used)
        return text.format(number=self.used) if self.used else ""


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
    def marked_at(self) -> datetime | None:
        """When its verdict came."""
        return self.row.marked_at

    @property
    def is_waiting(self) -> bool:
        """Whether the verdict is still to come by itself."""
        return bool(self.row.state == State.QUEUED)


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


def _rows(typeset: Sheet, latest: Tried | None, answers: Answers, *, reveal: bool) -> list[SafeString]:
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
        touched = typed or solution or (mark and mark.state)
        filled = {"mark": mark, "solution": solution, **_filled(row, typed, typeset)} if touched else {}
        rows.append(row_html({**row, **filled}) if touched else row["html"])
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


def _variants(attempt: Attempt) -> list[int]:
    """The student's variants of this item, to go back to; none while there is only one."""
    numbers = Attempt.objects.filter(user_id=attempt.user_id, item_id=attempt.item_id).values_list(
        "number", flat=True
    )
    return list(numbers) if len(numbers) > 1 else []
