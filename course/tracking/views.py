"""What an instructor sees of the students' work: a plain list of submissions, and each one of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from course.people.access import staff_for, tracked_submission, tracked_submissions
from course.people.models import Data, Enrolment
from course.work.models import Item, State
from grader.job import Outcome

PER_PAGE = 50
LONGEST = 100  # characters of a search that are looked at
NAMES = ("first_name", "last_name", "username")


@dataclass(frozen=True, slots=True)
class Fate:
    """What may have become of a submission: a choice of the list's filter."""

    words: str | Promise
    fits: Q


def _told(*outcomes: Outcome) -> Q:
    return Q(verdict__outcome__in=[outcome.value for outcome in outcomes])


FATES = {
    "graded": Fate(_("marked"), Q(state=State.GRADED)),
    "correct": Fate(_("all right"), _told(Outcome.CORRECT)),
    "partial": Fate(_("partly right"), _told(Outcome.PARTIAL, Outcome.FOLLOW_THROUGH, Outcome.FEW_DIGITS)),
    "wrong": Fate(_("not yet"), _told(Outcome.WRONG)),
    "unreadable": Fate(_("not readable"), _told(Outcome.UNREADABLE)),
    "queued": Fate(State.QUEUED.label, Q(state=State.QUEUED) | _told(Outcome.UNDECIDED)),
    "failed": Fate(State.FAILED.label, Q(state=State.FAILED)),
}


@require_safe
def submissions(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest first; ``?q=`` (a student), ``?item=`` and ``?state=`` (one of FATES) narrow it."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    chosen = {name: request.GET[name].strip() for name in NARROWED if request.GET.get(name, "").strip()}
    found = tracked_submissions(enrolment)
    for name, value in chosen.items():
        found = found.filter(NARROWED[name](value))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "chosen": chosen, **_choices(enrolment)}
    return render(request, "tracking/submissions.html", _course(enrolment) | context)


@require_safe
def submission(request: HttpRequest, slug: str, submission: UUID) -> HttpResponse:
    """What was typed and what came of it."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    context = {"submission": tracked_submission(enrolment, submission)}
    return render(request, "tracking/submission.html", _course(enrolment) | context)


def _course(enrolment: Enrolment) -> dict[str, Any]:
    return {"course": enrolment.course, "enrolment": enrolment}


def _by_student(text: str) -> Q:
    """Every word is part of the student's name or username."""
    found = Q()
    for word in text[:LONGEST].replace("\0", " ").split():
        parts = (Q(**{f"attempt__user__{name}__icontains": word}) for name in NAMES)
        found &= reduce(or_, parts)
    return found


def _by_item(text: str) -> Q:
    return Q(attempt__item_id=int(text)) if text.isdecimal() and len(text) < 10 else NOTHING


def _by_fate(text: str) -> Q:
    return FATES[text].fits if text in FATES else NOTHING


NOTHING = Q(pk__in=[])  # a filter with a value that cannot be is a filter that nothing fits
NARROWED = {"q": _by_student, "item": _by_item, "state": _by_fate}


def _choices(enrolment: Enrolment) -> dict[str, Any]:
    """What the filters offer."""
    items = Item.objects.filter(assignment__course=enrolment.course_id).select_related(
        "exercise", "assignment"
    )
    return {
        "items": items.defer("exercise__document").order_by("assignment__position", "position", "pk"),
        "fates": FATES,
    }
