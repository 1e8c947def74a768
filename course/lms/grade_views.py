"""What became of the grades in an LMS, for the staff of a course: each row with its state and one button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from course.lms.comparing import again, behind
from course.lms.models import Context, Push, PushState
from course.people import journal
from course.people.access import Signed, staff_for
from course.people.models import Data, Enrolment

PER_PAGE = 50
STUCK = (
    PushState.DIFFERS, PushState.NO_PERSON, PushState.NO_COLUMN, PushState.LOCKED, PushState.DENIED,
    PushState.GIVEN_UP,
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def grades(request: Signed, slug: str) -> HttpResponse:
    """``?state=`` narrows the rows to one state; a POST switches sending on or off, or sends again."""
    if request.method == "POST":
        return _act(request, staff_for(request.user, slug, data=Data.GRADER))
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    found = _pushes(enrolment)
    counts = dict(found.order_by().values_list("state").annotate(number=Count("pk")))
    state = request.GET.get("state", "")
    shown = found.filter(state=state) if state in PushState.values else found
    contexts = list(_contexts(enrolment))
    context: dict[str, Any] = {
        "course": enrolment.course,
        "enrolment": enrolment,
        "here": "grades",
        "contexts": [(one, behind(one)) for one in contexts],
        "states": [(value, label, counts.get(value, 0)) for value, label in PushState.choices],
        "chosen": state,
        "stuck": STUCK,
        "page_obj": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "lms/grades.html", context)


def _contexts(enrolment: Enrolment) -> Any:
    rows = Context.objects.filter(course=enrolment.course_id).select_related(
        "course", "deployment__registration"
    )
    return rows.order_by("pk")


def _pushes(enrolment: Enrolment) -> Any:
    rows = Push.objects.filter(line_item__context__course=enrolment.course_id)
    rows = rows.select_related("identity__user", "line_item__assignment")
    return rows.order_by("line_item__assignment__position", "identity__user__last_name", "pk")


def _act(request: Signed, enrolment: Enrolment) -> HttpResponse:
    act = request.POST.get("act", "")
    if act in {"on", "off", "zeros", "no-zeros"}:
        _switch(request, enrolment, act)
    elif act == "again":
        number = request.POST.get("push", "")
        rows = _pushes(enrolment).filter(state__in=STUCK)
        if number:
            rows = rows.filter(pk=int(number) if number.isdecimal() and len(number) < 10 else 0)
        sent = again(Push.objects.filter(pk__in=list(rows.values_list("pk", flat=True))))
        journal.note(enrolment.course, request.user, "lms.again", number=sent)
        messages.success(request, _("On their way again: %(number)d") % {"number": sent})
    return redirect("lms-grades", slug=enrolment.course.slug)


def _switch(request: Signed, enrolment: Enrolment, act: str) -> None:
    """Sending, or zeros for what was not handed in, on or off for all LMS courses of this course."""
    name = "sends_zeros" if "zeros" in act else "sends"
    _contexts(enrolment).update(**{name: act in {"on", "zeros"}})
    journal.note(enrolment.course, request.user, f"lms.{act}")
    messages.success(request, _("Saved."))
