"""The exercise page and the way of an answer. Each view authorises, acts, renders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from course.errors import Refused
from course.learning.lab import take
from course.people.access import enrolment_for, item_for, own_submission
from course.people.models import Enrolment, User
from course.review.showing import notes_on
from course.work import feedback
from course.work.attempts import attempt_for, next_attempt
from course.work.catalogue import question_of
from course.work.desk import Tried
from course.work.gate import NotBegunError, refuse_closed, refuse_unopened
from course.work.hints import open_hint
from course.work.intake import hand_in, read_answers, read_form
from course.work.models import Attempt, Draft, State, Submission
from course.work.policies import policy_for
from course.work.presentation import exercise_page
from course.work.sittings import settle
from course.work.standing import Standing, standing_of
from course.work.waiting import wait_for_verdict

AGAIN = 1  # seconds after which a page may ask for its verdict again
MOST_SHOWN = 20  # submissions on a page


class Signed(HttpRequest):
    """A request that came past the sign-in."""

    user: User


@require_safe
@cache_control(private=True, no_cache=True)
def exercise(request: Signed, slug: str, item: int) -> HttpResponse:
    """The exercise page. ``?s=`` names the submission just handed in, ``?attempt=`` an older variant."""
    enrolment = enrolment_for(request.user, slug)
    try:
        attempt = attempt_for(enrolment, item, request.GET.get("attempt"))
        standing = settle(enrolment, standing_of(enrolment, attempt.item.assignment))
        refuse_unopened(standing)
    except NotBegunError:
        return redirect("assignment", slug=slug, assignment=item_for(enrolment, item).assignment_id)
    page = _page(enrolment, attempt, *_newest(attempt, request.GET.get("s")), standing=standing)
    return render(request, "work/exercise.html", {"page": page, "enrolment": enrolment})


def _page(
    enrolment: Enrolment,
    attempt: Attempt,
    submissions: list[Submission],
    just: Submission | None,
    *,
    fragment: bool = False,
    standing: Standing | None = None,
) -> dict[str, Any]:
    """What the page shows; ``just``: the submission that it answers; a ``fragment`` has no comments."""
    shown = sum(one.counts for one in submissions)
    tried = attempt.submissions.filter(counts=True).count() if len(submissions) == MOST_SHOWN else shown
    draft = Draft.objects.filter(attempt=attempt).first()
    latest = just or (submissions[0] if submissions else None)
    more: dict[str, Any] = {"earlier": tried - shown, "just": just, "standing": standing}
    more["notes"] = notes_on(latest, comments=not fragment)
    return exercise_page(attempt.item, enrolment, attempt, submissions, draft, **more)


def _newest(attempt: Attempt, just: str | None) -> tuple[list[Submission], Submission | None]:
    """The newest submissions of an attempt, and the one among them that was just handed in."""
    submissions = list(attempt.submissions.order_by("-number")[:MOST_SHOWN])
    return submissions, next((one for one in submissions if one.pk.hex == just), None)


@require_POST
@never_cache
def submit(request: Signed, slug: str, item: int) -> HttpResponse:
    """Take the answers, wait a moment for the verdict, and show it."""
    enrolment = enrolment_for(request.user, slug)
    attempt = _attempt_at(request, enrolment, item)
    question = question_of(attempt)
    submission = hand_in(enrolment, attempt, question, read_form(request.POST, question))
    if submission.state == State.QUEUED:
        wait_for_verdict(submission.pk)
    if not request.headers.get("X-Fragment"):
        return _see_other(enrolment, attempt, submission)
    return _fragment(request, enrolment, attempt, submission.pk)


def _attempt_at(request: Signed, enrolment: Enrolment, item: int) -> Attempt:
    """The attempt that a form is about."""
    if request.FILES:
        raise Refused(400, _("Not taken"), _("This form takes no files."))
    return attempt_for(enrolment, item, request.POST.get("attempt"))


def _see_other(enrolment: Enrolment, attempt: Attempt, submission: Submission) -> HttpResponse:
    query = {"attempt": attempt.number, "s": submission.pk.hex}
    address = reverse(
        "exercise", args=[enrolment.course.slug, attempt.item_id], query=query, fragment="verdict"
    )
    return HttpResponse(status=303, headers={"Location": address})


def _fragment(request: Signed, enrolment: Enrolment, attempt: Attempt, submission: UUID) -> HttpResponse:
    """The answer's part of the page; while there is no verdict a 202 that says so, and where to ask again."""
    submissions, just = _newest(attempt, submission.hex)
    if just is not None and just.state == State.QUEUED:
        here = reverse("exercise", args=[enrolment.course.slug, attempt.item_id])
        waiting = {"panel": feedback.waiting(just.state), "page": {"url": here}}
        headers = {"Location": reverse("verdict", args=[submission]), "Retry-After": str(AGAIN)}
        return HttpResponse(render_to_string("work/_verdict.html", waiting), status=202, headers=headers)
    page = _page(enrolment, attempt, submissions, just, fragment=True)
    return render(request, "work/_answer.html", {"page": page | {"fragment": True}})


