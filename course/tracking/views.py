"""What an instructor sees of the students' work: a plain list of submissions, and each one of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from course.people.access import staff_for, tracked_submission
from course.people.models import Data, Enrolment
from course.tracking.narrowing import FATES, Bounded, chosen_of, listed, said
from course.work.models import Item

PER_PAGE = 50


@require_safe
def submissions(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest first, narrowed by what the address says (``narrowing``)."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    chosen = chosen_of(request.GET)
    page = Bounded(listed(enrolment, chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "chosen": chosen, "said": said(enrolment.course, chosen)}
    return render(request, "tracking/submissions.html", _course(enrolment) | context | _choices(enrolment))


@require_safe
def submission(request: HttpRequest, slug: str, submission: UUID) -> HttpResponse:
    """What was typed and what came of it."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    context = {"submission": tracked_submission(enrolment, submission)}
    return render(request, "tracking/submission.html", _course(enrolment) | context)


def _course(enrolment: Enrolment) -> dict[str, Any]:
    return {"course": enrolment.course, "enrolment": enrolment}


def _choices(enrolment: Enrolment) -> dict[str, Any]:
    """What the filters offer."""
    items = Item.objects.filter(assignment__course=enrolment.course_id).select_related(
        "exercise", "assignment"
    )
    return {
        "items": items.defer("exercise__document").order_by("assignment__position", "position", "pk"),
        "fates": FATES,
    }
