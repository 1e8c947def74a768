"""What became of a text: its revisions, two of them side by side, an older one once more, and the file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from course.authoring import checks, showing
from course.authoring.merging import side_by_side
from course.authoring.models import Document, Revision
from course.authoring.revisions import newest, restore
from course.authoring.views import Signed
from course.errors import Refused
from course.people.access import document_for, staff_for
from course.people.journal import note
from course.people.models import Content


@require_http_methods(["GET", "HEAD", "POST"])
def history(request: Signed, slug: str, document: int) -> HttpResponse:
    """The revisions; ``?from=3&to=5`` compares two (the newest with the one before it). POST restores one."""
    if request.method == "POST":
        return _restore(request, slug, document)
    enrolment = staff_for(request.user, slug, content=Content.VIEWER)
    found = document_for(enrolment, document)
    last = newest(found)
    new = _revision(found, request.GET.get("to"), last.number)
    old = _revision(found, request.GET.get("from"), max(1, new.number - 1))
    revisions = found.revisions.select_related("by").defer("text").order_by("-number")
    context = showing.room(
        enrolment,
        document=found,
        revisions=revisions[: showing.MOST_SHOWN],
        published=set(found.revisions.filter(publications__isnull=False).values_list("number", flat=True)),
        newest=last,
        old=old,
        new=new,
        rows=side_by_side(old.text, new.text),
    )
    return render(request, "authoring/history.html", context)


def _revision(document: Document, typed: str | None, otherwise: int) -> Revision:
    number = int(typed) if typed and typed.isdecimal() and len(typed) < 9 else otherwise
    found = document.revisions.select_related("by").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _restore(request: Signed, slug: str, pk: int) -> HttpResponse:
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    document = document_for(enrolment, pk)
    typed = request.POST.get("number", "")
    if not (typed.isdecimal() and len(typed) < 9):
        raise Refused(400, _("Not restored"), _("Say which revision: a number of the list."))
    old = _revision(document, typed, 0)
    with transaction.atomic():
        revision = restore(document, old.number, request.user)
        about: dict[str, Any] = {"title": document.title, "old": old.number, "number": revision.number}
        note(enrolment.course, request.user, "authoring.restored", **about)
        checks.begin(revision)
    said = _("Revision %(old)d is the newest text again, as revision %(new)d. Nothing was removed.")
    messages.success(request, said % {"old": old.number, "new": revision.number})
    return redirect("set", slug=slug, document=pk)


@require_safe
def file(request: HttpRequest, slug: str, document: int) -> HttpResponse:
    """The newest text as a file of the bank."""
    found = document_for(staff_for(request.user, slug, content=Content.VIEWER), document)
    return download(newest(found).text.encode(), f"{found.slug}.yaml", "application/yaml; charset=utf-8")


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """Bytes that the browser keeps as a file of this name."""
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_POST
def put_away(request: Signed, slug: str, document: int) -> HttpResponse:
    """Take a set off the list, or back onto it; what was published from it stays."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    found = document_for(enrolment, document)
    away = not found.put_away
    with transaction.atomic():
        Document.objects.filter(pk=found.pk).update(put_away=away)
        code = "authoring.put_away" if away else "authoring.taken_out"
        note(enrolment.course, request.user, code, title=found.title)
    words = _("“%(title)s” is put away. You find it under “Put away”.") if away else _("“%(title)s” is back.")
    messages.success(request, words % {"title": found.title})
    return redirect("sets", slug=slug)
