"""Step 5, update: the new weights, then the prediction and the loss that they give."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from exercises.asked import AskedUpdate
from exercises.bank import Exercise
from exercises.optimiser import PLAIN, extras, moved, step, written_out
from exercises.prose import printed, spoken, step_text
from exercises.question import Field, Question
from exercises.steps.scene import DECIMALS, Scene, answer_field, compose, tolerance
from exercises.structure import definition, network_of, outer, substitute
from grader.expression import show
from grader.job import AnswerBox, Tolerance
from grader.network import RATE, Network
from grader.tree import Name, Tree, names

STEP_SHARE = Decimal("0.025")  # of the step alpha*g; GRADING.md section 4


def boxes(exercise: Exercise) -> tuple[AnswerBox, ...]:
    """Boxes for each asked weight, what its optimiser keeps before it; then new predictions and new loss."""
    network, asked = network_of(exercise.network), asked_weights(exercise)
    found: list[AnswerBox] = []
    also = (f"dL_d{weight}" for weight in network.weights)  # as the page prints the gradients
    offered = (*network.given, *_rule_names(exercise), *outer(network), *givens(exercise), *also)
    for weight in asked:
        for name, formula in moved(exercise.update, weight).items():
            scale = show(step(exercise.update, weight))
            found.append(_moved(name, formula, offered, scale if name == f"{weight}_new" else None))
    put: dict[str, Tree] = {w: written_out(exercise.update, w) for w in network.weights}
    right = dict(put) | {weight: Name(f"{weight}_new") for weight in asked}
    offered = (*offered, *(box.id for box in found))
    for node in (*network.predictions, network.loss):
        found.append(_after_step(network, node, right, put, offered))
        offered = (*offered, f"{node}_new")
        right[node] = Name(f"{node}_new")
    return tuple(found)


def givens(exercise: Exercise) -> tuple[str, ...]:
    """The gradients, which this step gives."""
    return tuple(f"grad_{weight}" for weight in network_of(exercise.network).weights)


def _rule_names(exercise: Exercise) -> tuple[str, ...]:
    """What the update rule knows besides the network: the learning rate, other rates, what it has kept."""
    return (RATE, *extras(exercise.update, network_of(exercise.network)))


def asked_weights(exercise: Exercise) -> tuple[str, ...]:
    """The weights whose new values are asked, in the order of the network."""
    asked, weights = exercise.asked, network_of(exercise.network).weights
    assert isinstance(asked, AskedUpdate)
    return tuple(weight for weight in weights if asked.weights is None or weight in asked.weights)


def renewed(network: Network, node: str, put: Mapping[str, Tree]) -> Tree:
    """The equation of ``node`` with all nodes before it put in, down to leaves and the names in ``put``."""
    tree = network.equations[node]
    before = (names(tree) & set(network.order)) - put.keys()
    return substitute(tree, {**put, **{name: renewed(network, name, put) for name in before}})


def _moved(name: str, formula: str, offered: tuple[str, ...], scale: str | None) -> AnswerBox:
    """A new weight, which may be off by a share of its step; or what the optimiser keeps, as any value."""
    share = Tolerance(relative=STEP_SHARE, decimals=DECIMALS, scale=scale) if scale else tolerance()
    return AnswerBox(
        id=name, role="new", formula=formula, names=(*offered, *_earlier(formula)), tolerance=share
    )


def _earlier(formula: str) -> tuple[str, ...]:
    """The new quantities that a formula uses."""
    return tuple(dict.fromkeys(re.findall(r"\b\w+_new\b", formula)))


def _after_step(
    network: Network, node: str, after: Mapping[str, Tree], put: Mapping[str, Tree], offered: tuple[str, ...]
) -> AnswerBox:
    """A value after the step; what it may be off by is a share of its change (GRADING.md section 4)."""
    return AnswerBox(
        id=f"{node}_new",
        formula=show(renewed(network, node, after)),
        names=offered,
        tolerance=Tolerance(decimals=DECIMALS, scale=f"({show(renewed(network, node, put))}) - {node}"),
    )


def question(scene: Scene) -> Question:
    """Where does one training step lead?"""
    network, given, rule = scene.network, givens(scene.exercise), _rule_names(scene.exercise)
    shown = scene.shown(*rule, *outer(network), *given)
    loss, (*kept, move) = network.loss, [f"{a} = {b}" for a, b in moved(scene.exercise.update, "w").items()]
    fell = scene.values[f"{loss}_new"] < scene.values[loss]
    is_plain = scene.exercise.update == PLAIN
    return compose(
        scene,
        fields=_fields(scene),
        palette=(*network.weights, *rule, *given, *network.inputs, *network.targets),
        given=shown,
        definitions=(*kept, *(definition(network, node) for node in outer(network))),
        fill={loss: in_words(scene, loss), f"{loss}_new": in_words(scene, f"{loss}_new")}
        | {"yhat": _told(scene, ""), "yhat_new": _told(scene, "_new")}
        | {"rates": scene.told([name for name in rule if name in scene.variant.values])}
        | {"gradients": scene.told(given)}
        | {"verdict": step_text("update")["meaning_fell" if fell else "meaning_rose"]},
        intro="intro" if is_plain else "intro_rule",
        formula=move,
    )


def _told(scene: Scene, suffix: str) -> str:
    """The predictions, rounded as they are asked."""
    predictions = scene.network.predictions
    if len(predictions) == 1:
        return f"`{in_words(scene, predictions[0] + suffix)}`"
    return ", ".join(f"`{name + suffix} = {in_words(scene, name + suffix)}`" for name in predictions)


def in_words(scene: Scene, name: str) -> str:
    """A value after the step, rounded as it is asked."""
    return printed(scene.values[name], DECIMALS)


def _fields(scene: Scene) -> tuple[Field, ...]:
    network, rule = scene.network, scene.exercise.update
    found = []
    for weight in asked_weights(scene.exercise):
        *kept, last = moved(rule, weight)
        found += [answer_field(scene, name, "kept", weight=weight, name=name) for name in kept]
        found.append(answer_field(scene, last, "new", weight=weight))
    for node in network.predictions:
        found.append(
            answer_field(scene, f"{node}_new", "prediction_new", rounded=True, node=node, spoken=spoken(node))
        )
    return (*found, answer_field(scene, f"{network.loss}_new", "loss_new", rounded=True))
