"""Step 1, prediction: the value of every hidden unit, then of the prediction."""

from __future__ import annotations

from exercises.bank import Exercise
from exercises.prose import spoken
from exercises.question import Question
from exercises.steps.scene import Scene, answer_field, compose, tolerance
from exercises.structure import definition, folded, network_of, outer
from grader.expression import show
from grader.job import AnswerBox
from grader.network import Network


def boxes(exercise: Exercise) -> tuple[AnswerBox, ...]:
    """One box a unit; each may use the units before it."""
    network = network_of(exercise.network)
    asked = passed(network)
    leaves = [name for name in network.leaves if name not in network.targets]
    return tuple(
        AnswerBox(
            id=node,
            formula=show(folded(network, node)),
            names=(*leaves, *asked[:place]),
            tolerance=tolerance(),
        )
        for place, node in enumerate(asked)
    )


def passed(network: Network) -> list[str]:
    """What the forward pass works out before the loss: hidden units and predictions, in forward order."""
    return [node for node in outer(network) if node not in network.losses]


def question(scene: Scene) -> Question:
    """What does the network predict?"""
    network = scene.network
    asked = [box.id for box in scene.boxes]
    kinds = dict.fromkeys(network.predictions, "prediction")
    fields = tuple(
        answer_field(scene, node, kinds.get(node, "hidden"), node=node, spoken=spoken(node)) for node in asked
    )
    return compose(
        scene,
        fields=fields,
        palette=scene.boxes[-1].names,
        given=scene.shown(),
        definitions=tuple(definition(network, node) for node in asked),
        fill={"yhat": scene.told(network.predictions), "y": scene.told(network.targets)},
    )
