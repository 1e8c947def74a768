"""The authors' pages: the course's exercise sets, a new one, and the page on which one is written."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from course.authoring import checks, preview, sentences, showing
from course.authoring.forms import SketchForm
from course.authoring.library import documents_of, elsewhere, own_ids, templates
from course.authoring.merging import merge, side_by_side
from course.authoring.models import Document, Revision
from course.authoring.revisions import Overtaken, newest, one_line, open_document, read_text, save, tidy
from course.people.access import document_for, staff_for
from course.people.journal import note
from course.people.models import Content, Enrolment, User
from course.work.sheet import STEP_NAMES
from exercises.places import LONGEST, Problem
from exercises.question import Step

__all__ = ["sentences"]
MOST_PROBLEMS = 50


class Signed(HttpRequest):
    """A request that came past the sign-in."""

    user: User


@require_safe
def sets(request: Signed, slug: str) -> HttpResponse:
    """The course's own exercise sets; ``?away=1``: those that were put away."""
    enrolment = staff_for(request.user, slug, content=Content.VIEWER)
    away = bool(request.GET.get("away"))
    found = documents_of(enrolment.course, put_away=away)
    return render(request, "authoring/sets.html", showing.room(enrolment, documents=found, away=away))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Signed, slug: str) -> HttpResponse:
    """Where a set may start: a template, layers, another course, an empty page. POST: layers to write."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    form = SketchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _open(enrolment, form.cleaned_data["text"], request.user, _("from layers"))
    context = showing.room(
        enrolment,
        form=form,
        templates=templates().values(),
        others=elsewhere(request.user, enrolment.course)[: showing.MOST_SHOWN],
    )
    return render(request, "authoring/new.html", context, status=400 if form.errors else 200)


@require_POST
def copy(request: Signed, slug: str) -> HttpResponse:
    """A set that starts as a copy of ``from``: a file of the bank, or a document of another course."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    kind, _colon, which = request.POST.get("from", "").partition(":")
    if kind == "bank" and which in templates():
        text, said = templates()[which].text, _("from the bank: %(name)s") % {"name": which}
    elif kind == "set" and (other := _other(enrolment, request.user, which)):
        text = newest(other).text
        said = _("from %(course)s: %(title)s") % {"course": other.course.slug, "title": other}
    else:
        text, said = EMPTY, _("from an empty page")
    return _open(enrolment, own_ids(enrolment.course, text), request.user, said)


EMPTY = """\
# One network and what is asked about it. The guide: docs/authoring.md
name: A network of my own
network:
  z1: w1*x1
  h1: relu(z1)
  yhat: w2*h1
  L: (y - yhat)^2
exercises:
  - {id: own-prediction, step: prediction}
  - {id: own-w1, step: three-factor, weight: w1}
"""


def _other(enrolment: Enrolment, user: User, which: str) -> Document | None:
    """A document of this course or of another in which the user may look at the content."""
    pk = int(which) if which.isascii() and which.isdecimal() and len(which) < 10 else 0
    own = Document.objects.select_related("course").filter(pk=pk, course=enrolment.course).first()
    return own or elsewhere(user, enrolment.course).filter(pk=pk).first()


def _open(enrolment: Enrolment, text: str, by: User, said: str) -> HttpResponse:
    with transaction.atomic():
        document = open_document(enrolment.course, text, by, said)
        note(enrolment.course, by, "authoring.made", title=document.title, note=said)
        checks.begin(newest(document))
    return redirect("set", slug=enrolment.course.slug, document=document.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Signed, slug: str, document: int) -> HttpResponse:
    """The text beside what students will see. POST saves it, or with ``do=look`` only shows it."""
    if request.method == "POST" and request.POST.get("do") != "look":
        return _save(request, slug, document)
    enrolment = staff_for(request.user, slug, content=Content.VIEWER)
    found = document_for(enrolment, document)
    revision = newest(found)
    text = tidy(request.POST.get("text", "")) if request.method == "POST" else revision.text
    seen = _look(request.POST if request.method == "POST" else request.GET, text)
    context = showing.editor(enrolment, found, revision, seen) | {"text": text, **_typed(request, revision)}
    return render(request, "authoring/edit.html", context)


