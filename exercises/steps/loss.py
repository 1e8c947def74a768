"""Step 2, loss: what the gap between prediction and target costs."""

from __future__ import annotations

from exercises.bank import Exercise
from exercises.question import Question
from exercises.steps.prediction import passed
from exercises.steps.scene import Scene, answer_field, compose, tolerance
from exercises.structure import definition, folded, losses, network_of
from grader.expression import show
from grader.job import AnswerBox


def boxes(exercise: Exercise) -> tuple[AnswerBox, ...]:
    """One box a loss: those of single examples, then the loss; the forward pass is given."""
    network = network_of(exercise.network)
    asked, given = losses(network), (*network.given, *passed(network))
    return tuple(
        AnswerBox(
            id=node,
            formula=show(folded(network, node)),
            names=(*given, *asked[:place]),
            tolerance=tolerance(),
        )
        for place, node in enumerate(asked)
    )


def question(scene: Scene) -> Question:
    """How much does this prediction cost?"""
    network = scene.network
    asked = losses(network)
    kinds = {network.loss: "loss" if len(asked) == 1 else "mean_loss"}
    return compose(
        scene,
        fields=tuple(answer_field(scene, node, kinds.get(node, "part_loss"), node=node) for node in asked),
        palette=(*network.targets, *network.predictions, *asked[:-1]),
        given=scene.shown(*passed(network)),
        definitions=tuple(definition(network, node) for node in asked),
        fill={
            "yhat": scene.told(network.predictions),
            "y": scene.told(network.targets),
            "L": scene.text(network.loss),
        },
    )
