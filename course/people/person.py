"""The page of one person, and adding one by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from course.errors import Refused
from course.people import journal
from course.people.access import Signed, people_manager, place_for, staff_for
from course.people.accommodations import accommodate, accommodation_of, plain, said
from course.people.details import change_details, details_of, editable, is_ours, may_invite
from course.people.invitations import ends, link_of, renew
from course.people.models import Content, Course, Data, Enrolment, RosterImport
from course.people.person_forms import AccommodationForm, DetailsForm, PersonForm, RightsForm
from course.people.roles import PRESETS, change_rights, name_of, rights_of, set_active, words_for
from course.people.roster.applying import import_roster, plan_for
from course.people.roster.plan import JOINS, NEW, Step
from course.people.roster.rows import Roster

methods = require_http_methods(["GET", "HEAD", "POST"])
Forms = dict[str, forms.Form]


@methods
@never_cache
def person(request: Signed, slug: str, place: int) -> HttpResponse:
    """What is known of somebody; an owner may change it: a POST says in ``do`` what."""
    if request.method != "POST":
        enrolment = staff_for(request.user, slug, data=Data.VIEWER)
        return _page(request, enrolment, place_for(enrolment, place))
    enrolment = people_manager(request.user, slug)
    whom = place_for(enrolment, place)
    action = ACTIONS.get(request.POST.get("do", ""))
    if action is None:
        raise Refused(400, _("Not understood"), _("The field 'do' names nothing that this page can do."))
    refused = action(request, whom)
    if refused:
        return _page(request, enrolment, place_for(enrolment, place), refused)
    return redirect("person", slug=slug, place=place)


def _page(
    request: Signed, enrolment: Enrolment, place: Enrolment, refused: Forms | None = None
) -> HttpResponse:
    manager = enrolment.content == Content.OWNER
    given = accommodation_of(place)
    more = {"factor": plain(given.time_factor), "days": given.extra_days, "note": given.note} if given else {}
    context: dict[str, Any] = {
        "course": enrolment.course,
        "enrolment": enrolment,
        "here": "people",
        "place": place,
        "name": name_of(place),
        "role": words_for(rights_of(place)),
        "manager": manager,
        "given": said(given),
        "note": given.note if given else "",
        "details": details_of(place),
        "ours": is_ours(place),
        "names": list(enrolment.course.sections.order_by("name").values_list("name", flat=True)),
        "may_invite": manager and may_invite(place),
        "details_form": DetailsForm(fields=editable(place), initial=details_of(place)),
        "rights_form": RightsForm(place=place),
        "more_form": AccommodationForm(initial=more or {"factor": 1, "days": 0}),
    }
    invitation: Any = getattr(place.user, "invitation", None)
    if context["may_invite"] and invitation.used_at is None:
        context |= {"link": link_of(invitation, request.build_absolute_uri), "until": ends(invitation)}
    return render(request, "people/person.html", context | (refused or {}))


def _details(request: Signed, place: Enrolment) -> Forms | None:
    form = DetailsForm(request.POST, fields=editable(place))
    if not form.is_valid():
        return {"details_form": form}
    changed = change_details(place, form.cleaned_data, request.user)
    messages.success(request, _("Saved.") if changed else _("Nothing was different."))
    return None


def _rights(request: Signed, place: Enrolment) -> Forms | None:
    form = RightsForm(request.POST, place=place)
    if not form.is_valid():
        return {"rights_form": form}
    rights = form.rights()
    if change_rights(place, rights, request.user):
        said_so = _("%(name)s is now: %(role)s.") % {"name": name_of(place), "role": words_for(rights)}
        messages.success(request, said_so)
    return None


def _accommodate(request: Signed, place: Enrolment) -> Forms | None:
    if place.is_staff:
        raise Refused(409, _("For students"), _("Only a student has an accommodation."))
    form = AccommodationForm(request.POST)
    if not form.is_valid():
        return {"more_form": form}
    chosen = form.cleaned_data
    if accommodate(place, chosen["factor"], chosen["days"], chosen["note"], request.user):
        messages.success(request, _("Saved. It counts at once, also on a clock that is running."))
    return None


def _leave(request: Signed, place: Enrolment) -> None:
    if set_active(place, False, request.user):
        messages.success(request, _("%(name)s has left. The work is kept.") % {"name": name_of(place)})


def _return(request: Signed, place: Enrolment) -> None:
    if set_active(place, True, request.user):
        messages.success(request, _("%(name)s is back in the course.") % {"name": name_of(place)})


@transaction.atomic
def _invite(request: Signed, place: Enrolment) -> None:
    invitation = getattr(place.user, "invitation", None)
    if invitation is None or not may_invite(place):
        detail = _("%(name)s has an account that this course did not make, or that opens other courses too.")
        raise Refused(409, _("No invitation"), detail % {"name": name_of(place)})
    renew(invitation)
    journal.note(place.course, request.user, "people.invited", whom=place.user, name=name_of(place))
    messages.success(request, _("There is a new link. The former one is void."))


ACTIONS: dict[str, Callable[[Signed, Enrolment], Forms | None]] = {
    "details": _details,
    "rights": _rights,
    "accommodate": _accommodate,
    "leave": _leave,
    "return": _return,
    "invite": _invite,
}


@methods
@never_cache
def add(request: Signed, slug: str) -> HttpResponse:
    """Somebody new, as a roster of one line; an account that exists joins only after a look at it."""
    enrolment = people_manager(request.user, slug)
    form = PersonForm(request.POST or None, initial={"preset": "student"})
    context = {"course": enrolment.course, "enrolment": enrolment, "here": "people", "form": form}
    context["names"] = list(enrolment.course.sections.order_by("name").values_list("name", flat=True))
    if form.is_valid():
        step, digest = _planned(form, enrolment.course)
        if step is not None and step.place is not None:
            messages.info(request, _("This person is in the course already."))
            return redirect("person", slug=slug, place=step.place.enrolment)
        if step is not None and (not step.notices or form.cleaned_data["seen"] == digest):
            return _added(request, form, enrolment.course)
        context |= {"step": step, "digest": digest}
    return render(request, "people/add.html", context)


def _planned(form: PersonForm, course: Course) -> tuple[Step | None, str]:
    plan = plan_for(course, Roster((form.person(),), ()))
    for problem in plan.problems:
        form.add_error(problem.field or None, f"{problem.field_words} {problem.words}")
    return (plan.steps[0] if plan.steps else None), plan.digest


@transaction.atomic
def _added(request: Signed, form: PersonForm, course: Course) -> HttpResponse:
    draft = RosterImport(course=course, name=_("by hand"))
    plan = import_roster(draft, Roster((form.person(),), ()), request.user)
    assert plan.steps[0].kind in {NEW, JOINS}
    place = Enrolment.objects.select_related("user", "course").get(pk=draft.changes["made"][0]["enrolment"])
    change_rights(place, PRESETS[form.cleaned_data["preset"]].rights, request.user)
    messages.success(request, _("%(name)s is in the course.") % {"name": name_of(place)})
    return redirect("person", slug=course.slug, place=place.pk)