def _typed(request: Signed, revision: Revision) -> dict[str, Any]:
    """What was typed beside the text, and from which revision."""
    base = request.POST.get("base", "")
    return {
        "base": int(base) if base.isdecimal() and len(base) < 9 else revision.number,
        "note": one_line(request.POST.get("note", ""))[:200],
    }


def _look(asked: Any, text: str) -> preview.Look:
    return preview.look(
        text[: LONGEST + 1], asked.get("exercise", ""), preview.seed_of(asked.get("seed", ""))
    )


def _save(request: Signed, slug: str, pk: int) -> HttpResponse:
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    document = document_for(enrolment, pk)
    text, typed = request.POST.get("text", ""), _typed(request, newest(document))
    try:
        with transaction.atomic():
            before = newest(document).number
            revision = save(document, text, request.user, base=typed["base"], note=typed["note"])
            if revision.number != before:
                number = revision.number
                note(enrolment.course, request.user, "authoring.saved", title=document.title, number=number)
            checks.begin(revision)
    except Overtaken as overtaken:
        return _overtaken(request, enrolment, document, overtaken)
    if request.headers.get("X-Fragment"):
        return render(request, "authoring/_state.html", _state(enrolment, document, revision))
    return redirect(reverse("set", args=[slug, pk], fragment="state"))


def _state(enrolment: Enrolment, document: Document, revision: Revision) -> dict[str, Any]:
    return showing.room(enrolment, **showing.state(enrolment, document, revision))


def _overtaken(request: Signed, enrolment: Enrolment, document: Document, told: Overtaken) -> HttpResponse:
    """Both texts, and one in which both people's changes are: nothing of either is lost."""
    mine, theirs = tidy(request.POST.get("text", "")), told.newest.text
    merged = merge(told.base.text if told.base else theirs, mine, theirs)
    context = showing.room(
        enrolment,
        document=document,
        newest=told.newest,
        mine=mine,
        merged=merged,
        rows=side_by_side(theirs, mine),
        note=request.POST.get("note", "")[:200],
    )
    return render(request, "authoring/overtaken.html", context, status=409)


@require_POST
def problems(request: Signed, slug: str, document: int) -> HttpResponse:
    """What is wrong with ``text``, each with its line, as JSON: asked as one types."""
    document_for(staff_for(request.user, slug, content=Content.VIEWER), document)
    text = request.POST.get("text", "")
    if len(text) > LONGEST:
        too_long = _("A set of exercises may have 100,000 characters.")
        return JsonResponse({"name": "", "exercises": [], "problems": [{"line": 1, "words": too_long}]})
    found = read_text(tidy(text))
    told = [_problem(each) for each in found.problems[:MOST_PROBLEMS]]
    exercises = [{"id": one, "step": str(STEP_NAMES[Step(step)])} for one, step in found.exercises]
    return JsonResponse({"name": found.name, "exercises": exercises, "problems": told})


def _problem(each: Problem) -> dict[str, Any]:
    return {"line": each.line, "words": each.words}


@require_POST
def look(request: Signed, slug: str, document: int) -> HttpResponse:
    """The student's view of ``text`` as a part of the page."""
    enrolment = staff_for(request.user, slug, content=Content.VIEWER)
    found = document_for(enrolment, document)
    seen = _look(request.POST, tidy(request.POST.get("text", "")))
    return render(request, "authoring/_look.html", showing.room(enrolment, document=found, look=seen))


@require_safe
@never_cache
def student(request: Signed, slug: str, document: int) -> HttpResponse:
    """An exercise of the newest revision as a page of its own; nothing is kept or marked."""
    enrolment = staff_for(request.user, slug, content=Content.VIEWER)
    found = document_for(enrolment, document)
    chosen, seed = request.GET.get("exercise", ""), preview.seed_of(request.GET.get("seed", ""))
    seen = preview.look(newest(found).text, chosen, seed, solved=bool(request.GET.get("solved")))
    context = showing.room(enrolment, document=found, look=seen, solved=bool(request.GET.get("solved")))
    return render(request, "authoring/student.html", context)
