"""Opening attempts: which variant a student gets, and which one a request is about."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from course.errors import Refused
from course.people.access import item_for
from course.people.models import Enrolment
from course.work.catalogue import published
from course.work.draws import items_for
from course.work.gate import refuse_unopened
from course.work.models import Attempt, Item, Kind, Result, Sitting
from course.work.policies import policy_for
from course.work.standing import Phase, Standing, has_sitting, standing_of
from exercises.variants import variant

LESSON_SEED = 1  # variant 1 has the lesson's numbers
MOST_VARIANTS = 200  # of one item for one student


def attempt_for(enrolment: Enrolment, item: int, number: str | None = None) -> Attempt:
    """The student's attempt at the item with this number; the newest without one, opened if need be.

    404 for a number that was never opened, for an item of another course and for one that was not drawn.
    """
    attempts = Attempt.objects.select_related("item__assignment").order_by("-number")
    attempts = attempts.filter(
        user=enrolment.user_id, item=item, item__assignment__course=enrolment.course_id
    )
    if number:
        attempts = attempts.filter(number=int(number) if number.isdecimal() and len(number) < 6 else 0)
    attempt = attempts.first()
    if attempt is not None:
        return attempt
    if number:
        raise Http404
    unopened = item_for(enrolment, item)
    standing = standing_of(enrolment, unopened.assignment)
    refuse_unopened(standing)
    if not enrolment.is_staff:
        _enter(enrolment, unopened, standing)
    return open_attempt(enrolment, unopened, 1)


def _enter(enrolment: Enrolment, item: Item, standing: Standing) -> None:
    """A student opens an item: the draw is kept, a sitting begins; 404 for one that is not theirs."""
    if item not in items_for(item.assignment, enrolment.user_id, store=True):
        raise Http404
    if has_sitting(item.assignment) and standing.phase is Phase.OPEN:
        Sitting.objects.get_or_create(user_id=enrolment.user_id, assignment=item.assignment)


def next_attempt(enrolment: Enrolment, newest: Attempt) -> Attempt:
    """A new variant, once the newest one has been tried; else that one."""
    if not newest.submissions.exists():
        return newest
    if not policy_for(newest.item).fresh:
        raise Refused(409, _("One variant"), _("There is one variant of this exercise, and no new numbers."))
    if newest.number >= MOST_VARIANTS:
        raise Refused(409, _("Enough variants"), _("You have opened all variants of this exercise."))
    return open_attempt(enrolment, newest.item, newest.number + 1)


@transaction.atomic
def open_attempt(enrolment: Enrolment, item: Item, number: int) -> Attempt:
    """Draw the variant and freeze it; two requests at once open one."""
    user = enrolment.user
    lesson = item.assignment.kind == Kind.PRACTICE
    drawn = variant(published(item.exercise_id), seed_for(user.pk, item.pk, number, lesson=lesson))
    frozen = {"seed": drawn.seed, "generator": drawn.generator, "values": drawn.values}
    Result.objects.get_or_create(user=user, item=item)
    return Attempt.objects.get_or_create(
        user=user, item=item, number=number, defaults=frozen | {"exercise_id": item.exercise_id}
    )[0]


def seed_for(user: int, item: int, number: int, *, lesson: bool = True) -> int:
    """The same student gets the same variants for ever, and no two students the same ones.

    ``lesson``: but for the first one, which has the lesson's numbers for everybody.
    """
    if number == 1 and lesson:
        return LESSON_SEED
    digest = hashlib.sha256(f"{user}:{item}:{number}".encode()).digest()
    return 2 + int.from_bytes(digest[:6], "big")
