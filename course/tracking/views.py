"""What an instructor sees of the students' work: a plain list of submissions, and each one of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from course.people.access import instructor_for, tracked_submission, tracked_submissions
from course.people.models import Enrolment, User
from course.work.models import Item, State, Submission

PER_PAGE = 50
FILTERS = {"student": "attempt__user_id", "item": "attempt__item_id", "state": "state"}


@require_safe
def submissions(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest first; ``?student=``, ``?item=`` and ``?state=`` narrow it."""
    enrolment = instructor_for(request.user, slug)
    chosen = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    found = _narrowed(tracked_submissions(enrolment), chosen)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "chosen": chosen, **_choices(enrolment)}
    return render(request, "tracking/submissions.html", _course(enrolment) | context)


@require_safe
def submission(request: HttpRequest, slug: str, submission: UUID) -> HttpResponse:
    """What was typed and what came of it."""
    enrolment = instructor_for(request.user, slug)
    context = {"submission": tracked_submission(enrolment, submission)}
    return render(request, "tracking/submission.html", _course(enrolment) | context)


def _course(enrolment: Enrolment) -> dict[str, Any]:
    return {"course": enrolment.course, "enrolment": enrolment}


def _narrowed(found: QuerySet[Submission], chosen: dict[str, str]) -> QuerySet[Submission]:
    """A filter with a value that cannot be is a filter that nothing fits."""
    for name, value in chosen.items():
        possible = value in State.values if name == "state" else value.isdecimal() and len(value) < 10
        found = found.filter(**{FILTERS[name]: value}) if possible else found.none()
    return found


def _choices(enrolment: Enrolment) -> dict[str, Any]:
    """What the filters offer."""
    members = User.objects.filter(enrolments__course=enrolment.course_id)
    items = Item.objects.filter(assignment__course=enrolment.course_id).select_related(
        "exercise", "assignment"
    )
    return {
        "students": members.order_by("last_name", "first_name", "username"),
        "items": items.defer("exercise__document").order_by("assignment__position", "position", "pk"),
        "states": State.choices,
    }
