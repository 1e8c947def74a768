"""Exercise sets as files: all of a course as a zip, and a zip of files looked at before it is taken over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from course.authoring import checks, showing
from course.authoring.history import download
from course.authoring.library import own_ids, texts_of
from course.authoring.models import Import
from course.authoring.parcels import File, ParcelError, packed, unpacked
from course.authoring.revisions import Read, newest, open_document, read_text, tidy
from course.authoring.views import Signed
from course.people.access import staff_for
from course.people.journal import note
from course.people.models import Content, Enrolment
from exercises.bank import schema

KEPT = timedelta(days=1)  # of an upload that was not taken over


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """Every set of the course that is not put away, as a zip of YAML files."""
    enrolment = staff_for(request.user, slug, content=Content.VIEWER)
    name = f"{enrolment.course.slug}-exercises.zip"
    return download(packed(texts_of(enrolment.course)), name, "application/zip")


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def json_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of a file, for an editor of one's own."""
    return JsonResponse(schema(), content_type="application/schema+json", json_dumps_params={"indent": 1})


@dataclass(frozen=True, slots=True)
class Seen:
    """A file of an upload, and what the bank's reader says of it."""

    file: File
    read: Read

    @property
    def taken(self) -> bool:
        """Whether it can be taken over as it is."""
        return not self.file.fault and not self.read.problems


@require_http_methods(["GET", "HEAD", "POST"])
def import_sets(request: Signed, slug: str) -> HttpResponse:
    """A file or a zip: first what is in it, file by file, then (``do=take``) the sets that can be read."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    if request.method == "POST" and request.POST.get("do") == "take":
        return _take(request, enrolment)
    context = showing.room(enrolment)
    if request.method == "POST":
        try:
            context |= _looked_at(request, enrolment)
        except ParcelError as error:
            return render(request, "authoring/import.html", context | {"problem": str(error)}, status=400)
    return render(request, "authoring/import.html", context)


def _looked_at(request: Signed, enrolment: Enrolment) -> dict[str, object]:
    upload = request.FILES.get("file")
    if upload is None:
        raise ParcelError(_("Choose a file first: a .yaml, or a .zip of them."))
    files = unpacked(upload.read(), upload.name or "")
    seen = [Seen(file, Read() if file.fault else read_text(tidy(file.text))) for file in files]
    good = {one.file.name: tidy(one.file.text) for one in seen if one.taken}
    Import.objects.filter(at__lt=timezone.now() - KEPT).delete()
    kept = Import.objects.create(course=enrolment.course, by=request.user, files=good) if good else None
    return {"seen": seen, "kept": kept, "good": len(good)}


def _take(request: Signed, enrolment: Enrolment) -> HttpResponse:
    """Each file a new set; one with the same short name as another gets a number behind it."""
    typed = request.POST.get("import", "")
    pk = int(typed) if typed.isdecimal() and len(typed) < 10 else 0
    with transaction.atomic():
        kept = get_object_or_404(Import, pk=pk, course=enrolment.course, by=request.user)
        for name, text in kept.files.items():
            said = _("imported: %(name)s") % {"name": name}
            own = own_ids(enrolment.course, text)
            document = open_document(enrolment.course, own, request.user, said, name)
            checks.begin(newest(document))
        note(enrolment.course, request.user, "authoring.imported", files=len(kept.files))
        count = len(kept.files)
        kept.delete()
    messages.success(
        request, _("%(count)d sets were taken over. Their self-tests have begun.") % {"count": count}
    )
    return redirect("sets", slug=enrolment.course.slug)
