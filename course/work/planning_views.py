"""The staff's pages of assignments: the list, one assignment's settings, its exercises."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from course.people.access import Signed, assignment_for, staff_for
from course.people.models import Content, Enrolment
from course.work import planning
from course.work.models import Assignment, Kind
from course.work.planning_forms import AssignmentForm

methods = require_http_methods(["GET", "HEAD", "POST"])


def page_of(enrolment: Enrolment) -> dict[str, Any]:
    """What every page of the room has."""
    return {
        "course": enrolment.course,
        "enrolment": enrolment,
        "here": "assignments",
        "may_edit": enrolment.content >= Content.EDITOR,
    }


@require_safe
@never_cache
def assignments(request: Signed, slug: str) -> HttpResponse:
    """All assignments of the course in order."""
    enrolment = staff_for(request.user, slug, content=Content.VIEWER)
    context = {"assignments": planning.listed(enrolment.course), "kinds": Kind.choices}
    return render(request, "planning/assignments.html", page_of(enrolment) | context)


@methods
@never_cache
def new(request: Signed, slug: str) -> HttpResponse:
    """A new assignment of the kind that ``?kind=`` names; then come its exercises."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    asked = request.GET.get("kind", "")
    fresh = Assignment(course=enrolment.course, kind=asked if asked in Kind.values else Kind.HOMEWORK)
    form = AssignmentForm(request.POST or None, instance=fresh)
    if form.is_valid():
        made = planning.make(enrolment.course, form.save(commit=False), request.user)
        messages.success(request, _("The assignment is there. Now put exercises into it."))
        return redirect("plan-items", slug=slug, assignment=made.pk)
    return render(request, "planning/settings.html", page_of(enrolment) | {"form": form, "assignment": None})


@methods
@never_cache
def settings(request: Signed, slug: str, assignment: int) -> HttpResponse:
    """Title, dates, clock and policy. What would change results is asked for once more before it is done."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    found = assignment_for(enrolment, assignment)
    form = AssignmentForm(request.POST or None, instance=found)
    asked: planning.Outcome | None = None
    if form.is_valid():
        changed = form.save(commit=False)
        asked = planning.attempt(
            lambda: planning.change(changed, request.user, labels(form)),
            confirmed="confirmed" in request.POST,
        )
        if asked.done:
            messages.success(request, saved(asked.results))
            return redirect("plan-settings", slug=slug, assignment=found.pk)
    context = {"form": form, "assignment": found, "touched": planning.touched(found).words, "asked": asked}
    return render(request, "planning/settings.html", page_of(enrolment) | context)


def labels(form: AssignmentForm) -> list[str]:
    """What was changed, by the names on the page."""
    return [str(form.fields[name].label or name) for name in form.changed_data]


def saved(results: int) -> str:
    """That it is saved, and what it did."""
    if not results:
        return _("Saved.")
    return ngettext("Saved. %(n)d result changed.", "Saved. %(n)d results changed.", results) % {"n": results}


@require_POST
@never_cache
def move(request: Signed, slug: str) -> HttpResponse:
    """Move the assignment ``up`` or ``down`` in the course."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    for name, by in (("up", -1), ("down", 1)):
        if (asked := request.POST.get(name, "")).isdecimal() and len(asked) < 19:
            planning.move(list(planning.listed(enrolment.course)), int(asked), by)
    return redirect("plan", slug=slug)


@methods
@never_cache
def delete(request: Signed, slug: str, assignment: int) -> HttpResponse:
    """Ask, then delete; one in which something was handed in is not deleted."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    found = assignment_for(enrolment, assignment)
    if request.method == "POST":
        planning.delete(found, request.user)
        messages.success(request, _("“%(title)s” is deleted.") % {"title": found.title})
        return redirect("plan", slug=slug)
    context = {"assignment": found, "work": planning.work_in(found), "size": found.items.count()}
    return render(request, "planning/delete.html", page_of(enrolment) | context)
