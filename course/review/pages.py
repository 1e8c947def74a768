"""What the pages of marking by people show, gathered from the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from course.people import journal
from course.people.access import may_close
from course.people.models import Data, Enrolment, Entry, User
from course.review.models import Comment, Override, RegradeRow, Request, RequestKind
from course.review.reading import Said, box_points, said_about, settled
from course.review.sentences import ABOUT_ONE
from course.review.showing import name_of, notes_of, rule, shown
from course.review.standing import stand
from course.work import feedback
from course.work.catalogue import question_of
from course.work.mathml import prose
from course.work.models import Submission
from course.work.presentation import seen_page
from course.work.tale import Tale, tale


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One box on the marking page."""

    id: str
    label: SafeString | str
    words: str
    prompt: SafeString | str
    typed: str
    free: bool
    icon: str
    state: str
    word: str
    given: str  # the grader's points
    stands: str  # the points that stand
    possible: str
    override: Override | None
    rule: str


def review_page(enrolment: Enrolment, submission: Submission) -> dict[str, Any]:
    """The staff's page of one submission."""
    said = said_about([submission], submission.attempt.item_id)[submission.pk]
    told = tale(submission)
    requests = (
        Request.objects.filter(submission=submission).select_related("user").order_by("-opened_at", "-pk")
    )
    return {
        "course": enrolment.course,
        "enrolment": enrolment,
        "here": "submissions",
        "submission": submission,
        "item": submission.attempt.item,
        "tale": told,
        "page": seen_page(submission, notes_of(submission, said)),
        "rows": box_rows(submission, told, said),
        "comments": _called(submission, said),
        "history": history(submission),
        "requests": requests,
        "may_mark": enrolment.data >= Data.GRADER and bool(submission.verdict),
        "may_comment": enrolment.data >= Data.GRADER,
    }


def _called(submission: Submission, said: Said) -> list[tuple[Comment, SafeString]]:
    """The comments, each with what its box is called."""
    fields = {one.id: one for one in question_of(submission.attempt).fields}
    return [
        (one, prose(feedback.called(fields[one.box])) if one.box in fields else prose(one.box))
        for one in said.comments
    ]


def box_rows(submission: Submission, told: Tale, said: Said) -> list[BoxRow]:
    """A row for each box: what was typed, what the grader gave, what stands now and why."""
    read = settled(submission)
    if read is None:
        return []
    question, verdict = read
    points = {box.id: box for box in box_points(question, verdict)}
    rows = []
    for field, answer in zip(question.fields, told.answers, strict=True):
        box, held = points[field.id], said.by_box.get(field.id)
        effect = (said.effects or {}).get(field.id)
        now = stand(box, held.points if held else None, effect)
        rows.append(
            BoxRow(
                id=field.id,
                label=answer["label"],
                words=answer["words"],
                prompt=answer["prompt"],
                typed=answer["typed"],
                free=answer["free"],
                icon=answer["icon"],
                state=answer["state"],
                word=answer["word"],
                given=shown(box.points),
                stands=shown(now.points),
                possible=shown(now.possible),
                override=held,
                rule=rule(effect) if effect else "",
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class Past:
    """One change of a mark: when, who, and the sentence with before, after and why."""

    when: datetime
    who: str
    sentence: str


def history(submission: Submission) -> list[Past]:
    """Every change of this submission's mark, the newest first: by hand, and by marking again."""
    return sorted([*_by_hand(submission), *_again(submission)], key=lambda past: past.when, reverse=True)


def _by_hand(submission: Submission) -> list[Past]:
    """From the course's journal."""
    attempt = submission.attempt
    rows = Entry.objects.filter(
        whom=attempt.user_id, course=attempt.item.assignment.course_id, what__in=ABOUT_ONE
    )
    return [
        Past(one.at, _who(one.by), journal.sentence(one))
        for one in rows.select_related("by").order_by("-pk")
        if one.about.get("submission") == submission.pk.hex
    ]


def _again(submission: Submission) -> list[Past]:
    """The regrades that changed it, and those of them that were undone."""
    rows = RegradeRow.objects.filter(submission=submission, regrade__formers__submission=submission)
    found = []
    for row in rows.select_related("regrade__applied_by", "regrade__undone_by").order_by("pk"):
        regrade = row.regrade
        values = {"before": shown(row.before or 0), "after": shown(row.after or 0), "why": regrade.why}
        if regrade.applied_at:
            words = _("marked again: %(before)s became %(after)s. %(why)s") % values
            found.append(Past(regrade.applied_at, _who(regrade.applied_by), words))
        if regrade.undone_at:
            words = _("undid this: %(before)s again instead of %(after)s") % values
            found.append(Past(regrade.undone_at, _who(regrade.undone_by), words))
    return found


def _who(user: User | None) -> str:
    return name_of(user) if user else _("a command")


def thread_page(enrolment: Enrolment, found: Request) -> dict[str, Any]:
    """A request with its thread, on either side."""
    own = found.user_id == enrolment.user_id
    named = own or enrolment.data >= Data.VIEWER
    return {
        "course": enrolment.course,
        "enrolment": enrolment,
        "here": "requests",
        "asked": found,
        "about": found.item,
        "is_report": found.kind == RequestKind.PROBLEM,
        "who": name_of(found.user) if named else "",
        "comments": Comment.objects.filter(request=found).select_related("by").order_by("pk"),
        "own": own,
        "may_close": may_close(enrolment, found) and not found.end,
        "may_answer": (own or may_close(enrolment, found)) and not found.end,
        "sees_work": enrolment.data >= Data.VIEWER,
    }
