"""The roster page: everybody in a course, found, sorted, and put in sections; and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from course.people.access import Signed, people_manager, people_of, staff_for
from course.people.models import Content, Course, Data, Enrolment, Invitation, Role, Section
from course.people.roster.rows import Person
from course.people.roster.writing import roster_lines
from course.people.sections import put_in

PER_PAGE = 50
LONGEST = 100  # characters of a search that are looked at
SOUGHT = ("user__first_name", "user__last_name", "user__username", "user__email", "student_number")
BY_NAME = ("user__last_name", "user__first_name", "pk")
ORDERS = {
    "name": (gettext_lazy("name"), BY_NAME),
    "section": (gettext_lazy("section"), ("section__name", *BY_NAME)),
    "number": (gettext_lazy("student number"), ("student_number", *BY_NAME)),
    "joined": (gettext_lazy("newest first"), ("-joined_at", "-pk")),
}
STATES = {
    "here": (gettext_lazy("everybody here"), Q(active=True)),
    "students": (gettext_lazy("students"), Q(active=True, role=Role.STUDENT)),
    "staff": (gettext_lazy("staff"), Q(active=True, role=Role.INSTRUCTOR)),
    "left": (gettext_lazy("have left"), Q(active=False)),
    "more": (gettext_lazy("with an accommodation"), Q(accommodation__isnull=False)),
    "waiting": (
        gettext_lazy("not yet signed in"),
        Q(user__invitation__used_at=None, user__invitation__isnull=False),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def roster(request: Signed, slug: str) -> HttpResponse:
    """``?q=``, ``?section=`` (or ``none``), ``?state=``, ``?sort=``; a POST puts people in a section."""
    if request.method == "POST":
        return _put_in(request, slug)
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    names = ("q", "section", "state", "sort")
    chosen = {name: request.GET[name].strip() for name in names if request.GET.get(name, "").strip()}
    found = narrowed(people_of(enrolment), chosen)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = _context(enrolment) | {"page_obj": page, "chosen": chosen}
    return render(request, "people/roster.html", context)


def narrowed(found: QuerySet[Enrolment], chosen: dict[str, str]) -> QuerySet[Enrolment]:
    """The people who fit the filters, in the order asked for; a filter that cannot be fits nobody."""
    for word in chosen.get("q", "")[:LONGEST].replace("\0", " ").split():
        found = found.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in SOUGHT)))
    section = chosen.get("section", "")
    if section == "none":
        found = found.filter(section=None, role=Role.STUDENT)
    elif section:
        found = found.filter(section=int(section) if section.isdecimal() and len(section) < 10 else 0)
    state = chosen.get("state", "here")
    found = found.filter(STATES[state][1]) if state in STATES else found.none()
    _words, order = ORDERS.get(chosen.get("sort", ""), ORDERS["name"])
    return found.order_by(*order)


def _context(enrolment: Enrolment) -> dict[str, Any]:
    course = enrolment.course
    manager = enrolment.content == Content.OWNER
    return {
        "course": course,
        "enrolment": enrolment,
        "here": "people",
        "manager": manager,
        "sections": [
            (str(pk), name) for pk, name in course.sections.order_by("name").values_list("pk", "name")
        ],
        "states": {code: words for code, (words, _fits) in STATES.items()},
        "orders": {code: words for code, (words, _order) in ORDERS.items()},
        "alone": not Enrolment.objects.filter(course=course, role=Role.STUDENT).exists(),
        "waiting": waiting_in(course).count() if manager else 0,
    }


def waiting_in(course: Course) -> QuerySet[Invitation]:
    """Invitations of people in the course that nobody has used yet."""
    rows = Invitation.objects.filter(course=course, used_at=None, user__is_staff=False)
    elsewhere = Enrolment.objects.filter(role=Role.INSTRUCTOR).exclude(course=course)
    rows = rows.exclude(user__in=elsewhere.values("user"))
    return rows.filter(user__enrolments__course=course, user__enrolments__active=True)


def _put_in(request: Signed, slug: str) -> HttpResponse:
    course = people_manager(request.user, slug).course
    chosen = [
        int(number) for number in request.POST.getlist("place") if number.isdecimal() and len(number) < 10
    ]
    wanted = request.POST.get("section", "")
    section = None
    if wanted != "none":
        pk = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0
        section = get_object_or_404(Section, course=course, pk=pk)
    number = put_in(course, chosen, section, request.user)
    if number:
        messages.success(request, _("%(number)d people are in another section now.") % {"number": number})
    else:
        messages.info(request, _("Nobody was moved: tick students who are not in this section yet."))
    return redirect(request.get_full_path())


@require_safe
@never_cache
def roster_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Everybody who is in the course, as a file that the import reads."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    rows = people_of(enrolment).filter(active=True, role=Role.STUDENT).order_by(*BY_NAME)
    answer = StreamingHttpResponse(roster_lines(_persons(rows)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-roster.csv"'
    return answer


def _persons(rows: QuerySet[Enrolment]) -> Iterator[Person]:
    for row in rows.iterator(chunk_size=500):
        own = row.user
        section = row.section.name if row.section else ""
        named = (own.first_name, own.last_name, own.email, own.username)
        yield Person(0, *named, row.student_number, row.lms_id, section)
