"""From rows to the exercises' floor: published documents and questions, read once and kept in memory."""

from __future__ import annotations

from functools import lru_cache

from course.work.models import Attempt, PublishedExercise
from exercises.published import Published
from exercises.question import Question, Variant
from exercises.steps import question


def published(exercise: PublishedExercise) -> Published:
    """The exercise as the exercises' floor knows it; a version never changes, so it is read once."""
    return _published(exercise.pk, exercise.slug, exercise.version)


def variant_of(attempt: Attempt) -> Variant:
    """The numbers that were frozen when the attempt was opened."""
    return Variant(seed=attempt.seed, generator=attempt.generator, values=dict(attempt.values))


def question_of(attempt: Attempt) -> Question:
    """What the attempt asks."""
    exercise = attempt.exercise
    numbers = tuple(attempt.values.items())
    return _question((exercise.pk, exercise.slug, exercise.version), attempt.seed, attempt.generator, numbers)


@lru_cache(maxsize=512)
def _published(pk: int, slug: str, version: int) -> Published:
    documents = PublishedExercise.objects.values_list("document", flat=True)
    return Published.model_validate(documents.get(pk=pk, slug=slug, version=version))


@lru_cache(maxsize=2048)
def _question(
    exercise: tuple[int, str, int], seed: int, generator: str, numbers: tuple[tuple[str, str], ...]
) -> Question:
    return question(_published(*exercise), Variant(seed=seed, generator=generator, values=dict(numbers)))
