"""A student's own scores: what is released, and how each came to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from course.gradebook.book import Book, Row, book_of, rows
from course.gradebook.explaining import tale_of
from course.gradebook.showing import assigned_of, cells, parts_of
from course.people.access import enrolment_for
from course.people.models import Enrolment
from course.work.veil import veiled_in


@require_safe
@never_cache
def scores(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own scores in everything that is released, and the total of that."""
    enrolment, book, row = _own(request, slug)
    context = {
        "row": row,
        "columns": list(zip(book.assignments, cells(book, row, slug, own=True), strict=True)),
        "parts": parts_of(book, row),
        "own": True,
    }
    return render(request, "gradebook/scores.html", _page(enrolment) | context)


@require_safe
@never_cache
def score(request: HttpRequest, slug: str, assignment: int) -> HttpResponse:
    """How one of them came to be; 404 for what is not released."""
    enrolment, book, row = _own(request, slug)
    assigned = assigned_of(book, assignment)
    context = {"row": row, "tale": tale_of(book, row, assigned, enrolment), "own": True}
    return render(request, "gradebook/score.html", _page(enrolment) | context)


def _own(request: HttpRequest, slug: str) -> tuple[Enrolment, Book, Row]:
    enrolment = enrolment_for(request.user, slug)
    book, hidden = book_of(enrolment.course).only(released=True), veiled_in(enrolment)
    book = replace(book, assignments=tuple(one for one in book.assignments if one.id not in hidden))
    [row] = rows(book, [enrolment], full=True)
    return enrolment, book, row


def _page(enrolment: Enrolment) -> dict[str, Any]:
    return {"course": enrolment.course, "enrolment": enrolment}
