"""From a text to students: the self-tests of the newest revision, and publishing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from course.authoring import checks, showing
from course.authoring.models import Document
from course.authoring.publication import Placed, publish
from course.authoring.revisions import newest, one_line
from course.authoring.views import Signed
from course.errors import Refused
from course.people.access import document_for, staff_for
from course.people.journal import note
from course.people.models import Content, Enrolment
from course.work.models import Assignment


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: Signed, slug: str, document: int) -> HttpResponse:
    """How far the self-tests are. POST begins them where none is under way."""
    needs = Content.EDITOR if request.method == "POST" else Content.VIEWER
    enrolment = staff_for(request.user, slug, content=needs)
    found = document_for(enrolment, document)
    revision = newest(found)
    if request.method == "POST":
        checks.begin(revision)
    if not request.headers.get("X-Fragment"):
        return redirect(reverse("set", args=[slug, document], fragment="state"))
    context = showing.room(enrolment, **showing.state(enrolment, found, revision))
    return render(request, "authoring/_state.html", context)


@require_POST
def publish_set(request: Signed, slug: str, document: int) -> HttpResponse:
    """Publish the revision that was looked at, and put it where the form says."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    found = document_for(enrolment, document)
    typed = request.POST.get("revision", "")
    number = int(typed) if typed.isdecimal() and len(typed) < 9 else 0
    with transaction.atomic():
        done = publish(
            found,
            number,
            request.user,
            into=_into(request, enrolment, found),
            move=bool(request.POST.get("move")),
        )
        _note(request, found, number, done)
    messages.success(request, showing.told(done.new, done.assignment, done.moved))
    if done.assignment:
        return redirect("assignment", slug=slug, assignment=done.assignment.pk)
    return redirect("set", slug=slug, document=document)


def _into(request: Signed, enrolment: Enrolment, document: Document) -> Assignment | str | None:
    """Where it goes: ``new`` (an assignment of that title), the number of one, or nowhere yet."""
    chosen = request.POST.get("into", "")
    if chosen == "new":
        return one_line(request.POST.get("title", "")) or document.title
    if not chosen:
        return None
    pk = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0
    found = enrolment.course.assignments.filter(pk=pk).first()
    if found is None:
        raise Refused(
            400, _("Not published"), _("This course has no such assignment any more. Choose again.")
        )
    return found


def _note(request: Signed, document: Document, number: int, done: Placed) -> None:
    placed = _(" and put them into “%(title)s”") % {"title": done.assignment} if done.assignment else ""
    about: dict[str, Any] = {"title": document.title, "number": number, "new": done.new, "placed": placed}
    note(document.course, request.user, "authoring.published", **about)
