"""One student at one item: everything that was handed in, in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from course.people.access import item_for, staff_for, student_in
from course.people.models import Data
from course.tracking.models import BoxStanding, Standing
from course.tracking.scope import masked
from course.work.models import Attempt, OpenedHint, Submission

MOST = 60  # submissions on the page, the newest


@dataclass(frozen=True, slots=True)
class Moment:
    """One submission, how long after what came before it in its variant, and the hints opened in between."""

    submission: Submission
    after: timedelta
    hints: tuple[OpenedHint, ...] = ()


@require_safe
def timeline(request: HttpRequest, slug: str, user: int, item: int) -> HttpResponse:
    """Time, what was typed, what it was taken for, what came of each link."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    student = student_in(enrolment, user)
    place = item_for(enrolment, item)
    mask = request.GET.get("mask") == "1"
    attempts = Attempt.objects.filter(user=user, item=item).order_by("-number")
    context: dict[str, Any] = {
        "here": "progress",
        "course": enrolment.course,
        "enrolment": enrolment,
        "item": place,
        "student": student.user,
        "name": masked(user) if mask else student.user.get_full_name() or student.user.get_username(),
        "masked": mask,
        "section": student.section,
        "standing": Standing.objects.filter(user=user, item=item).first(),
        "stuck": BoxStanding.objects.filter(user=user, item=item, stuck_since__isnull=False),
        "variants": variants_of(attempts, user, item),
        "most": MOST,
    }
    return render(request, "tracking/timeline.html", context)


def variants_of(attempts: Any, user: int, item: int) -> list[tuple[Attempt, list[Moment]]]:
    """Each attempt with its submissions, the newest first; of all together at most MOST submissions."""
    rows = (
        Submission.objects.filter(attempt__user=user, attempt__item=item)
        .select_related("attempt__user", "attempt__item__exercise", "attempt__exercise")
        .defer("attempt__item__exercise__document", "attempt__exercise__document")
        .order_by("-attempt__number", "-number")[:MOST]
    )
    of: dict[int, list[Submission]] = {}
    for row in rows:
        of.setdefault(row.attempt_id, []).append(row)
    shown = attempts.prefetch_related("opened_hints")[:MOST]
    return [(attempt, _moments(attempt, of.get(attempt.pk, []))) for attempt in shown]


def _moments(attempt: Attempt, newest: list[Submission]) -> list[Moment]:
    before = [*(one.queued_at for one in newest[1:]), attempt.opened_at]
    hints = sorted(attempt.opened_hints.all(), key=lambda hint: hint.opened_at, reverse=True)
    return [
        Moment(
            one,
            max(timedelta(0), _whole_seconds(one.queued_at) - _whole_seconds(earlier)),
            tuple(hint for hint in hints if earlier <= hint.opened_at < one.queued_at),
        )
        for one, earlier in zip(newest, before, strict=True)
    ]


def _whole_seconds(at: datetime) -> datetime:
    return at.replace(microsecond=0)
