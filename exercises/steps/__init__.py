"""The kinds of question, one file a kind, each on any network written as equations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exercises.bank import Exercise
from exercises.published import Published
from exercises.question import Question, Step, Variant
from exercises.steps import gradient, loss, matrix, prediction, trap, update
from exercises.steps.scene import Scene
from grader.job import AnswerBox, Job, MarkingPolicy, PickBox


def _none(exercise: Exercise) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Kind:
    """What a step asks of a network: its boxes, the gradients that it gives, and how a question is told."""

    boxes: Callable[[Exercise], tuple[AnswerBox, ...]]
    question: Callable[[Scene], Question]
    givens: Callable[[Exercise], tuple[str, ...]] = _none


KINDS: Mapping[Step, Kind] = {
    Step.PREDICTION: Kind(prediction.boxes, prediction.question),
    Step.LOSS: Kind(loss.boxes, loss.question),
    Step.TWO_FACTOR: Kind(gradient.boxes, gradient.question),
    Step.THREE_FACTOR: Kind(gradient.boxes, gradient.question),
    Step.UPDATE: Kind(update.boxes, update.question, update.givens),
}


# The same steps where whole vectors and matrices are asked.
WHOLE: Mapping[Step, Kind] = {
    Step.PREDICTION: Kind(matrix.prediction_boxes, matrix.question),
    Step.TWO_FACTOR: Kind(matrix.gradient_boxes, matrix.question),
    Step.THREE_FACTOR: Kind(matrix.gradient_boxes, matrix.question),
    Step.UPDATE: Kind(matrix.update_boxes, matrix.question, update.givens),
}


def kind_of(exercise: Exercise) -> Kind:
    """How an exercise that is no trap is asked."""
    return (WHOLE if matrix.is_whole(exercise) else KINDS)[exercise.step]


def formulas(exercise: Exercise) -> dict[str, str]:
    """Every formula that publishing derives: given gradients, then the boxes in order. A trap has none."""
    if exercise.step is Step.TRAP:
        return {}
    given = {name: name for name in kind_of(exercise).givens(exercise)}
    return given | {box.id: box.formula for box in boxes(exercise)}


def boxes(exercise: Exercise) -> tuple[AnswerBox, ...]:
    """The answer boxes of an exercise, with its own tolerance if it has one; a trap has none."""
    if exercise.step is Step.TRAP:
        return ()
    found, share = kind_of(exercise).boxes(exercise), exercise.asked.tolerance
    if share is None:
        return found
    own = {box.id: box.tolerance.model_copy(update={"relative": share}) for box in found}
    return tuple(box.model_copy(update={"tolerance": own[box.id]}) for box in found)


def scene(published: Published, variant: Variant) -> Scene:
    """A published exercise (not a trap) with a variant's numbers in it."""
    derived = tuple(
        box.model_copy(update={"symbolic": published.symbolic[box.id]}) for box in boxes(published.exercise)
    )
    return Scene(published, variant, derived)


def question(published: Published, variant: Variant) -> Question:
    """What a student is asked on this variant; the right answers are in ``solution`` only."""
    if published.exercise.step is Step.TRAP:
        return trap.question(published, variant)
    return kind_of(published.exercise).question(scene(published, variant))


def job(
    question: Question,
    published: Published,
    variant: Variant,
    answers: Mapping[str, str | list[str]],
    *,
    token: str = "",
    policy: MarkingPolicy | None = None,
) -> Job:
    """Everything that the grader needs to mark ``answers``; a box without one is empty.

    Raises ValueError for an answer to a box that is not asked.
    """
    foreign = answers.keys() - {box.id for box in question.boxes}
    if foreign:
        raise ValueError(f"this question has no box '{min(foreign)}'")
    empty: dict[str, str | list[str]] = {
        box.id: [] if isinstance(box, PickBox) else "" for box in question.boxes
    }
    trapped = question.step is Step.TRAP
    return Job(
        token=token,
        network={} if trapped else published.exercise.network,
        values={} if trapped else variant.values,
        boxes=question.boxes,
        answers={**empty, **answers},
        policy=policy or MarkingPolicy(),
    )
