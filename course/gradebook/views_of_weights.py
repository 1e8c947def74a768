"""The weights: edited, tried on everybody before they are saved, undone."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from course.gradebook.book import Book, all_rows, book_of, enrolments
from course.gradebook.models import Act, Change
from course.gradebook.rounding import shown
from course.gradebook.setup import MOST, Setup, from_data, setup_of, store
from course.gradebook.views import Signed, page_of, write
from course.gradebook.weighing import SPARE, effects, read_setup
from course.people.access import staff_for
from course.people.models import Content, Course, Data, Enrolment

MOST_SHOWN = 100  # changes of a preview
SETUPS = (Act.SETUP, Act.UNDO)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def weights(request: Signed, slug: str) -> HttpResponse:
    """The form; a POST shows what it would change, and with ``act=save`` saves it."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR, data=Data.VIEWER)
    book = book_of(enrolment.course)
    if request.method != "POST":
        return _form(request, enrolment, book, book.setup)
    data = request.POST.dict()
    setup, errors = read_setup(
        {key: str(text) for key, text in data.items()}, [one.id for one in book.assignments]
    )
    if errors:
        return _form(
            request, enrolment, book, setup, status=400, errors=errors, letters=str(data.get("letters", ""))
        )
    moved = data.get("seen") != seal(book.setup)
    if data.get("act") == "save" and not moved:
        return _save(request, enrolment, book.setup, setup)
    found = effects(book, all_rows(book, enrolments(enrolment.course)), setup)
    shown_ones = found.changed[:MOST_SHOWN]
    return _form(
        request,
        enrolment,
        book,
        setup,
        effects=found,
        shown=shown_ones,
        moved=moved,
        preview=setup != book.setup,
    )


def _form(
    request: Signed, enrolment: Enrolment, book: Book, setup: Setup, *, status: int = 200, **more: Any
) -> HttpResponse:
    slots = [
        {
            "slot": one.key,
            "name": one.name,
            "weight": shown(one.weight),
            "drops": one.drops,
            "equal": one.equal,
        }
        for one in setup.categories
    ]
    slots += [{"slot": number} for number in range(len(slots), min(len(slots) + SPARE, MOST + SPARE))]
    context = {
        "slots": slots,
        "columns": [(one, setup.places.get(one.id)) for one in book.assignments],
        "letters": "\n".join(f"{letter} {shown(least)}" for letter, least in setup.letters),
        "weight": shown(sum(one.weight for one in setup.categories)),
        "seen": seal(book.setup),
        "last": _undoable(enrolment.course, book.setup),
    }
    return render(request, "gradebook/weights.html", page_of(enrolment) | context | more, status=status)


def seal(setup: Setup) -> str:
    """Short text that differs between setups: a form says with it which one it was made from."""
    return hashlib.sha256(json.dumps(setup.data(), sort_keys=True).encode()).hexdigest()[:16]


def _save(request: Signed, enrolment: Enrolment, before: Setup, after: Setup) -> HttpResponse:
    if before != after:
        _apply(enrolment, before, after, Act.SETUP)
        messages.success(request, _("The weights are saved. You can undo this below."))
    return redirect("grades-weights", enrolment.course.slug)


@transaction.atomic
def _apply(enrolment: Enrolment, before: Setup, after: Setup, act: Act) -> None:
    store(enrolment.course, after)
    about = ", ".join(f"{one.name} {shown(one.weight)}" for one in after.categories) or _("no categories")
    write(enrolment, act, about, before=before.data(), after=after.data())


def _undoable(course: Course, now: Setup) -> Change | None:
    """The newest change of the weights, if they are still what it made of them."""
    newest = Change.objects.filter(course=course, act__in=SETUPS).select_related("by").order_by("-pk").first()
    return newest if newest is not None and newest.after == now.data() else None


@require_POST
@never_cache
def undo(request: Signed, slug: str) -> HttpResponse:
    """Take back the newest change of the weights."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR, data=Data.VIEWER)
    now = setup_of(enrolment.course)
    last = _undoable(enrolment.course, now)
    if last is None or str(last.pk) != request.POST.get("change") or last.before is None:
        messages.warning(request, _("The weights were changed since, so nothing was undone."))
    else:
        _apply(enrolment, now, from_data(last.before), Act.UNDO)
        messages.success(request, _("The weights are again what they were before."))
    return redirect("grades-weights", slug)
