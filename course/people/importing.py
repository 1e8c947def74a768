"""Importing a roster on the site: paste or file, a look at what it would change, doing it, taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from course.errors import Refused
from course.people.access import Signed, people_manager
from course.people.models import Course, Enrolment, RosterImport
from course.people.roster.applying import import_roster, plan_for
from course.people.roster.plan import CHANGED, JOINS, NEW, RETURNS, SAME, Plan
from course.people.roster.rows import read_roster
from course.people.roster.table import FileProblem, decode
from course.people.roster.undoing import Undone, last_import, undo_import

KEPT = timedelta(days=1)  # of a draft that was not imported
MOST_SHOWN = 200  # lines of one kind on a page
methods = require_http_methods(["GET", "HEAD", "POST"])


class ImportForm(forms.Form):
    """A file or pasted text: exactly one of them."""

    text = forms.CharField(
        label=gettext_lazy("Paste it here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or take a file (CSV)"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
    leave = forms.BooleanField(
        label=gettext_lazy("Students who are not in it have left (their work is kept)"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Puts what is to be read in ``text``, and what it is called in ``name``."""
        cleaned: dict[str, Any] = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text", "")
        if self.errors or bool(file) == bool(text.strip()):
            if not self.errors:
                self.add_error(None, _("Paste the roster or take a file: one of the two."))
            return cleaned
        try:
            cleaned["text"] = _text(file) if file else text
            read_roster(cleaned["text"])
        except FileProblem as problem:
            self.add_error("file" if file else "text", str(problem))
        cleaned["name"] = file.name[:100] if file else ""
        return cleaned


def _text(file: UploadedFile[Any]) -> str:
    return decode(file.read())


@methods
@never_cache
def new_import(request: Signed, slug: str) -> HttpResponse:
    """Where a roster is pasted or taken; and the imports so far."""
    enrolment = people_manager(request.user, slug)
    form = ImportForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        context = {"form": form, "done": _done(enrolment.course)}
        return render(request, "people/import.html", _context(enrolment) | context)
    RosterImport.objects.filter(applied_at=None, at__lt=timezone.now() - KEPT).delete()
    draft = RosterImport(course=enrolment.course, by=request.user)
    _keep(draft, form)
    return redirect("roster-import", slug=slug, number=draft.pk)


def _keep(draft: RosterImport, form: ImportForm) -> None:
    chosen = form.cleaned_data
    draft.text, draft.leave = chosen["text"], chosen["leave"]
    draft.name = chosen["name"] or draft.name
    draft.save()


def _context(enrolment: Enrolment) -> dict[str, Any]:
    return {"course": enrolment.course, "enrolment": enrolment, "here": "people"}


def _done(course: Course) -> list[RosterImport]:
    rows = RosterImport.objects.filter(course=course, applied_at__isnull=False).select_related("by")
    return list(rows.defer("text").order_by("-applied_at", "-pk")[:10])


@methods
@never_cache
def one_import(request: Signed, slug: str, number: int) -> HttpResponse:
    """A look at what it would change; a POST says in ``do`` to look again, to import, or to take back."""
    enrolment = people_manager(request.user, slug)
    rows = RosterImport.objects.filter(course=enrolment.course).select_related("by")
    draft = get_object_or_404(rows, pk=number)
    if request.method == "POST":
        return _act(request, enrolment, draft)
    if draft.applied_at is not None:
        return _applied(request, enrolment, draft)
    return _look(request, enrolment, draft)


def _act(request: Signed, enrolment: Enrolment, draft: RosterImport) -> HttpResponse:
    wanted = request.POST.get("do", "")
    here = redirect("roster-import", slug=enrolment.course.slug, number=draft.pk)
    if wanted == "undo" and draft.applied_at is not None:
        if last_import(enrolment.course) != draft:
            raise Refused(409, _("Not the last one"), _("Take back the imports that came after it first."))
        messages.success(request, words_of(undo_import(draft, request.user)))
        return here
    if draft.applied_at is not None or wanted not in {"again", "import"}:
        raise Refused(409, _("Nothing to do"), _("This roster was imported already; look at it once more."))
    if wanted == "again":
        form = ImportForm(request.POST, request.FILES or None)
        if not form.is_valid():
            return _look(request, enrolment, draft, form)
        _keep(draft, form)
        return here
    return _import(request, enrolment, draft)


def _import(request: Signed, enrolment: Enrolment, draft: RosterImport) -> HttpResponse:
    again = _("The course has changed since you looked. Look once more, then import.")
    seen = request.POST.get("seen") or "-"
    try:
        plan = import_roster(draft, read_roster(draft.text), request.user, seen=seen)
    except IntegrityError:  # somebody made an account of this username in the same moment
        messages.warning(request, again)
        return redirect("roster-import", slug=enrolment.course.slug, number=draft.pk)
    if not plan.changes:
        messages.info(request, _("Nothing would change."))
    elif draft.applied_at is None:
        messages.warning(request, again)
    else:
        messages.success(request, _("The roster is imported."))
    return redirect("roster-import", slug=enrolment.course.slug, number=draft.pk)


def _look(
    request: Signed, enrolment: Enrolment, draft: RosterImport, form: ImportForm | None = None
) -> HttpResponse:
    plan = plan_for(enrolment.course, read_roster(draft.text), leave=draft.leave)
    context = {
        "draft": draft,
        "plan": plan,
        "form": form or ImportForm(initial={"text": draft.text, "leave": draft.leave}),
        "groups": _groups(plan),
        "problems": plan.problems[:MOST_SHOWN],
        "right": len(plan.steps),
    }
    return render(request, "people/look.html", _context(enrolment) | context)


def _groups(plan: Plan) -> list[dict[str, Any]]:
    """The lines, what needs a look first."""
    kinds = (
        (_("Join with an account that they have"), (JOINS,)),
        (_("Changed"), (CHANGED, RETURNS)),
        (_("New"), (NEW,)),
        (_("Unchanged"), (SAME,)),
    )
    found = [(words, plan.of(*some)) for words, some in kinds]
    return [
        {"words": words, "steps": steps[:MOST_SHOWN], "size": len(steps), "more": len(steps) - MOST_SHOWN}
        for words, steps in found
        if steps
    ]


def _applied(request: Signed, enrolment: Enrolment, done: RosterImport) -> HttpResponse:
    last = last_import(enrolment.course) == done
    context = {"done": done, "counts": done.changes["counts"], "last": last}
    return render(request, "people/imported.html", _context(enrolment) | context)


def words_of(undone: Undone) -> str:
    """What taking back an import did."""
    parts = [
        (undone.removed, ngettext("%d person is out again", "%d people are out again", undone.removed)),
        (
            undone.left,
            ngettext(
                "%d has worked and is marked as left", "%d have worked and are marked as left", undone.left
            ),
        ),
        (undone.restored, ngettext("%d is as before", "%d are as before", undone.restored)),
        (
            undone.kept,
            ngettext("%d was changed since and stays so", "%d were changed since and stay so", undone.kept),
        ),
    ]
    return _("Taken back: %s.") % (", ".join(words % number for number, words in parts if number) or "–")
