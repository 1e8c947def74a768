"""Publishing the bank: the one place of the site that needs SymPy, so no page imports it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from course.people.models import Course
from course.work.models import Assignment, Item, PublishedExercise
from exercises.bank import Exercise, load
from exercises.published import Published
from exercises.publishing import publish
from exercises.steps import question
from exercises.variants import variant

log = logging.getLogger(__name__)
LESSON = "One training step"  # the assignment that goes with the lesson
STEPS = ("seed-prediction", "seed-loss", "seed-w3", "seed-w1", "seed-update", "seed-trap")
POINTS = 10


def publish_bank(only: Collection[str] | None = None) -> list[PublishedExercise]:
    """Publish what of the bank (or of ``only`` these ids) is new or changed; the newest version of each."""
    banks = PublishedExercise.objects.exclude(slug__contains="/")  # a course's own have its name before them
    newest = {row.slug: row for row in banks.order_by("version")}
    chosen = {slug: one for slug, one in load().items() if only is None or slug in only}
    return [_publish(exercise, newest.get(slug)) for slug, exercise in chosen.items()]


def _publish(exercise: Exercise, newest: PublishedExercise | None) -> PublishedExercise:
    """A version never changes: an exercise that did becomes the next version."""
    if newest is not None and _unchanged(exercise, newest):
        return newest
    published = publish(exercise)
    asked = question(published, variant(published, 1))
    version = newest.version + 1 if newest else 1
    log.debug("Publishing %s, version %d", exercise.id, version)
    return PublishedExercise.objects.create(
        slug=exercise.id,
        version=version,
        title=asked.title,
        step=asked.step.value,
        document=published.model_dump(mode="json"),
    )


def _unchanged(exercise: Exercise, newest: PublishedExercise) -> bool:
    return Published.model_validate(newest.document).exercise == exercise


def make_assignments(course: Course, published: Sequence[PublishedExercise]) -> list[Assignment]:
    """The six steps of the lesson, then an assignment for each file of the bank with what else is in it.

    An assignment with such a title stays as it is. Returns the new ones.
    """
    named: dict[str, list[PublishedExercise]] = {
        LESSON: sorted((row for row in published if row.slug in STEPS), key=lambda row: STEPS.index(row.slug))
    }
    for row in published:
        if row.slug not in STEPS:
            named.setdefault(row.document["exercise"]["name"], []).append(row)
    made = []
    for place, (title, rows) in enumerate(named.items()):
        assignment, new = Assignment.objects.get_or_create(
            course=course, title=title, defaults={"position": place}
        )
        if new:
            made.append(assignment)
            Item.objects.bulk_create(
                Item(assignment=assignment, exercise=row, position=position, points=POINTS)
                for position, row in enumerate(rows, start=1)
            )
    return made
