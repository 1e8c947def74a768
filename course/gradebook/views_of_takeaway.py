"""Exercises to take along into another system's question bank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from course.errors import Refused
from course.gradebook.quiz_files import FORMATS, SUFFIXES
from course.gradebook.taking import Taken, take
from course.gradebook.views import Signed, page_of
from course.people.access import staff_for
from course.people.models import Content, Course
from course.work.catalogue import published
from course.work.models import PublishedExercise

MOST = 500  # variants of one file
USUAL = 5


def _exercises(course: Course) -> Sequence[PublishedExercise]:
    """The exercises of the course's assignments, by their ids in the bank."""
    found = PublishedExercise.objects.filter(items__assignment__course=course).distinct()
    return list(found.defer("document").order_by("slug", "version"))


@require_safe
@never_cache
def takeaway(request: Signed, slug: str) -> HttpResponse:
    """Which exercises, how many variants, which format."""
    enrolment = staff_for(request.user, slug, content=Content.VIEWER)
    context = {"exercises": _exercises(enrolment.course), "usual": USUAL, "most": MOST, "here": "content"}
    return render(request, "gradebook/takeaway.html", page_of(enrolment) | context)


@require_safe
@never_cache
def takeaway_file(request: Signed, slug: str) -> StreamingHttpResponse:
    """The file; ``?exercise=`` once or more, ``?variants=`` of each, ``?format=`` one of FORMATS."""
    enrolment = staff_for(request.user, slug, content=Content.VIEWER)
    course = enrolment.course
    form = request.GET.get("format", "xml")
    if form not in FORMATS:
        raise Refused(400, _("Not taken along"), _("There is no such format."))
    chosen = _chosen(request, course)
    variants = _variants(request, len(chosen))
    write = FORMATS[form][1]
    parts = (text.encode() for text in write(f"Backprop Trainer/{course.title}", _taken(chosen, variants)))
    kind = "application/xml" if form == "xml" else "text/plain; charset=utf-8"
    response = StreamingHttpResponse(parts, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-exercises.{SUFFIXES[form]}"'
    return response


def _chosen(request: HttpRequest, course: Course) -> list[PublishedExercise]:
    wanted = set(request.GET.getlist("exercise"))
    chosen = [one for one in _exercises(course) if str(one.pk) in wanted]
    if not chosen:
        raise Refused(400, _("Not taken along"), _("Choose at least one exercise of this course."))
    return chosen


def _variants(request: HttpRequest, exercises: int) -> int:
    text = request.GET.get("variants", str(USUAL))
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    if not count >= 1 or count * exercises > MOST:
        detail = _("%(count)s variants of %(exercises)d exercises: a file has 1 to %(most)d variants in all.")
        words = {"count": text[:20], "exercises": exercises, "most": MOST}
        raise Refused(400, _("Not taken along"), detail % words)
    return count


def _taken(chosen: Sequence[PublishedExercise], variants: int) -> Iterator[Taken]:
    for one in chosen:
        yield from take(published(one.pk), f"{one.slug} v{one.version}", variants)
