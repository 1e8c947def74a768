"""The kinds of question, one file a kind, each on any network written as equations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exercises.bank import Exercise
from exercises.published import Published
from exercises.question import TOLD, Question, Step, Variant
from exercises.steps import debugging, gradient, loss, matrix, prediction, quiz, trap, update
from exercises.steps.scene import Scene
from grader.job import AnswerBox, Job, MarkingPolicy, PickBox, SlotsBox


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


TELLERS: Mapping[Step, Callable[[Published, Variant], Question]] = {
    Step.TRAP: trap.question,
    Step.QUIZ: quiz.question,
    Step.DEBUGGING: debugging.question,
}

# The same steps where whole vectors and matrices are asked.
WHOLE: Mapping[Step, Kind] = {
    Step.PREDICTION: Kind(matrix.prediction_boxes, matrix.question),
    Step.TWO_FACTOR: Kind(matrix.gradient_boxes, matrix.question),
    Step.THREE_FACTOR: Kind(matrix.gradient_boxes, matrix.question),
    Step.UPDATE: Kind(matrix.update_boxes, matrix.question, update.givens),
}


def kind_of(exercise: Exercise) -> Kind:
    """How an exercise is asked whose boxes are derived."""
    return (WHOLE if matrix.is_whole(exercise) else KINDS)[exercise.step]


def formulas(exercise: Exercise) -> dict[str, str]:
    """Every formula that publishing derives: given gradients, the boxes in order; what is told has none."""
    if exercise.step in TOLD:
        return {}
    given = {name: name for name in kind_of(exercise).givens(exercise)}
    return given | {box.id: box.formula for box in boxes(exercise)}


def boxes(exercise: Exercise) -> tuple[AnswerBox, ...]:
    """The answer boxes of an exercise, with its own tolerance if it has one; what is told has none."""
    if exercise.step in TOLD:
        return ()
    found, share = kind_of(exercise).boxes(exercise), exercise.asked.tolerance
    if share is None:
        return found
    own = {box.id: box.tolerance.model_copy(update={"relative": share}) for box in found}
    return tuple(box.model_copy(update={"tolerance": own[box.id]}) for box in found)


def scene(published: Published, variant: Variant) -> Scene:
    """A published exercise whose boxes are derived, with a variant's numbers in it."""
    derived = tuple(
        box.model_copy(update={"symbolic": published.symbolic[box.id]}) for box in boxes(published.exercise)
    )
    return Scene(published, variant, derived)


def question(published: Published, variant: Variant) -> Question:
    """What a student is asked on this variant; the right answers are in ``solution`` only."""
    if published.exercise.step in TOLD:
        return TELLERS[published.exercise.step](published, variant)
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
        box.id: [] if isinstance(box, PickBox | SlotsBox) else "" for box in question.boxes
    }
    network, values = _world(question, published, variant)
    return Job(
        token=token,
        network=network,
        values=values,
        boxes=question.boxes,
        answers={**empty, **answers},
        policy=policy or MarkingPolicy(),
    )


def _world(
    question: Question, published: Published, variant: Variant
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The network that the boxes are marked on, and its numbers; chosen answers need none."""
    if question.step in {Step.TRAP, Step.DEBUGGING}:
        return {}, {}
    if question.step is Step.QUIZ:
        known = {**variant.values, **published.exercise.network}
        return published.exercise.network, {**variant.values, **quiz.extra_values(question, known)}
    return published.exercise.network, variant.values


def faults(published: Published, variants: Sequence[Variant]) -> Iterator[str]:
    """What a kind of step finds wrong with its own variants, beyond references and marking."""
    if published.exercise.step is Step.DEBUGGING:
        yield from debugging.faults(published, variants)
