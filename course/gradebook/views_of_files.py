"""The export: a page that says what a file would hold, and the file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from course.errors import Refused
from course.gradebook.book import book_of
from course.gradebook.downloads import download, machine, named
from course.gradebook.identifying import IDENTIFIERS
from course.gradebook.layouts import LAYOUTS, NAMES
from course.gradebook.machine import columns_of
from course.gradebook.models import Column, Gradebook
from course.gradebook.options import MISSING_WORDS, Options, Unusable, keys_of, layout_of, read
from course.gradebook.views import Signed, page_of
from course.people.access import staff_for
from course.people.models import Course, Data, Enrolment, Section


def _options(request: HttpRequest, course: Course) -> Options:
    raw = {name: request.GET[name] for name in request.GET if name != "assignment"}
    return read(raw, request.GET.getlist("assignment"), usual=layout_of(course))


@require_safe
@never_cache
def file(request: Signed, slug: str) -> StreamingHttpResponse:
    """The file itself; without a query the one of the one-click export."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    try:
        made = download(enrolment.course, _options(request, enrolment.course))
    except Unusable as error:
        raise Refused(400, _("Not exported"), str(error)) from error
    response = StreamingHttpResponse(made.blocks, content_type=made.kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def export(request: Signed, slug: str) -> HttpResponse:
    """Layouts and options, and what their file would hold; a POST keeps the layout or the column ids."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    if request.method == "POST":
        return _keep(request, enrolment)
    problem, options = "", Options(layout_of(enrolment.course))
    try:
        options = _options(request, enrolment.course)
        told = _told(enrolment.course, options)
    except Unusable as error:
        problem, told = str(error), {}
    context = _choices(enrolment, options) | {
        "problem": problem,
        "told": told,
        "query": request.GET.urlencode(),
    }
    return render(
        request, "gradebook/export.html", page_of(enrolment) | context, status=400 if problem else 200
    )


def _told(course: Course, options: Options) -> dict[str, Any]:
    """What would be written; only the files of an LMS leave anybody out."""
    if options.layout not in LAYOUTS:
        columns_of(book_of(course), options)
        return {}
    made = machine(course, options)
    files = named(_("File"), LAYOUTS[options.layout].suffix, made)
    return {
        "files": [sheet for _name, sheet in files if sheet.columns],
        "rows": made.rows,
        "reasons": made.reasons.most_common(),
        "left_out": made.left_out.rows,
        "no_column": made.no_column,
    }


def _choices(enrolment: Enrolment, options: Options) -> dict[str, Any]:
    keys = keys_of(options.layout)
    return {
        "options": options,
        "layouts": NAMES,
        "usual": layout_of(enrolment.course),
        "is_lms": options.layout in LAYOUTS,
        "layout": LAYOUTS.get(options.layout),
        "keys": [(key, IDENTIFIERS[key].words) for key in keys],
        "missing": MISSING_WORDS,
        "columns": [one for one in book_of(enrolment.course).assignments if not one.hidden],
        "sections": Section.objects.filter(course=enrolment.course).order_by("name"),
        "may_set": enrolment.data >= Data.GRADER,
    }


def _keep(request: Signed, enrolment: Enrolment) -> HttpResponse:
    course = staff_for(request.user, enrolment.course.slug, data=Data.GRADER).course
    if request.POST.get("layout") in NAMES:
        layout = request.POST["layout"]
        Gradebook.objects.update_or_create(course=course, defaults={"layout": layout})
        messages.success(
            request, _("The button on the gradebook exports for: %(name)s.") % {"name": NAMES[layout]}
        )
    else:
        _keep_columns(request, course)
    response = redirect("grades-export", course.slug)
    response.headers["Location"] += f"?layout={request.POST.get('layout') or request.POST.get('shown', '')}"
    return response


def _keep_columns(request: Signed, course: Course) -> None:
    """Store the ids that columns have in the LMS; one that is no number changes nothing and is told."""
    given = {
        one.id: request.POST.get(f"column-{one.id}", one.lms_id).strip()
        for one in book_of(course).assignments
    }
    wrong = [
        text
        for text in given.values()
        if text and not (text.isascii() and text.isdecimal() and len(text) < 19)
    ]
    if wrong:
        messages.error(
            request,
            _("“%(text)s” is no column id: it is a number. Nothing was saved.") % {"text": wrong[0][:40]},
        )
        return
    with transaction.atomic():
        for assignment, text in given.items():
            Column.objects.update_or_create(assignment_id=assignment, defaults={"lms_id": text})
    messages.success(request, _("The column ids are saved."))
