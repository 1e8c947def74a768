"""Publishing the bank: the one place of the site that needs SymPy, so nothing else imports it."""

from __future__ import annotations

import logging

from course.work.models import PublishedExercise
from exercises.bank import Exercise, load
from exercises.published import Published
from exercises.publishing import publish
from exercises.steps import question
from exercises.variants import variant

log = logging.getLogger(__name__)


def publish_bank() -> list[PublishedExercise]:
    """Publish what of the bank is new or has changed; the newest version of every exercise."""
    newest = {row.slug: row for row in PublishedExercise.objects.order_by("version")}
    return [_publish(exercise, newest.get(slug)) for slug, exercise in load().items()]


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
