"""All aggregates of a course worked out anew from its submissions, and how they differ from what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from course.people.models import Course
from course.tracking.events import FIELDS, KEYS, event_of
from course.tracking.fold import Tally, tally
from course.tracking.keeping import BOX, SAME, SEEN, boxes_of, sightings_of, stage_of, standing_of
from course.tracking.models import BoxStanding, Sighting, Standing
from course.work.models import Item, Result, State, Submission

BATCH = 1000
Here = tuple[int, int]  # user, item


@dataclass(frozen=True, slots=True)
class Difference:
    """How many pairs of student and item are missing, differ, or should not be there."""

    missing: int = 0
    different: int = 0
    foreign: int = 0
    right: int = 0

    @property
    def is_none(self) -> bool:
        """Whether what is kept is what the submissions say."""
        return not (self.missing or self.different or self.foreign)


def rebuild(course: Course, *, dry_run: bool = False) -> Difference:
    """Compare item by item, and write what differs; all of an item in one transaction."""
    found = Difference()
    for item in Item.objects.filter(assignment__course=course).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            found = _added(found, _item(item, dry_run=dry_run))
    return found


def rebuild_items(items: Iterable[int]) -> None:
    """The same for these items: after many of their submissions got other verdicts at once."""
    for item in sorted(items):
        with transaction.atomic():
            _item(item, dry_run=False)


def unbuilt(course: Course | None = None) -> int:
    """Students at items who have marked work and no standing: a course from before the aggregates."""
    rows = Result.objects.filter(marked__gt=0)
    if course is not None:
        rows = rows.filter(item__assignment__course=course)
    standing = Standing.objects.filter(user=OuterRef("user"), item=OuterRef("item"))
    return rows.filter(~Exists(standing)).count()


def _added(one: Difference, other: Difference) -> Difference:
    return Difference(
        one.missing + other.missing,
        one.different + other.different,
        one.foreign + other.foreign,
        one.right + other.right,
    )


def _item(item: int, *, dry_run: bool) -> Difference:
    new, old = dict(_counted(item)), _kept(item)
    wrong = {here for here in new if here in old and old[here] != _shape(new[here])}
    missing, foreign = new.keys() - old.keys(), old.keys() - new.keys()
    if not dry_run and (wrong or missing or foreign):
        _replace(item, {here: new[here] for here in wrong | missing}, wrong | foreign)
    return Difference(len(missing), len(wrong), len(foreign), len(new) - len(missing) - len(wrong))


def _counted(item: int) -> Iterator[tuple[int, Tally]]:
    """Each student's tally at an item."""
    rows = Submission.objects.filter(attempt__item_id=item, state=State.GRADED)
    rows = rows.order_by("attempt__user_id", "attempt__number", "number")
    found = rows.values_list(KEYS[0], *FIELDS).iterator(BATCH)
    for user, group in groupby(found, key=itemgetter(0)):
        yield user, tally(event_of(row[1:]) for row in group)


def _shape(found: Tally) -> tuple[Any, ...]:
    """All that is stored of a tally, so that it can be compared."""
    standing = (stage_of(found), found.stuck_since, *found.place, *(getattr(found, name) for name in SAME))
    boxes = {(box, *(getattr(one, name) for name in BOX)) for box, one in found.boxes.items()}
    seen = {(*cause, one.count, one.sample) for cause, one in found.seen.items()}
    return standing, boxes, seen


def _kept(item: int) -> dict[int, tuple[Any, ...]]:
    names = ("stage", "stuck_since", "attempt", "number", *SAME)
    rows = Standing.objects.filter(item=item).values_list("user", *names)
    found: dict[int, tuple[Any, ...]] = {user: (rest, set(), set()) for user, *rest in map(tuple, rows)}
    found = {user: (tuple(rest), boxes, seen) for user, (rest, boxes, seen) in found.items()}
    for user, *rest in BoxStanding.objects.filter(item=item).values_list("user", "box", *BOX):
        found.setdefault(user, ((), set(), set()))[1].add(tuple(rest))
    causes = ("box", "misconception", "answer", "seed", *SEEN)
    for user, *rest in Sighting.objects.filter(item=item).values_list("user", *causes):
        found.setdefault(user, ((), set(), set()))[2].add(tuple(rest))
    return found


def _replace(item: int, new: dict[int, Tally], gone: set[int]) -> None:
    for model in (Standing, BoxStanding, Sighting):
        for start in range(0, len(chunk := sorted(gone | new.keys())), BATCH):
            model.objects.filter(item=item, user__in=chunk[start : start + BATCH]).delete()
    Standing.objects.bulk_create((standing_of(user, item, one) for user, one in new.items()), BATCH)
    boxes = (row for user, one in new.items() for row in boxes_of(user, item, one.boxes))
    seen = (row for user, one in new.items() for row in sightings_of(user, item, one.seen))
    BoxStanding.objects.bulk_create(boxes, BATCH)
    Sighting.objects.bulk_create(seen, BATCH)
