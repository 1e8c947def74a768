"""The course page, and an assignment's own page: what counts, begin, the clock, hand in, the report."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from course.people.access import Signed, assignment_for, enrolment_for
from course.people.guessing import note_failure, refuse_guessing
from course.work.briefing import briefing
from course.work.gate import NotBegunError, WrongPasswordError, refuse_unopened, shown
from course.work.models import Draft, Submission
from course.work.outline import due_next, outline, plain
from course.work.sittings import begin, hand_in_all, settle
from course.work.standing import Phase, Standing, end_of, standing_of
from course.work.veil import shown_at


@require_safe
@cache_control(private=True, no_cache=True)
def course(request: Signed, slug: str) -> HttpResponse:
    """The course's assignments, with what the student has reached in each item."""
    enrolment = enrolment_for(request.user, slug)
    entries = outline(enrolment)
    context = {"assignments": entries, "due_next": [] if enrolment.is_staff else due_next(entries)}
    whose = {"course": enrolment.course, "enrolment": enrolment}
    return render(request, "work/course.html", whose | context)


@require_safe
@never_cache
def assignment(request: Signed, slug: str, assignment: int) -> HttpResponse:
    """What counts in an assignment; where it is begun, looked over while the clock runs, and reported on."""
    return _page(request, slug, assignment)


def _page(request: Signed, slug: str, assignment: int, *, problem: str = "") -> HttpResponse:
    enrolment = enrolment_for(request.user, slug)
    found = assignment_for(enrolment, assignment)
    standing = settle(enrolment, standing_of(enrolment, found))
    entry = outline(enrolment, found.pk)[0]
    context = _sitting(standing, entry) | {
        "course": enrolment.course,
        "enrolment": enrolment,
        "entry": entry,
        "briefing": briefing(standing),
        "problem": problem,
    }
    return render(request, "work/assignment.html", context, status=403 if problem else 200)


def _sitting(standing: Standing, entry: dict[str, Any]) -> dict[str, Any]:
    """What the page says beside its list of items: the clock before and while it runs, and what is saved."""
    found, course = standing.assignment, standing.assignment.course
    saved = _saved(standing.user, found.pk)
    for row in entry["items"]:
        row["saved"] = saved.get(row["item"].pk, "")
    running = standing.sitting is not None and standing.phase is Phase.OPEN
    return {
        "running": running,
        "timed": running and found.minutes is not None,
        "clock_url": reverse("clock", args=[course.slug, found.pk]),
        "would_end": end_of(found, standing.effective, standing.now),
        "ready": sum(bool(row["saved"]) for row in entry["items"]),
        "reached": plain(sum((Decimal(row["points"]) for row in entry["items"]), Decimal(0))),
        "shown_at": shown_at([found])[found.pk],
    }


def _saved(user: int, assignment: int) -> dict[int, str]:
    """By item: ``sent`` where something was handed in, ``draft`` where there is only something saved."""
    here = {"attempt__user": user, "attempt__item__assignment": assignment}
    sent = dict.fromkeys(Submission.objects.filter(**here).values_list("attempt__item", flat=True), "sent")
    drafts = Draft.objects.filter(**here).exclude(attempt__item__in=sent)
    return dict.fromkeys(drafts.values_list("attempt__item", flat=True), "draft") | sent


@require_POST
@never_cache
def begin_sitting(request: Signed, slug: str, assignment: int) -> HttpResponse:
    """Begin, with the password if there is one; wrong ones are counted as wrong passwords are."""
    enrolment = enrolment_for(request.user, slug)
    found = assignment_for(enrolment, assignment)
    guessed = f"assignment {found.pk} {request.user.pk}"
    refuse_guessing(request, guessed)
    try:
        begin(enrolment, found, request.POST.get("password", ""))
    except WrongPasswordError as refused:
        note_failure(request, guessed)
        return _page(request, slug, assignment, problem=refused.detail)
    return redirect("assignment", slug=slug, assignment=found.pk)


@require_POST
@never_cache
def hand_in_sitting(request: Signed, slug: str, assignment: int) -> HttpResponse:
    """Hand in everything that is saved, and be done; once more changes nothing."""
    enrolment = enrolment_for(request.user, slug)
    found = assignment_for(enrolment, assignment)
    standing = standing_of(enrolment, found)
    if standing.sitting is None:
        raise NotBegunError
    if standing.phase is Phase.OPEN:
        hand_in_all(standing.sitting, timezone.now())
        messages.success(request, _("Handed in. Everything that you had saved is in it."))
    settle(enrolment, standing)
    return redirect("assignment", slug=slug, assignment=found.pk)


@require_safe
@never_cache
def clock(request: Signed, slug: str, assignment: int) -> JsonResponse:
    """When the sitting ends, as it stands now: the page asks, for the limit may be changed while it runs."""
    enrolment = enrolment_for(request.user, slug)
    standing = standing_of(enrolment, assignment_for(enrolment, assignment))
    refuse_unopened(standing)
    ends = standing.ends
    return JsonResponse(
        {
            "now": standing.now.isoformat(),
            "ends": ends.isoformat() if ends else None,
            "shown": shown(ends) if ends else "",
            "open": standing.phase is Phase.OPEN,
        }
    )