@require_safe
@never_cache
def verdict(request: Signed, submission: UUID) -> HttpResponse:
    """The verdict on one's own submission, or 202 while there is none."""
    enrolment, found = own_submission(request.user, submission)
    if not request.headers.get("X-Fragment"):
        return _see_other(enrolment, found.attempt, found)
    return _fragment(request, enrolment, found.attempt, found.pk)


@require_POST
@never_cache
def draft(request: Signed, slug: str, item: int) -> HttpResponse:
    """Keep what was typed so far."""
    enrolment = enrolment_for(request.user, slug)
    attempt = _attempt_at(request, enrolment, item)
    refuse_closed(standing_of(enrolment, attempt.item.assignment), enrolment)
    _keep(request, attempt)
    return HttpResponse(status=204)


def _keep(request: Signed, attempt: Attempt) -> None:
    """Keep what was typed, but for boxes that were never touched."""
    answers = read_answers(request.POST, question_of(attempt), partly=True)
    Draft.objects.update_or_create(attempt=attempt, defaults={"answers": answers})


@require_POST
@never_cache
def hint(request: Signed, slug: str, item: int) -> HttpResponse:
    """Open the hint that ``hint`` names; what was typed so far is kept."""
    enrolment = enrolment_for(request.user, slug)
    attempt = _attempt_at(request, enrolment, item)
    refuse_closed(standing_of(enrolment, attempt.item.assignment), enrolment)
    _keep(request, attempt)
    counted = [Tried(one) for one in attempt.submissions.filter(counts=True).order_by("number")]
    asked = request.POST.get("hint", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 3 else 0
    opened = open_hint(question_of(attempt), attempt, policy_for(attempt.item), counted, number)
    if request.headers.get("X-Fragment"):
        page = _page(enrolment, attempt, *_newest(attempt, None), fragment=True)
        return render(request, "work/_answer.html", {"page": page | {"fragment": True}})
    query, fragment = {"attempt": attempt.number}, f"hint-{opened.number}"
    address = reverse("exercise", args=[slug, item], query=query, fragment=fragment)
    return HttpResponse(status=303, headers={"Location": address})


@require_POST
@never_cache
def reading(request: Signed, slug: str, item: int) -> HttpResponse:
    """Read the instrument of the lab that ``reading`` names; what was chosen so far is kept."""
    enrolment = enrolment_for(request.user, slug)
    attempt = _attempt_at(request, enrolment, item)
    refuse_closed(standing_of(enrolment, attempt.item.assignment), enrolment)
    lab = question_of(attempt).lab
    if lab is None:
        raise Refused(400, _("Not taken"), _("This exercise has no lab."))
    _keep(request, attempt)
    taken = take(attempt, lab, request.POST.get("reading", ""))
    if request.headers.get("X-Fragment"):
        page = _page(enrolment, attempt, *_newest(attempt, None), fragment=True)
        return render(request, "work/_answer.html", {"page": page | {"fragment": True}})
    query, fragment = {"attempt": attempt.number}, f"r-{taken.instrument}"
    address = reverse("exercise", args=[slug, item], query=query, fragment=fragment)
    return HttpResponse(status=303, headers={"Location": address})


@require_POST
@never_cache
def renew(request: Signed, slug: str, item: int) -> HttpResponse:
    """New numbers for the same question."""
    enrolment = enrolment_for(request.user, slug)
    newest = attempt_for(enrolment, item)
    refuse_closed(standing_of(enrolment, newest.item.assignment), enrolment)
    next_attempt(enrolment, newest)
    return redirect("exercise", slug=slug, item=item)
