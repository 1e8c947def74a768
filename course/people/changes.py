"""The page "What changed": the journal of a course, the newest first."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from course.people import journal, sentences  # noqa: F401 - describes the changes of this room
from course.people.access import staff_for
from course.people.models import Content, Data, Enrolment, Entry, Role, User

PER_PAGE = 50
COMMAND = "command"  # ``?by=`` of what was changed by a command on the server


@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """``?room=`` (a group of the journal), ``?by=`` (a number, or ``command``) and ``?whom=`` narrow it."""
    enrolment = staff_for(request.user, slug)
    groups = journal.readable(enrolment)
    if not groups:
        raise PermissionDenied
    chosen = {name: request.GET[name] for name in ("room", "by", "whom") if request.GET.get(name)}
    found = narrowed(entries_for(enrolment), groups, chosen)
    page = Paginator(found.select_related("by", "whom"), PER_PAGE).get_page(request.GET.get("page"))
    lines = [{"entry": entry, "sentence": journal.sentence(entry)} for entry in page]
    context = _context(enrolment, groups, chosen) | {"page_obj": page, "lines": lines}
    return render(request, "people/changes.html", context)


def entries_for(enrolment: Enrolment) -> QuerySet[Entry]:
    """The lines that one of the staff may read, the newest first; all for an owner who sees the work."""
    found = Entry.objects.filter(course_id=enrolment.course_id).order_by("-pk")
    if enrolment.content == Content.OWNER and enrolment.data >= Data.VIEWER:
        return found
    codes = [code for group in journal.readable(enrolment).values() for code in group.sentences]
    return found.filter(what__in=codes)


def narrowed(
    found: QuerySet[Entry], groups: dict[str, journal.Group], chosen: dict[str, str]
) -> QuerySet[Entry]:
    """The lines that fit the filters; none fits a filter with a value that cannot be."""
    if "room" in chosen:
        group = groups.get(chosen["room"])
        found = found.filter(what__in=list(group.sentences)) if group else found.none()
    if chosen.get("by") == COMMAND:
        found = found.filter(by=None)
    elif "by" in chosen:
        found = found.filter(by_id=_number(chosen["by"]))
    return found.filter(whom_id=_number(chosen["whom"])) if "whom" in chosen else found


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _context(
    enrolment: Enrolment, groups: dict[str, journal.Group], chosen: dict[str, str]
) -> dict[str, Any]:
    staff = User.objects.filter(
        enrolments__course=enrolment.course_id, enrolments__role=Role.INSTRUCTOR
    ).order_by("last_name", "first_name", "pk")
    whom = User.objects.filter(
        pk=_number(chosen.get("whom", "")), enrolments__course=enrolment.course_id
    ).first()
    return {
        "course": enrolment.course,
        "enrolment": enrolment,
        "here": "changes",
        "groups": sorted(groups.items(), key=lambda group: str(group[1].words)),
        "staff": [(str(user.pk), user.get_full_name() or user.get_username()) for user in staff],
        "whom": whom if enrolment.data >= Data.VIEWER else None,
        "chosen": chosen,
    }
