"""Step 2, loss: what the gap between prediction and target costs."""

from __future__ import annotations

from exercises.bank import Exercise
from exercises.question import Question
from exercises.steps.scene import Scene, answer_field, compose, tolerance
from exercises.structure import definition, folded, network_of, outer
from grader.expression import show
from grader.job import AnswerBox


def boxes(exercise: Exercise) -> tuple[AnswerBox, ...]:
    """One box, the loss; every value of the forward pass may be used."""
    network = network_of(exercise.network)
    given = [node for node in outer(network) if node != network.loss]
    return (
        AnswerBox(
            id=network.loss,
            formula=show(folded(network, network.loss)),
            names=(*network.leaves, *given),
            tolerance=tolerance(),
        ),
    )


def question(scene: Scene) -> Question:
    """How much does this prediction cost?"""
    network = scene.network
    return compose(
        scene,
        fields=(answer_field(scene, network.loss, "loss"),),
        palette=(network.target, network.prediction),
        given=scene.shown(*(node for node in outer(network) if node != network.loss)),
        definitions=(definition(network, network.loss),),
        fill={name: scene.text(name) for name in (network.prediction, network.target, network.loss)},
    )
