"""The gradebook as the staff see it: the matrix, how a score came to be, release, excuses, the journal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from course.gradebook.book import Assigned, Book, Row, book_of, enrolments, rows
from course.gradebook.explaining import tale_of
from course.gradebook.layouts import NAMES
from course.gradebook.models import Act, Change, Column, Excuse
from course.gradebook.options import layout_of
from course.gradebook.showing import assigned_of, cells, parts_of
from course.gradebook.totals import State
from course.people.access import staff_for
from course.people.models import Data, Enrolment, Section, User
from course.work.models import Assignment
from course.work.veil import veiled

PER_PAGE = 50


class Signed(HttpRequest):
    """A request that came past the sign-in."""

    user: User


@require_safe
@never_cache
def grades(request: Signed, slug: str) -> HttpResponse:
    """Students and assignments; ``?q=`` finds a student, ``?section=`` narrows to one section."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    book = book_of(enrolment.course)
    chosen = {name: request.GET.get(name, "").strip() for name in ("q", "section")}
    found = enrolments(enrolment.course, section=_number(chosen["section"]), find=chosen["q"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    lines = [(row, cells(book, row, slug)) for row in rows(book, list(page.object_list))]
    context = {
        "page_obj": page,
        "lines": lines,
        "columns": [(one, _category(book, one)) for one in book.assignments],
        "chosen": chosen,
        "sections": Section.objects.filter(course=enrolment.course).order_by("name"),
        "layout": NAMES[layout_of(enrolment.course)],
    }
    return render(request, "gradebook/grades.html", page_of(enrolment) | context)


def page_of(enrolment: Enrolment) -> dict[str, Any]:
    """What every page of this room has."""
    return {"course": enrolment.course, "enrolment": enrolment, "here": "grades"}


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else (0 if text else None)


def _category(book: Book, assigned: Assigned) -> str:
    key = None if assigned.hidden else book.setup.key_of(assigned.id)
    return next((one.name for one in book.setup.groups if one.key == key), "")


def _student_row(enrolment: Enrolment, student: int) -> tuple[Enrolment, Book, Row]:
    """A student of the course with the row; 404 for everyone else."""
    one = get_object_or_404(enrolments(enrolment.course), pk=student)
    book = book_of(enrolment.course)
    [row] = rows(book, [one], full=True)
    return one, book, row


@require_safe
@never_cache
def student(request: Signed, slug: str, student: int) -> HttpResponse:
    """How one student's total came to be."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    _one, book, row = _student_row(enrolment, student)
    pairs = zip(book.assignments, cells(book, row, slug), strict=True)
    columns = [(one, shown) for one, shown in pairs if not one.hidden]
    context = {"row": row, "columns": columns, "parts": parts_of(book, row)}
    return render(request, "gradebook/student.html", page_of(enrolment) | context)


@require_safe
@never_cache
def cell(request: Signed, slug: str, student: int, assignment: int) -> HttpResponse:
    """How one student's score in one assignment came to be."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    one, book, row = _student_row(enrolment, student)
    tale = tale_of(book, row, assigned_of(book, assignment), one)
    context = {"row": row, "tale": tale, "may_mark": enrolment.data >= Data.GRADER}
    return render(request, "gradebook/cell.html", page_of(enrolment) | context)


@require_POST
@never_cache
def excuse(request: Signed, slug: str, student: int, assignment: int) -> HttpResponse:
    """Leave one assignment out of one student's total, or take that back."""
    enrolment = staff_for(request.user, slug, data=Data.GRADER)
    one, book, row = _student_row(enrolment, student)
    assigned = assigned_of(book, assignment)
    with transaction.atomic():
        excused = row.entries[assignment].state is State.EXCUSED
        if excused:
            Excuse.objects.filter(enrolment=one, assignment=assignment).delete()
        else:
            Excuse.objects.get_or_create(enrolment=one, assignment_id=assignment)
        act = Act.UNEXCUSE if excused else Act.EXCUSE
        write(enrolment, act, f"{row.student.name}: {assigned.title}")
    words = {"name": row.student.name, "title": assigned.title}
    said = _("%(title)s counts again for %(name)s.") if excused else _("%(name)s is excused from %(title)s.")
    messages.success(request, said % words)
    return redirect("grades-cell", slug, student, assignment)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def release(request: Signed, slug: str, assignment: int) -> HttpResponse:
    """Ask, then show an assignment's scores to the students, or hide them."""
    enrolment = staff_for(request.user, slug, data=Data.GRADER)
    book = book_of(enrolment.course)
    assigned = assigned_of(book, assignment)
    if assigned.hidden:
        raise Http404
    if request.method == "POST":
        return _release(request, enrolment, assigned, show=request.POST.get("show") == "1")
    context = {
        "assigned": assigned,
        "count": enrolments(enrolment.course).count(),
        "is_veiled": bool(veiled(Assignment.objects.filter(pk=assigned.id), is_staff=False)),
    }
    return render(request, "gradebook/release.html", page_of(enrolment) | context)


def _release(request: Signed, enrolment: Enrolment, assigned: Assigned, *, show: bool) -> HttpResponse:
    if show != assigned.released:
        with transaction.atomic():
            Column.objects.update_or_create(assignment_id=assigned.id, defaults={"released": show})
            write(enrolment, Act.RELEASE if show else Act.HIDE, assigned.title)
    said = _("Students see their scores in %(title)s.") if show else _("The scores in %(title)s are hidden.")
    messages.success(request, said % {"title": assigned.title})
    return redirect("grades", enrolment.course.slug)


@require_safe
@never_cache
def journal(request: Signed, slug: str) -> HttpResponse:
    """Who changed what in the gradebook, the newest first."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    changes = Change.objects.filter(course=enrolment.course).select_related("by").order_by("-pk")
    page = Paginator(changes, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "gradebook/journal.html", page_of(enrolment) | {"page_obj": page})


def write(enrolment: Enrolment, act: Act, about: str = "", **setups: Any) -> Change:
    """A line of the journal; call it in the transaction of what it tells of."""
    return Change.objects.create(
        course=enrolment.course, by=enrolment.user, act=act, about=about[:400], **setups
    )
