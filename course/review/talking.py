"""Comments, requests to look again, reports of a problem: opened, answered, closed."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from course.errors import Refused
from course.people.journal import note
from course.people.models import Enrolment, User
from course.review import notices, sentences  # noqa: F401 - describes the changes of this room
from course.review.models import (
    LONGEST_REASON,
    LONGEST_WORDS,
    Comment,
    Notice,
    NoticeKind,
    Request,
    RequestEnd,
    RequestKind,
)
from course.review.showing import name_of
from course.review.words import read_text
from course.work.catalogue import question_of
from course.work.mathml import plain
from course.work.models import Item, State, Submission

A_DAY = 10  # requests and reports of one student in 24 hours
A_THREAD = 100  # words in the thread of one request


def comment(submission: Submission, box: str, text: str, by: User) -> Comment:
    """Words of the staff about a box, or about the whole where ``box`` is empty; the student is told.

    Raises Refused (400) for a box that is not there and for text that is empty or too long.
    """
    if box and box not in {one.id for one in question_of(submission.attempt).boxes}:
        raise Refused(400, _("Not sent"), _("This exercise has no box '%(box)s'.") % {"box": box[:50]})
    said = read_text(text, LONGEST_WORDS, _("Write something first: the student reads it."))
    with transaction.atomic():
        made = Comment.objects.create(submission=submission, box=box, text=said, by=by)
        notices.tell(submission, NoticeKind.COMMENT, said)
    return made


def ask(enrolment: Enrolment, submission: Submission, text: str) -> Request:
    """A student asks that this is looked at again. Raises Refused (400, 409, 429)."""
    if submission.state == State.QUEUED:
        raise Refused(
            409, _("Not yet"), _("This answer is still being marked. Ask when its verdict is here.")
        )
    rows = {"submission": submission, "item_id": submission.attempt.item_id, "kind": RequestKind.REGRADE}
    missing = _("Say what should be looked at: which link, and why you think that it holds.")
    return _open(enrolment, rows, read_text(text, LONGEST_WORDS, missing))


def report(enrolment: Enrolment, item: Item, text: str) -> Request:
    """Somebody says that something is wrong with an exercise. Raises Refused (400, 409, 429)."""
    rows = {"item_id": item.pk, "kind": RequestKind.PROBLEM}
    missing = _("Say what is wrong: where, what stands there, and what should.")
    return _open(enrolment, rows, read_text(text, LONGEST_WORDS, missing))


def _open(enrolment: Enrolment, rows: dict[str, object], text: str) -> Request:
    today = Request.objects.filter(
        user=enrolment.user_id, course=enrolment.course_id, opened_at__gt=Now() - timedelta(days=1)
    )
    if today.count() >= A_DAY:
        detail = _("You have sent %(number)d requests in 24 hours. Please wait for the answers first.")
        raise Refused(429, _("Please wait"), detail % {"number": A_DAY})
    try:
        with transaction.atomic():
            return Request.objects.create(course=enrolment.course, user=enrolment.user, text=text, **rows)
    except IntegrityError:
        detail = _("Your request about this is open already; its thread takes what you want to add.")
        raise Refused(409, _("Open already"), detail) from None


def answer(request: Request, by: User, text: str, end: str = "") -> None:
    """Add words to a thread, and close it where ``end`` says with what. Raises Refused (400, 409).

    A closed one takes nothing more. To close, words are needed too: the student reads why.
    """
    said = read_text(text, LONGEST_WORDS, _("Write an answer first: it is read on the other side."))
    if end and end not in RequestEnd.values:
        detail = _("A request ends with 'changed' or 'stays', not with '%(end)s'.") % {"end": end[:20]}
        raise Refused(400, _("Not closed"), detail)
    with transaction.atomic():
        _take_place(request)
        Comment.objects.create(request=request, submission=None, text=said, by=by)
        if end:
            closed = {"end": end, "closed_at": Now(), "closed_by": by}
            Request.objects.filter(pk=request.pk).update(**closed)
            _note(request, by, RequestEnd(end))
        if by.pk != request.user_id:
            _tell(request, said)


def _note(request: Request, by: User, end: RequestEnd) -> None:
    about = {
        "name": name_of(request.user),
        "title": plain(request.item.exercise.title),
        "end": str(end.label),
    }
    note(request.course, by, "marks.closed", whom=request.user, request=request.pk, **about)


def _take_place(request: Request) -> None:
    """Lock an open request that has room."""
    still = Request.objects.select_for_update(of=("self",)).filter(pk=request.pk, closed_at__isnull=True)
    if still.first() is None:
        raise Refused(409, _("Closed"), _("This request is closed. A new one can be opened."))
    if Comment.objects.filter(request=request).count() >= A_THREAD:
        raise Refused(409, _("Full"), _("This thread is full. Close it, and open another one if need be."))


def _tell(request: Request, words: str) -> None:
    """The one who asked, if a student, finds the answer on the course page."""
    Notice.objects.create(
        user_id=request.user_id,
        item_id=request.item_id,
        submission_id=request.submission_id,
        request=request,
        kind=NoticeKind.ANSWER,
        words=words[:LONGEST_REASON],
    )
