"""Sittings: begun once, handed in once, by the student or by the site when the time is over.

Handing in takes the last draft of each item that is newer than what was handed in there, also when the
browser that typed it is gone. Doing it twice does nothing more.
"""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from course.people.models import Enrolment
from course.work.catalogue import question_of
from course.work.draws import items_for
from course.work.gate import NotBegunError, WrongPasswordError, refuse_closed
from course.work.intake import Form, is_empty, store, used_up
from course.work.models import Assignment, Draft, Sitting
from course.work.standing import Phase, Standing, standing_of, standings_by_sitting
from exercises.question import Question

log = logging.getLogger(__name__)


def begin(enrolment: Enrolment, assignment: Assignment, password: str = "") -> Sitting:
    """Begin the student's sitting, or find the one that was begun; two tabs begin one.

    Raises Refused (403 for a wrong password, and what the gate refuses).
    """
    standing = standing_of(enrolment, assignment)
    with suppress(NotBegunError):
        refuse_closed(standing, enrolment)
    if standing.sitting is not None:
        return standing.sitting
    if assignment.password and not constant_time_compare(assignment.password, password.strip()):
        raise WrongPasswordError
    items_for(assignment, enrolment.user_id, store=True)
    sitting, _new = Sitting.objects.get_or_create(user_id=enrolment.user_id, assignment=assignment)
    return sitting


@transaction.atomic
def hand_in_all(sitting: Sitting, at: datetime) -> int:
    """Hand in what was typed, as of ``at``, and end the sitting; how many drafts were taken."""
    locked = Sitting.objects.select_for_update().filter(pk=sitting.pk, handed_in_at=None).first()
    if locked is None:
        return 0
    drafts = Draft.objects.filter(
        attempt__user=sitting.user_id, attempt__item__assignment=sitting.assignment_id
    )
    drafts = drafts.select_related("attempt__item__assignment").order_by("attempt")
    taken = sum(_take(draft, at) for draft in drafts)
    Sitting.objects.filter(pk=sitting.pk).update(handed_in_at=at)
    sitting.handed_in_at = at
    return taken


def _take(draft: Draft, at: datetime) -> bool:
    """Hand in a draft, unless it is empty, older than what was handed in, or no try is left for it."""
    attempt, question = draft.attempt, question_of(draft.attempt)
    answers = whole(question, draft.answers)
    last = attempt.submissions.order_by("-number").first()
    if is_empty(answers) or (
        last is not None and (last.queued_at >= draft.saved_at or last.answers == answers)
    ):
        return False
    if used_up(attempt):
        return False
    key = hashlib.sha256(json.dumps(["draft", attempt.pk, answers]).encode()).hexdigest()
    store(attempt, question, Form(key, answers), at=min(at, timezone.now()))
    return True


def whole(question: Question, answers: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
    """A draft's answers with every box of the question, and none that it has no longer."""
    return {box.id: answers.get(box.id, [] if box.kind == "pick" else "") for box in question.boxes}


def hand_in_ended() -> int:
    """Hand in the sittings whose time is over, the grace too; how many. The site's beat calls this."""
    found = Sitting.objects.filter(handed_in_at=None).select_related("assignment").order_by("begun_at", "pk")
    return sum(_end(each) for each in standings_by_sitting(list(found)) if each.phase is Phase.OVER)


def settle(enrolment: Enrolment, standing: Standing) -> Standing:
    """The standing, with a sitting handed in whose time is over: no page waits for the beat."""
    if standing.phase is Phase.OVER and standing.sitting is not None:
        _end(standing)
        return standing_of(enrolment, standing.assignment)
    return standing


def _end(standing: Standing) -> bool:
    sitting, ends = standing.sitting, standing.ends
    if sitting is None or ends is None:
        return False
    taken = hand_in_all(sitting, ends)
    log.info("Sitting %s is over; %d drafts were handed in.", sitting.pk, taken)
    return True
