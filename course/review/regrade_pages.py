"""What the pages of marking again show, gathered from the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Page
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.errors import Refused
from course.people.models import Content, Enrolment, Entry, User
from course.review import ruling, summing
from course.review.models import Effect, Regrade, RegradeRow, Stage, Stays
from course.review.ruling import Rules
from course.review.scope import NEWEST, Wish
from course.review.showing import name_of, shown
from course.work import feedback
from course.work.catalogue import question_of
from course.work.mathml import plain, prose
from course.work.models import Assignment, Counts, Item

LATEST = 100  # entries of the journal in which a former rule is looked for


def _whole(text: str) -> int | None:
    """A row's number out of a form; None for empty; one that cannot be is 0, which no row has."""
    if not text:
        return None
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def read_wish(enrolment: Enrolment, sent: Mapping[str, str]) -> Wish:
    """The form of a new regrade; raises Refused (400) naming the field."""
    what = sent.get("what", "")
    kind, _colon, number = what.partition(":")
    student = None
    if sent.get("student", "").strip():
        rows = User.objects.filter(enrolments__course=enrolment.course_id)
        student = rows.filter(username=sent["student"].strip()[:150]).first()
        if student is None:
            raise Refused(400, _("Not begun"), _("Student: nobody in this course has that username."))
    since = None
    if sent.get("since", ""):
        since = _day(sent["since"])
    return Wish(
        assignment=_whole(number) if kind == "assignment" else None,
        item=_whole(number) if kind == "item" else None,
        student=student,
        since=since,
        version=NEWEST if sent.get("version") else "",
    )


def _day(text: str) -> datetime:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Refused(400, _("Not begun"), _("Handed in since: write the day as 2026-05-01."))
    return make_aware(datetime(day.year, day.month, day.day))


def start_page(enrolment: Enrolment, sent: Mapping[str, str]) -> dict[str, Any]:
    """The form of a new regrade and the list."""
    items = Item.objects.filter(assignment__course=enrolment.course_id).select_related(
        "exercise", "assignment"
    )
    chosen = sent.get("what") or (f"item:{sent['item']}" if sent.get("item") else "")
    groups: dict[Assignment, list[dict[str, str]]] = {}
    for item in items.defer("exercise__document").order_by(
        "assignment__position", "assignment", "position", "pk"
    ):
        title = plain(item.exercise.title)
        groups.setdefault(item.assignment, []).append({"value": f"item:{item.pk}", "title": title})
    return {
        "course": enrolment.course,
        "enrolment": enrolment,
        "here": "requests",
        "groups": [(one, f"assignment:{one.pk}", rows) for one, rows in groups.items()],
        "chosen": chosen,
        "typed": sent,
        "may_version": enrolment.content >= Content.EDITOR,
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One submission in the list before and after."""

    submission: Any
    student: str
    title: SafeString
    boxes: SafeString
    before: str
    after: str
    way: str  # "up", "down" or empty
    stays: str


def regrade_page(enrolment: Enrolment, regrade: Regrade, page: Page[RegradeRow]) -> dict[str, Any]:
    """A regrade: how far it is, the numbers, the list."""
    is_complete = not summing.is_under_way(regrade) and regrade.stage != Stage.DROPPED
    found = summing.sum_of(regrade) if is_complete else None
    stays = found.stays if found else {}
    return {
        "course": enrolment.course,
        "enrolment": enrolment,
        "here": "requests",
        "regrade": regrade,
        "standing": standing_words(regrade),
        "sum": found,
        "stays": [(number, str(Stays(why).label)) for why, number in stays.items()],
        "scores": regrade.scores.count(),
        "lines": [line(row) for row in page] if is_complete else [],
        "page_obj": page,
        "may_act": not regrade.targets or enrolment.content >= Content.EDITOR,
    }


def line(row: RegradeRow) -> Line:
    """One row of the list."""
    attempt = row.submission.attempt
    called = {one.id: feedback.called(one) for one in question_of(attempt).fields}
    before, after = row.before, row.after
    way = ""
    if before is not None and after is not None and before != after:
        way = "up" if after > before else "down"
    return Line(
        submission=row.submission,
        student=name_of(attempt.user),
        title=prose(attempt.item.exercise.title),
        boxes=prose(", ".join(called.get(box, box) for box in row.boxes)),
        before=_points(before),
        after=_points(after),
        way=way,
        stays=str(Stays(row.stays).label) if row.stays else "",
    )


def _points(points: Decimal | None) -> str:
    return "–" if points is None else shown(points)


def standing_words(regrade: Regrade) -> str:
    """How far it is, in words."""
    if regrade.stage == Stage.MARKING:
        answered, jobs = summing.progress(regrade)
        text = ngettext(
            "%(answered)d of %(jobs)d answer marked",
            "%(answered)d of %(jobs)d different answers marked",
            jobs,
        )
        return text % {"answered": answered, "jobs": jobs}
    return str(Stage(regrade.stage).label)


def counting_page(enrolment: Enrolment, item: Item, rules: Rules | None) -> dict[str, Any]:
    """How an item counts; with ``rules``, whose points they would change."""
    holds = ruling.rules_of(item)
    chosen = rules or holds
    asked = ruling.boxes_of(item)
    planned = ruling.plan(item, rules) if rules is not None and rules != holds else None
    return {
        "course": enrolment.course,
        "enrolment": enrolment,
        "here": "content",
        "item": item,
        "title": prose(item.exercise.title),
        "holds": ruling.words_of(item, holds),
        "chosen": chosen,
        "counts": Counts.choices,
        "effects": Effect.choices,
        "boxes": [
            {
                "id": one.id,
                "label": prose(feedback.called(one)),
                "words": plain(feedback.called(one)),
                "effect": chosen.effects.get(one.id, ""),
            }
            for one in asked.fields
        ],
        "is_preview": rules is not None,
        "same": rules is not None and rules == holds,
        "changes": _changes(planned) if planned else [],
        "former": _former(item),
    }


def _changes(planned: ruling.Plan) -> list[dict[str, str]]:
    people = User.objects.in_bulk([one.user for one in planned.changes])
    out = _("does not count")
    found = [
        {
            "student": name_of(people[one.user]),
            "before": out if one.before is None else shown(one.before),
            "after": out if one.after is None else shown(one.after),
        }
        for one in planned.changes
    ]
    return sorted(found, key=lambda change: change["student"])


def _former(item: Item) -> Entry | None:
    """The last change of how this item counts."""
    rows = Entry.objects.filter(course=item.assignment.course_id, what="marks.rule").select_related("by")
    return next((one for one in rows.order_by("-pk")[:LATEST] if one.about.get("item") == item.pk), None)


def former_rules(item: Item) -> Rules:
    """How it counted before the last change; raises Refused (409) where there was none."""
    entry = _former(item)
    if entry is None:
        raise Refused(409, _("Nothing to undo"), _("How this exercise counts was never changed."))
    return Rules(entry.about["former"]["counts"], entry.about["former"]["effects"])
