"""From rows to the exercises' floor: published documents and questions, read once and kept in memory."""

from __future__ import annotations

from functools import lru_cache

from course.work.models import Attempt, PublishedExercise
from exercises.published import Published
from exercises.question import Question, Variant
from exercises.steps import question


@lru_cache(maxsize=512)
def published(exercise: int) -> Published:
    """The published exercise of this row; a row never changes, so it is read once."""
    return Published.model_validate(
        PublishedExercise.objects.values_list("document", flat=True).get(pk=exercise)
    )


def variant_of(attempt: Attempt) -> Variant:
    """The numbers that were frozen when the attempt was opened."""
    return Variant(seed=attempt.seed, generator=attempt.generator, values=dict(attempt.values))


def question_of(attempt: Attempt) -> Question:
    """What the attempt asks."""
    numbers = tuple(attempt.values.items())
    return _question(attempt.exercise_id, attempt.seed, attempt.generator, numbers)


@lru_cache(maxsize=2048)
def _question(exercise: int, seed: int, generator: str, numbers: tuple[tuple[str, str], ...]) -> Question:
    return question(published(exercise), Variant(seed=seed, generator=generator, values=dict(numbers)))
