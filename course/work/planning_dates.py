"""The staff's page of dates: exceptions, and what holds for any student, with the rule that won."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from course.people.access import Signed, assignment_for, staff_for, students_of
from course.people.models import Content, Data, Enrolment, Section
from course.work.dates import effective_for
from course.work.extending import Change, extend, take_back
from course.work.gate import shown
from course.work.models import Assignment, DateException
from course.work.planning_forms import ExceptionForm
from course.work.planning_views import methods, page_of

PER_PAGE = 50
LONGEST = 100  # characters of a search that are looked at


@methods
@never_cache
def dates(request: Signed, slug: str, assignment: int) -> HttpResponse:
    """Who sees students' work reads it; editors give exceptions and take them back."""
    editing = request.method == "POST"
    content = Content.EDITOR if editing else Content.VIEWER
    enrolment = staff_for(request.user, slug, content=content, data=Data.VIEWER)
    found = assignment_for(enrolment, assignment)
    form = ExceptionForm(_whom(enrolment), request.POST if editing and "whom" in request.POST else None)
    if editing and "end" in request.POST:
        _end(request, found)
        return redirect("plan-dates", slug=slug, assignment=found.pk)
    if form.is_valid() and _given(request, form, found, enrolment):
        return redirect("plan-dates", slug=slug, assignment=found.pk)
    context = {
        "assignment": found,
        "form": form,
        "exceptions": _exceptions(found),
        **_table(request, enrolment, found),
    }
    return render(request, "planning/dates.html", page_of(enrolment) | context)


def _students(enrolment: Enrolment) -> QuerySet[Enrolment]:
    rows = students_of(enrolment.course).filter(active=True).select_related("user", "section")
    return rows.order_by("user__last_name", "user__first_name", "user__username")


def _whom(enrolment: Enrolment) -> list[tuple[str, Any]]:
    sections = [(f"s{each.pk}", each.name) for each in enrolment.course.sections.order_by("name")]
    students = [(f"e{each.pk}", _name(each)) for each in _students(enrolment)]
    found: list[tuple[str, Any]] = [("", _("choose"))]
    found += [(_("A section"), sections)] if sections else []
    return [*found, (_("A student"), students)]


def _name(place: Enrolment) -> str:
    full = place.user.get_full_name()
    return f"{full} ({place.user.username})" if full else place.user.username


def _given(request: Signed, form: ExceptionForm, assignment: Assignment, enrolment: Enrolment) -> bool:
    """Give what the form says; False if it cannot be, with the reason in the form."""
    kind, number = form.cleaned_data["whom"][:1], int(form.cleaned_data["whom"][1:])
    days, note = form.cleaned_data["days"], form.cleaned_data["note"]
    place = (
        get_object_or_404(Section, pk=number, course=enrolment.course_id)
        if kind == "s"
        else get_object_or_404(_students(enrolment), pk=number)
    )
    dates = None if days else form.dates
    try:
        change = extend(assignment, place, by=request.user, days=days, dates=dates, note=note)
    except ValueError:
        form.add_error("days", _("Without a due date and a close there is nothing to add days to."))
        return False
    messages.success(request, told(change))
    return True


def told(change: Change) -> str:
    """What an exception came to, in a sentence."""
    given = change.exception
    if change.after is None or given.enrolment is None:
        return _("The dates of the section %(section)s are saved.") % {"section": given.section}
    until = change.after.due or change.after.closes
    values = {"name": _name(given.enrolment), "when": shown(until) if until else _("never")}
    return _("For %(name)s it is due on %(when)s now.") % values


def _end(request: Signed, assignment: Assignment) -> None:
    asked = request.POST["end"]
    number = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
    rows = DateException.objects.select_related("enrolment__user", "section", "assignment__course")
    take_back(get_object_or_404(rows, pk=number, assignment=assignment), by=request.user)
    messages.success(request, _("Taken back: the former dates hold again."))


def _exceptions(assignment: Assignment) -> QuerySet[DateException]:
    rows = assignment.exceptions.select_related("section", "enrolment__user")
    return rows.order_by("section__name", "enrolment__user__last_name", "pk")


def _table(request: Signed, enrolment: Enrolment, assignment: Assignment) -> dict[str, Any]:
    """The students' effective dates, a page of them; ``?q=`` finds some."""
    found = _students(enrolment)
    for word in (q := request.GET.get("q", ""))[:LONGEST].replace("\0", " ").split():
        name = Q(user__first_name__icontains=word) | Q(user__last_name__icontains=word)
        found = found.filter(name | Q(user__username__icontains=word) | Q(section__name__icontains=word))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    places = list(page.object_list)
    holding = effective_for([assignment], places)
    rows = [{"place": each, "name": _name(each), "dates": holding[assignment.pk, each.pk]} for each in places]
    return {"rows": rows, "page_obj": page, "q": q, "chosen": {"q": q} if q else {}}
