"""Points by hand: a person's word for one box, and taking it back. The result follows in the same transaction."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from course.errors import Refused
from course.people.models import User
from course.review import notices
from course.review.models import LONGEST_REASON, Override
from course.review.reading import box_points, effects_of, said_of, settled
from course.review.standing import override_of
from course.review.words import read_text
from course.work.models import State, Submission
from course.work.scoring import rescore


def settle(submission: Submission) -> None:
    """Bring ``Submission.override`` and the student's result to what people say now."""
    read = settled(submission)
    if read is None:
        return
    attempt = submission.attempt
    boxes = box_points(*read)
    submission.override = override_of(boxes, said_of(submission.pk), effects_of(attempt.item_id))
    Submission.objects.filter(pk=submission.pk).update(override=submission.override)
    rescore(attempt.user_id, [attempt.item_id])


def read_points(text: str, possible: Decimal) -> Decimal:
    """Points as typed, with a point or a comma; raises Refused (400) saying what may stand there."""
    try:
        points = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite() or not 0 <= points <= possible or points != round(points, 3):
        values = {"typed": text[:20], "possible": f"{possible:f}"}
        detail = _("Points: '%(typed)s' is no number from 0 to %(possible)s with at most three decimals.")
        raise Refused(400, _("Not changed"), detail % values)
    return points


@transaction.atomic
def override(submission: Submission, box: str, typed: str, reason: str, by: User) -> Override:
    """Give a box these points; an override that held before is withdrawn.

    Raises Refused (400, 409): no such box, no number from 0 to the box's points, no reason, no verdict yet.
    """
    Submission.objects.select_for_update().get(pk=submission.pk)
    read = settled(submission) if submission.state == State.GRADED else None
    if read is None:
        raise Refused(409, _("Not changed"), _("This submission has no verdict yet; nothing can be changed."))
    possible = {one.id: one.possible for one in box_points(*read)}
    if box not in possible:
        raise Refused(400, _("Not changed"), _("This exercise has no box '%(box)s'.") % {"box": box[:50]})
    points, words = read_points(typed, possible[box]), read_text(reason, LONGEST_REASON, _("Say why, in a few words: the student reads it."))
    held = Override.objects.filter(submission=submission, box=box, withdrawn_at__isnull=True)
    held.update(withdrawn_at=Now(), withdrawn_by=by)
    made = Override.objects.create(submission=submission, box=box, points=points, reason=words, by=by)
    settle(submission)
    notices.tell_score(submission, words)
    return made


@transaction.atomic
def withdraw(submission: Submission, pk: int, by: User) -> bool:
    """Take an override back: the box has the grader's points again. Whether it still held."""
    Submission.objects.select_for_update().get(pk=submission.pk)
    held = Override.objects.filter(pk=pk, submission=submission, withdrawn_at__isnull=True)
    if not held.update(withdrawn_at=Now(), withdrawn_by=by):
        return False
    settle(submission)
    notices.tell_score(submission, _("A change by hand was taken back."))
    return True
