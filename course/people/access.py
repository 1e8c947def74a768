"""Who may do what: every view asks here, and gets the row or a refusal.

Somebody outside a course gets the same 404 as for a course that is not there; somebody inside it who lacks
the role gets a 403.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from course.people.models import Content, Data, Enrolment, User
from course.work.models import Item, Submission

Someone = User | AnonymousUser


def enrolments_of(user: Someone) -> QuerySet[Enrolment]:
    """The user's places in courses, by the courses' titles."""
    return (
        Enrolment.objects.filter(user_id=user.pk or 0, active=True)
        .select_related("course")
        .order_by("course__title", "pk")
    )


def enrolment_for(user: Someone, slug: str) -> Enrolment:
    """The user's place in the course; 404 for everyone outside it."""
    places = Enrolment.objects.select_related("course", "accommodation").filter(active=True)
    enrolment = get_object_or_404(places, user=user.pk or 0, course__slug=slug)
    enrolment.user = user  # type: ignore[assignment]  # nobody but a user has a place
    return enrolment


def staff_for(
    user: Someone, slug: str, *, content: Content = Content.NONE, data: Data = Data.NONE
) -> Enrolment:
    """The same for a page of the staff, with at least these rights on the two axes; 403 without them."""
    enrolment = enrolment_for(user, slug)
    if not enrolment.is_staff or enrolment.content < content or enrolment.data < data:
        raise PermissionDenied
    return enrolment


def item_for(enrolment: Enrolment, pk: int) -> Item:
    """An item of the enrolment's course; 404 for an item of another course."""
    items = Item.objects.select_related("assignment__course", "exercise").defer("exercise__document")
    return get_object_or_404(items, pk=pk, assignment__course_id=enrolment.course_id)


def own_submission(user: Someone, pk: UUID) -> tuple[Enrolment, Submission]:
    """A submission of the user's own, with the place in its course; 404 for anybody else's."""
    submission = get_object_or_404(_submissions(), pk=pk, attempt__user_id=user.pk)
    return enrolment_for(user, submission.attempt.item.assignment.course.slug), submission


def tracked_submissions(enrolment: Enrolment) -> QuerySet[Submission]:
    """What was handed in in the course of one who sees the students' work, the newest first."""
    if enrolment.data < Data.VIEWER:
        raise PermissionDenied
    return (
        _submissions()
        .filter(attempt__item__assignment__course_id=enrolment.course_id)
        .order_by("-queued_at", "-pk")
    )


def tracked_submission(enrolment: Enrolment, pk: UUID) -> Submission:
    """One of them; 404 for a submission in another course."""
    found = tracked_submissions(enrolment).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _submissions() -> QuerySet[Submission]:
    return Submission.objects.select_related(
        "attempt__user", "attempt__item__assignment__course", "attempt__item__exercise"
    ).defer("attempt__item__exercise__document")
