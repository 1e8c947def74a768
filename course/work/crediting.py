"""Writes the credit of what was handed in, when its verdict comes and when dates or policies change.

Lateness, further tries and hints are read from the rows, so doing it again gives the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from course.people.models import Accommodation, Enrolment
from course.work.credit import Credit, after_hints, credit_of
from course.work.dates import effective_for
from course.work.models import Assignment, DateException, Item, OpenedHint, State, Submission
from course.work.policies import CAPPED_FROM, MarkingPolicy, policy_for
from course.work.scoring import lock_results, rescore, work_out

FIELDS = ("attempt_id", "attempt__user_id", "attempt__item_id", "counts", "queued_at", "credit", "credit_why")
Hints = Mapping[int, list[tuple[datetime, int]]]  # by attempt: when which one was opened


@transaction.atomic
def settle(item: Item, user_id: int) -> dict[Any, Credit]:
    """Credit and result of one student in one item anew, after a verdict; the credits that changed."""
    locked = lock_results(user_id, [item.pk])
    changed = _recredit(item.assignment, [user_id], [item])
    work_out(user_id, locked)
    return {pk: credit for pk, (credit, _user, _item) in changed.items()}


@transaction.atomic
def settle_again(assignment: Assignment, user_ids: Collection[int] | None = None) -> int:
    """The same after a change of dates or policies, for these students or all; how many results changed."""
    items = list(assignment.items.order_by("pk"))
    for item in items:
        item.assignment = assignment
    touched: dict[int, set[int]] = {}
    for _credit, user, item_id in _recredit(assignment, user_ids, items).values():
        touched.setdefault(user, set()).add(item_id)
    for user, item_ids in sorted(touched.items()):
        rescore(user, item_ids)
    return sum(map(len, touched.values()))


@transaction.atomic
def recredit(item: Item, user_ids: Collection[int]) -> None:
    """Credit alone, after verdicts changed in whether they cost a try; results are for the caller."""
    _recredit(item.assignment, user_ids, [item])


def _recredit(
    assignment: Assignment, user_ids: Collection[int] | None, items: Iterable[Item]
) -> dict[Any, tuple[Credit, int, int]]:
    """Writes the credits that are others now: by submission, with the user and the item."""
    policies = {item.pk: policy_for(item) for item in items}
    graded = Submission.objects.filter(attempt__item__in=policies, state=State.GRADED)
    if user_ids is not None:
        graded = graded.filter(attempt__user__in=user_ids)
    rows = list(graded.order_by("attempt", "number").values_list("pk", *FIELDS))
    hints = _hints(policies.values(), {row[1] for row in rows})
    dues = _dues(assignment, {row[2] for row in rows}) if _may_be_late(policies.values()) else {}
    changed: dict[Any, tuple[Credit, int, int]] = {}
    used: dict[int, int] = {}
    for pk, attempt, user, item, counts, handed_in, share, why in rows:
        used[attempt] = used.get(attempt, 0) + bool(counts)
        opened = [number for when, number in hints.get(attempt, ()) if when <= handed_in]
        credit = credit_of(
            policies[item],
            handed_in=handed_in,
            due=dues.get(user, assignment.due),
            number=max(used[attempt] + (not counts), 1),
            hints=max(opened, default=0),
        )
        if credit.share != share or list(credit.why) != why:
            changed[pk] = (credit, user, item)
    for pk, (credit, _user, _item) in changed.items():
        Submission.objects.filter(pk=pk).update(
            credit=credit.share, credit_why=json.loads(json.dumps(credit.why))
        )
    return changed


def _may_be_late(policies: Iterable[MarkingPolicy]) -> bool:
    return any(policy.late_per_day or policy.late_steps for policy in policies)


def _dues(assignment: Assignment, users: Collection[int]) -> dict[int, datetime | None]:
    """The due date of each student, by user; two queries and one for their places."""
    places = list(Enrolment.objects.filter(course=assignment.course_id, user__in=users))
    dates = effective_for([assignment], places)
    return {place.user_id: dates[assignment.pk, place.pk].due for place in places}


def _hints(policies: Iterable[MarkingPolicy], attempts: Collection[int]) -> Hints:
    found: dict[int, list[tuple[datetime, int]]] = {}
    if any(after_hints(policy, CAPPED_FROM) < 1 for policy in policies):
        rows = OpenedHint.objects.filter(attempt__in=attempts).values_list(
            "attempt_id", "opened_at", "number"
        )
        for attempt, when, number in rows:
            found.setdefault(attempt, []).append((when, number))
    return found


def dates_changed(sender: type, instance: DateException, **_more: object) -> None:
    """An exception was given, changed or taken back: what its students handed in may be late no longer."""
    whom = {"section": instance.section_id} if instance.section_id else {"pk": instance.enrolment_id}
    users = Enrolment.objects.filter(**whom).values_list("user_id", flat=True)
    settle_again(instance.assignment, list(users))


def accommodation_changed(sender: type, instance: Accommodation, **_more: object) -> None:
    """The same for one student in the whole course."""
    place = Enrolment.objects.filter(pk=instance.enrolment_id).first()
    if place is None:
        return
    for assignment in Assignment.objects.filter(
        course=place.course_id, items__results__user=place.user_id
    ).distinct():
        settle_again(assignment, [place.user_id])


def listen() -> None:
    """Hear of changed dates, whoever changes them."""
    for signal in (post_save, post_delete):
        signal.connect(dates_changed, DateException, dispatch_uid="work.dates")
        signal.connect(accommodation_changed, Accommodation, dispatch_uid="work.accommodation")
