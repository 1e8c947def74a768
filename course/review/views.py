"""Marking by people: the staff's page of one submission, and the talk about it on both sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from course.errors import Refused
from course.people.access import (
    enrolment_for,
    inbox_of,
    item_for,
    may_close,
    own_submission,
    request_for,
    staff_for,
    tracked_submission,
)
from course.people.models import Data, Enrolment, User
from course.review import notices, overriding, talking
from course.review.models import Request, RequestKind
from course.review.pages import review_page, thread_page
from course.work.models import Submission
from course.work.veil import refuse_veiled

PER_PAGE = 50


class Signed(HttpRequest):
    """A request that came past the sign-in."""

    user: User


@require_safe
@never_cache
def review(request: Signed, slug: str, submission: UUID) -> HttpResponse:
    """A submission as its student saw it, what people said about it, and the forms to say more."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    return _review(request, enrolment, tracked_submission(enrolment, submission))


def _review(
    request: Signed, enrolment: Enrolment, submission: Submission, problem: Refused | None = None
) -> HttpResponse:
    """The page; with a ``problem``, it holds what was typed and says what is wrong with it."""
    context = review_page(enrolment, submission)
    if problem:
        context |= {"problem": problem, "typed": request.POST}
    return render(request, "review/review.html", context, status=problem.status if problem else 200)


def _marking(
    request: Signed, slug: str, pk: UUID, act: Callable[[Submission], object], done: str
) -> HttpResponse:
    """One who may mark acts on a submission; a refusal keeps what was typed."""
    enrolment = staff_for(request.user, slug, data=Data.GRADER)
    submission = tracked_submission(enrolment, pk)
    try:
        act(submission)
    except Refused as problem:
        return _review(request, enrolment, submission, problem)
    messages.success(request, done)
    return redirect("review", slug=slug, submission=pk)


@require_POST
@never_cache
def override(request: Signed, slug: str, submission: UUID) -> HttpResponse:
    """Points for one box, with a reason."""

    def act(found: Submission) -> object:
        box, points, reason = (request.POST.get(name, "") for name in ("box", "points", "reason"))
        return overriding.override(found, box, points, reason, request.user)

    return _marking(request, slug, submission, act, _("The points are changed, and the student is told."))


@require_POST
@never_cache
def withdraw(request: Signed, slug: str, submission: UUID) -> HttpResponse:
    """Take points by hand back."""

    def act(found: Submission) -> object:
        number = request.POST.get("override", "")
        return overriding.withdraw(found, int(number) if number.isdecimal() else 0, request.user)

    return _marking(request, slug, submission, act, _("Taken back: the grader's points stand again."))


@require_POST
@never_cache
def comment(request: Signed, slug: str, submission: UUID) -> HttpResponse:
    """Words about a box or the whole."""

    def act(found: Submission) -> object:
        return talking.comment(found, request.POST.get("box", ""), request.POST.get("text", ""), request.user)

    return _marking(request, slug, submission, act, _("The comment is sent."))


@require_safe
@never_cache
def inbox(request: Signed, slug: str) -> HttpResponse:
    """The students' requests: those that are open, the oldest first; ``?closed`` the others."""
    enrolment = staff_for(request.user, slug)
    found, closed = inbox_of(enrolment), "closed" in request.GET
    rows = found.filter(closed_at__isnull=not closed).order_by(
        *(("-closed_at", "-pk") if closed else ("opened_at", "pk"))
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"course": enrolment.course, "enrolment": enrolment, "here": "requests", "closed": closed}
    return render(request, "review/inbox.html", context | {"page_obj": page})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def thread(request: Signed, slug: str, pk: int) -> HttpResponse:
    """A request and what was said since; a POST adds to it, and closes it where the staff says so."""
    enrolment = enrolment_for(request.user, slug)
    found = request_for(enrolment, pk)
    problem = None
    if request.method == "POST":
        try:
            _answer(request, enrolment, found)
        except Refused as refused:
            problem = refused
        else:
            messages.success(request, _("Your answer is sent."))
            return redirect("request", slug=slug, pk=pk)
    context = thread_page(enrolment, found) | {"problem": problem, "typed": request.POST}
    return render(request, "review/thread.html", context, status=problem.status if problem else 200)


def _answer(request: Signed, enrolment: Enrolment, found: Request) -> None:
    """The one who asked may add words; one who marks may close it too."""
    closes = may_close(enrolment, found)
    if not closes and found.user_id != enrolment.user_id:
        raise PermissionDenied
    end = request.POST.get("end", "") if closes else ""
    talking.answer(found, request.user, request.POST.get("text", ""), end)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(request: Signed, submission: UUID) -> HttpResponse:
    """The student's request to look at a submission again; one that is open already is shown."""
    enrolment, found = own_submission(request.user, submission)
    refuse_veiled(found.attempt.item.assignment, enrolment)
    context = {"submission": found, "about": found.attempt.item}
    return _opened(request, enrolment, context, lambda text: talking.ask(enrolment, found, text))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def problem(request: Signed, slug: str, item: int) -> HttpResponse:
    """The report that something is wrong with an exercise."""
    enrolment = enrolment_for(request.user, slug)
    about = item_for(enrolment, item)
    return _opened(request, enrolment, {"about": about}, lambda text: talking.report(enrolment, about, text))


def _opened(
    request: Signed, enrolment: Enrolment, context: dict[str, Any], send: Callable[[str], Request]
) -> HttpResponse:
    """The form of a new request; once sent, its thread. What is open already leads to its thread."""
    already = _already(enrolment, context).first()
    if request.method == "POST" and already is None:
        try:
            made = send(request.POST.get("text", ""))
        except Refused as refused:
            context |= {"problem": refused, "typed": request.POST}
        else:
            messages.success(request, _("Your request is sent. The answer will stand here."))
            already = made
    if already is not None:
        return redirect("request", slug=enrolment.course.slug, pk=already.pk)
    status = context["problem"].status if "problem" in context else 200
    return render(
        request,
        "review/ask.html",
        {"course": enrolment.course, "enrolment": enrolment} | context,
        status=status,
    )


def _already(enrolment: Enrolment, context: dict[str, Any]) -> Any:
    """The request about the same thing that is open."""
    kind = RequestKind.REGRADE if "submission" in context else RequestKind.PROBLEM
    rows = Request.objects.filter(user=enrolment.user_id, kind=kind, item=context["about"])
    return rows.filter(submission=context.get("submission"), closed_at__isnull=True).order_by("pk")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def changed(request: Signed, slug: str) -> HttpResponse:
    """What changed in one's own results; a POST says that it was seen."""
    enrolment = enrolment_for(request.user, slug)
    if request.method == "POST":
        notices.see(enrolment)
        return redirect("course", slug=slug)
    page = Paginator(notices.notices_of(enrolment), PER_PAGE).get_page(request.GET.get("page"))
    context = {"course": enrolment.course, "enrolment": enrolment, "page_obj": page}
    return render(request, "review/changed.html", context)
