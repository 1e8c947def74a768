"""Points by hand: a person's word for one box, and taking it back; the result follows at once."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.errors import Refused
from course.people.journal import note
from course.people.models import User
from course.review import notices, sentences  # noqa: F401 - describes the changes of this room
from course.review.models import LONGEST_REASON, Override
from course.review.reading import box_points, effects_of, said_of, settled
from course.review.showing import name_of, shown
from course.review.standing import override_of, stand
from course.review.words import read_text
from course.work import feedback
from course.work.mathml import plain
from course.work.models import State, Submission
from course.work.scoring import rescore

WHY = gettext_lazy("Say why, in a few words: the student reads it.")


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
    points, words = read_points(typed, possible[box]), read_text(reason, LONGEST_REASON, WHY)
    before = _stands(submission, box)
    held = Override.objects.filter(submission=submission, box=box, withdrawn_at__isnull=True)
    held.update(withdrawn_at=Now(), withdrawn_by=by)
    made = Override.objects.create(submission=submission, box=box, points=points, reason=words, by=by)
    settle(submission)
    notices.tell_score(submission, words)
    _note(submission, by, "marks.overridden", box, before, reason=words)
    return made


@transaction.atomic
def withdraw(submission: Submission, pk: int, by: User) -> None:
    """Take an override back, so that the grader's points stand; raises Refused (409) if it does not hold."""
    Submission.objects.select_for_update().get(pk=submission.pk)
    held = Override.objects.filter(pk=pk, submission=submission, withdrawn_at__isnull=True).first()
    if held is None:
        raise Refused(409, _("Not changed"), _("That change by hand does not stand any more."))
    before = _stands(submission, held.box)
    Override.objects.filter(pk=held.pk).update(withdrawn_at=Now(), withdrawn_by=by)
    settle(submission)
    notices.tell_score(submission, _("A change by hand was taken back."))
    _note(submission, by, "marks.withdrawn", held.box, before)


def _stands(submission: Submission, box: str) -> str:
    """The points that a box stands at now."""
    read = settled(submission)
    if read is None:
        return ""
    said, effects = said_of(submission.pk), effects_of(submission.attempt.item_id)
    boxes = {one.id: one for one in box_points(*read)}
    return shown(stand(boxes[box], said.get(box), effects.get(box)).points) if box in boxes else ""


def _note(submission: Submission, by: User, code: str, box: str, before: str, **about: str) -> None:
    """The line in the journal: before, after, and in which box."""
    attempt = submission.attempt
    read = settled(submission)
    called = {field.id: feedback.called(field) for field in read[0].fields} if read else {}
    note(
        attempt.item.assignment.course,
        by,
        code,
        whom=attempt.user,
        name=name_of(attempt.user),
        title=plain(attempt.item.exercise.title),
        box=plain(called.get(box, box)),
        before=before,
        after=_stands(submission, box),
        submission=submission.pk.hex,
        **about,
    )
