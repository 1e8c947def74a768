"""Step 5, update: the new weights, then the prediction and the loss that they give."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from exercises.bank import AskedUpdate, Exercise
from exercises.prose import printed, step_text
from exercises.question import Field, Question
from exercises.steps.scene import DECIMALS, Scene, answer_field, compose
from exercises.structure import definition, network_of, outer, substitute
from grader.expression import show
from grader.job import AnswerBox, Tolerance
from grader.network import Network
from grader.tree import Binary, Name, Tree, names

STEP_SHARE = Decimal("0.025")  # of the step alpha*g; GRADING.md section 4


def boxes(exercise: Exercise) -> tuple[AnswerBox, ...]:
    """A box for each asked new weight, then the new prediction and the new loss."""
    network, asked = network_of(exercise.network), asked_weights(exercise)
    prediction, loss = network.prediction, network.loss
    offered = (*network.leaves, "alpha", *outer(network), *givens(exercise))
    after: dict[str, Tree] = {w: Name(f"{w}_new") if w in asked else rule(w) for w in network.weights}
    new = f"{prediction}_new"
    later = (*offered, *(f"{weight}_new" for weight in asked))
    return (
        *(_moved(weight, offered) for weight in asked),
        _after_step(network, prediction, after, later),
        _after_step(network, loss, after | {prediction: Name(new)}, (*later, new)),
    )


def givens(exercise: Exercise) -> tuple[str, ...]:
    """The gradients, which this step gives."""
    return tuple(f"grad_{weight}" for weight in network_of(exercise.network).weights)


def asked_weights(exercise: Exercise) -> tuple[str, ...]:
    """The weights whose new values are asked, in the order of the network."""
    asked, weights = exercise.asked, network_of(exercise.network).weights
    assert isinstance(asked, AskedUpdate)
    return tuple(weight for weight in weights if asked.weights is None or weight in asked.weights)


def rule(weight: str) -> Tree:
    """``w1 - alpha*grad_w1``."""
    return Binary("-", Name(weight), Binary("*", Name("alpha"), Name(f"grad_{weight}")))


def renewed(network: Network, node: str, put: Mapping[str, Tree]) -> Tree:
    """The equation of ``node`` with all nodes before it put in, down to leaves and the names in ``put``."""
    tree = network.equations[node]
    before = (names(tree) & set(network.order)) - put.keys()
    return substitute(tree, {**put, **{name: renewed(network, name, put) for name in before}})


def _moved(weight: str, offered: tuple[str, ...]) -> AnswerBox:
    return AnswerBox(
        id=f"{weight}_new",
        role="new",
        formula=f"{weight} - alpha*grad_{weight}",
        names=offered,
        tolerance=Tolerance(relative=STEP_SHARE, decimals=DECIMALS, scale=f"alpha*grad_{weight}"),
    )


def _after_step(
    network: Network, node: str, after: Mapping[str, Tree], offered: tuple[str, ...]
) -> AnswerBox:
    """A value after the step; what it may be off by is a share of its change (GRADING.md section 4)."""
    right = renewed(network, node, {weight: rule(weight) for weight in network.weights})
    return AnswerBox(
        id=f"{node}_new",
        formula=show(renewed(network, node, after)),
        names=offered,
        tolerance=Tolerance(decimals=DECIMALS, scale=f"({show(right)}) - {node}"),
    )


def question(scene: Scene) -> Question:
    """Where does one training step lead?"""
    network, given = scene.network, givens(scene.exercise)
    prediction, loss = network.prediction, network.loss
    shown = {name: scene.text(name) for name in (*network.leaves, "alpha", *outer(network), *given)}
    after = {name: in_words(scene, name) for name in (prediction, loss, f"{prediction}_new", f"{loss}_new")}
    fell = scene.values[f"{loss}_new"] < scene.values[loss]
    return compose(
        scene,
        fields=_fields(scene),
        palette=(*network.weights, "alpha", *given, *network.inputs, network.target),
        given=shown,
        definitions=tuple(definition(network, node) for node in outer(network)),
        fill=after
        | {"alpha": shown["alpha"]}
        | {"gradients": ", ".join(f"`{name} = {shown[name]}`" for name in given)}
        | {"verdict": step_text("update")["meaning_fell" if fell else "meaning_rose"]},
        formula="w_new = w - alpha*grad_w",
    )


def in_words(scene: Scene, name: str) -> str:
    """A value after the step, rounded as it is asked."""
    return printed(scene.values[name], DECIMALS)


def _fields(scene: Scene) -> tuple[Field, ...]:
    after = ((scene.network.prediction, "prediction_new"), (scene.network.loss, "loss_new"))
    return (
        *(answer_field(scene, f"{name}_new", "new", weight=name) for name in asked_weights(scene.exercise)),
        *(answer_field(scene, f"{node}_new", kind, rounded=True) for node, kind in after),
    )
