"""Seeing a course as a student does: what one of the staff does for a while, in one session.

The session keeps the course's slug. ``access.enrolment_for`` then gives a place that is no staff's, so every
page and rule treats the person as a student. The row stays as it is, and figures count the rows of students
only: what is handed in meanwhile is in none of them, now or later.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from course.people import journal
from course.people.access import previewer_for
from course.people.models import Enrolment, User
from course.work.models import Attempt, Result, Sitting, Submission

KEY, TITLE = "as_student", "as_student_title"  # in the session


class AsStudent:
    """Tells the request's user which course they see as a student."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and (slug := request.session.get(KEY)):
            user: User = request.user  # type: ignore[assignment]  # harmless on nobody
            user.previewing, user.previewing_title = slug, request.session.get(TITLE, slug)
        return self.respond(request)


@require_POST
@never_cache
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """From now on as a student; ``next`` is the page to go to, else the course."""
    course = previewer_for(request.user, slug).course
    request.session[KEY], request.session[TITLE] = slug, course.title
    return _onward(request, slug)


@require_POST
@never_cache
def end(request: HttpRequest, slug: str) -> HttpResponse:
    """Back to teaching. It is one's own session: whoever has lost the role meanwhile gets out as well."""
    for name in (KEY, TITLE):
        request.session.pop(name, None)
    return _onward(request, slug)


def _onward(request: HttpRequest, slug: str) -> HttpResponse:
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return redirect(wanted)
    return redirect("course", slug=slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete one's own attempts, after a page that says how many."""
    enrolment = previewer_for(request.user, slug)
    attempts = Attempt.objects.filter(user=enrolment.user, item__assignment__course=enrolment.course)
    counts = {
        "attempts": attempts.count(),
        "submissions": Submission.objects.filter(attempt__in=attempts).count(),
    }
    if request.method == "POST":
        _forget(enrolment, counts["attempts"])
        messages.success(request, _("Your attempts are deleted. You begin afresh."))
        return redirect("course", slug=slug)
    return render(request, "people/forget.html", counts | {"course": enrolment.course})


@transaction.atomic
def _forget(enrolment: Enrolment, attempts: int) -> None:
    """Whatever this person has ever begun in the course."""
    own = {"user": enrolment.user}
    Attempt.objects.filter(item__assignment__course=enrolment.course, **own).delete()
    Result.objects.filter(item__assignment__course=enrolment.course, **own).delete()
    Sitting.objects.filter(assignment__course=enrolment.course, **own).delete()
    journal.note(enrolment.course, enrolment.user, "course.forgotten", attempts=attempts)
