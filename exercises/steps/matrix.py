"""The steps on a network written in vectors and matrices: every box asks for a whole one.

Underneath, every entry is a box of its own, as on any network; here they are put together for the page.

Legend
------
whole     what one box asks for, ``grad_W``, and the ids of its entries, ``grad_w11`` ..., row by row
given     a vector or matrix of the network that the page shows with its numbers
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exercises.asked import AskedGradient, AskedUpdate
from exercises.bank import Exercise
from exercises.diagram import draw
from exercises.prose import note, spoken, step_text, texts
from exercises.question import Field, Question, Step
from exercises.recursion import back
from exercises.steps import update
from exercises.steps.scene import DECIMALS, Scene, allowance, tolerance
from exercises.steps.update import in_words
from exercises.structure import inexact, network_of, outer
from exercises.vectors import entries
from grader.expression import show
from grader.job import AnswerBox, MatrixBox
from grader.network import RATE, Network


@dataclass(frozen=True, slots=True)
class Whole:
    """One box of the page. ``name``: the quantity whose value, slope or new value it asks."""

    id: str
    name: str
    entries: tuple[str, ...]


def is_whole(exercise: Exercise) -> bool:
    """Whether an exercise asks for whole vectors and matrices."""
    if isinstance(exercise.asked, AskedGradient):
        return exercise.asked.weight in exercise.shapes
    return bool(exercise.shapes) and exercise.step in (Step.PREDICTION, Step.UPDATE)


def prediction_boxes(exercise: Exercise) -> tuple[AnswerBox, ...]:
    """The entries of every vector before the loss; each may use the vectors before it."""
    network = network_of(exercise.network)
    found: list[AnswerBox] = []
    leaves = [name for name in network.leaves if name not in network.targets]
    for whole in _wholes(exercise):
        names = (*leaves, *(box.id for box in found))
        found += [
            AnswerBox(id=entry, formula=show(network.equations[entry]), names=names, tolerance=tolerance())
            for entry in whole.entries
        ]
    return tuple(found)


def gradient_boxes(exercise: Exercise) -> tuple[AnswerBox, ...]:
    """The entries of every slope on the way back, then those of the gradient."""
    network, formulas = network_of(exercise.network), _back(exercise)
    found: list[AnswerBox] = []
    for whole in _wholes(exercise):
        names = (*network.given, *network.order, *(box.id for box in found))
        role = "product" if whole.id == f"grad_{exercise.weight}" else "link"
        found += [
            AnswerBox(id=entry, role=role, formula=formula, names=names, tolerance=tolerance())
            for entry, formula in formulas[whole.id].items()
        ]
    return tuple(found)


def update_boxes(exercise: Exercise) -> tuple[AnswerBox, ...]:
    """The entries of the new weights, then those of the new predictions and the new loss."""
    boxes = {box.id: box for box in update.boxes(_by_entry(exercise))}
    return tuple(boxes[entry] for whole in _wholes(exercise) for entry in whole.entries)


def question(scene: Scene) -> Question:
    """The question of any of these steps."""
    exercise = scene.exercise
    says = texts("matrix")["steps"]["gradient" if exercise.weight else exercise.step.value]
    wholes, given, fill = _wholes(exercise), _given(exercise), _fill(scene)
    numbers = scene.shown(*_known(scene), *(entry for whole in given for entry in whole.entries))
    return Question(
        exercise=exercise.id,
        step=exercise.step,
        title=exercise.asked.title or says["title"].format(**fill),
        task=says["task"],
        intro=" ".join([says["intro"].format(**fill), _shapes(exercise, given), texts("matrix")["typing"]]),
        fields=tuple(_field(scene, whole) for whole in wholes),
        boxes=tuple(_together(scene, whole) for whole in wholes),
        allowance=allowance(scene.boxes),
        names=(),
        numbers=numbers,
        diagram=draw(scene.network, _without_weights(scene, numbers)),
        formula="w_new = w - alpha*grad_w" if exercise.step is Step.UPDATE else None,
        definitions=(*_equations(exercise), *(f"{whole.id} = {_printed(scene, whole)}" for whole in given)),
        hints=exercise.asked.hints or tuple(says["hints"]),
        meaning=says["meaning"].format(**fill),
        lesson_page=step_text(exercise.step)["lesson_page"],
        solution={whole.id: _printed(scene, whole) for whole in wholes},
    )


def _without_weights(scene: Scene, numbers: dict[str, str]) -> dict[str, str]:
    """What is written into the drawing: the weights stand in their matrices."""
    return {name: number for name, number in numbers.items() if name not in scene.network.weights}


def _wholes(exercise: Exercise) -> list[Whole]:
    """What the page asks for, in the order in which it is worked out."""
    if isinstance(exercise.asked, AskedGradient):
        return [
            Whole(name, name.removeprefix("grad_").removeprefix("dL_d"), tuple(formulas))
            for name, formulas in _back(exercise).items()
        ]
    *before, loss = exercise.written
    if isinstance(exercise.asked, AskedUpdate):
        predictions = set(network_of(exercise.network).predictions)
        ends = [name for name in before if predictions & set(_entries(exercise, name))]
        names = (*_moving(exercise), *ends, loss)
        return [
            Whole(f"{name}_new", name, tuple(f"{entry}_new" for entry in _entries(exercise, name)))
            for name in names
        ]
    return [Whole(name, name, _entries(exercise, name)) for name in before]


def _back(exercise: Exercise) -> dict[str, dict[str, str]]:
    asked = exercise.asked
    assert isinstance(asked, AskedGradient)
    return back(network_of(exercise.network), exercise.written, exercise.shapes, asked.weight)


def _moving(exercise: Exercise) -> list[str]:
    """The weights whose new values are asked, as they were written."""
    asked = exercise.asked
    assert isinstance(asked, AskedUpdate)
    return [name for name in _weights(exercise) if asked.weights is None or name in asked.weights]


def _weights(exercise: Exercise) -> list[str]:
    """All weights, vectors and matrices whole."""
    weights = network_of(exercise.network).weights
    whole = [name for name in exercise.shapes if set(_entries(exercise, name)) <= set(weights)]
    parts = {entry for name in whole for entry in _entries(exercise, name)}
    return [*whole, *(weight for weight in weights if weight not in parts)]


def _by_entry(exercise: Exercise) -> Exercise:
    """The same update of the same weights, each entry on its own."""
    weights = tuple(entry for name in _moving(exercise) for entry in _entries(exercise, name))
    return exercise.model_copy(update={"asked": exercise.asked.model_copy(update={"weights": weights})})


def _entries(exercise: Exercise, name: str) -> tuple[str, ...]:
    return entries(name, exercise.shapes.get(name, ()))


def _given(exercise: Exercise) -> list[Whole]:
    """The vectors and matrices that the page shows: what is given, and what was worked out before."""
    is_forward = exercise.step is Step.PREDICTION
    known = [name for name in exercise.shapes if not (is_forward and name in exercise.written)]
    found = [Whole(name, name, _entries(exercise, name)) for name in known]
    if exercise.step is not Step.UPDATE:
        return found
    return found + [
        Whole(f"grad_{name}", name, tuple(f"grad_{entry}" for entry in _entries(exercise, name)))
        for name in _weights(exercise)
    ]


def _known(scene: Scene) -> list[str]:
    """The nodes whose values are given: none where the forward pass is asked."""
    return [] if scene.exercise.step is Step.PREDICTION else outer(scene.network)


def _equations(exercise: Exercise) -> list[str]:
    """The network as its author wrote it; without the loss where it is not yet asked about."""
    *before, loss = exercise.written
    shown = before if exercise.step is Step.PREDICTION else [*before, loss]
    return [f"{name} = {exercise.written[name]}" for name in shown]


def _shapes(exercise: Exercise, given: Sequence[Whole]) -> str:
    says = texts("matrix")
    told = (
        says["shape"].format(name=whole.id, rows=rows, columns=columns)
        for whole in given
        for rows, columns in [_size(exercise, whole)]
    )
    return str(says["shapes"].format(shapes=", ".join(told)))


def _size(exercise: Exercise, whole: Whole) -> tuple[int, int]:
    """Rows and columns; a vector is one column, a number one of it."""
    rows, columns = (*exercise.shapes.get(whole.name, ()), 1, 1)[:2]
    return rows, columns


def _together(scene: Scene, whole: Whole) -> AnswerBox | MatrixBox:
    """One box for all entries; where it is a number, its own."""
    boxes = {box.id: box for box in scene.boxes}
    parts = [boxes[entry] for entry in whole.entries]
    if whole.name not in scene.exercise.shapes:
        return parts[0]
    rows, columns = _size(scene.exercise, whole)
    names = parts[0].names
    return MatrixBox(
        id=whole.id,
        rows=rows,
        columns=columns,
        entries=tuple(part.model_copy(update={"names": names}) for part in parts),
        like=whole.name if whole.id != whole.name else None,
    )


def _field(scene: Scene, whole: Whole) -> Field:
    exercise, network = scene.exercise, scene.network
    kind, what = "node", ""
    if exercise.weight:
        kind = "gradient" if whole.id.startswith("grad_") else "back"
    elif exercise.step is Step.UPDATE and whole.name not in exercise.written:
        kind = "new"
    else:
        what = texts("matrix")["what"][_role(whole, network)]
    fill = {"name": whole.name, "spoken": spoken(whole.name), "what": what}
    says = {key: text.format(**fill) for key, text in texts("matrix")["boxes"][kind].items()}
    is_rounded = inexact(network) or exercise.step is Step.UPDATE
    return Field(
        id=whole.id,
        symbol=whole.id,
        words=says["words"],
        gloss=says["gloss"],
        nudge=says["nudge"],
        digits=note("digits", decimals=DECIMALS) if is_rounded else "",
    )


def _role(whole: Whole, network: Network) -> str:
    """What a vector of the forward pass is, before or after the step."""
    suffix = whole.id.removeprefix(whole.name)
    if whole.name == network.loss:
        return f"loss{suffix}"
    first = whole.entries[0].removesuffix("_new")
    if first in network.predictions:
        return f"prediction{suffix}"
    return "sums" if first in network.inner else "values"


def _fill(scene: Scene) -> dict[str, str]:
    """What the braces of the step's texts are filled with."""
    network, exercise = scene.network, scene.exercise
    fill = {"weight": exercise.weight or "", "alpha": scene.told([RATE])}
    fill |= {"predictions": scene.told(network.predictions), "targets": scene.told(network.targets)}
    if exercise.step is Step.UPDATE:
        predictions, loss = network.predictions, network.loss
        fill |= {"before": _rounded(scene, *predictions), "loss_before": _rounded(scene, loss)}
        fill |= {"after": _rounded(scene, *(f"{name}_new" for name in predictions))}
        fill |= {"loss_after": _rounded(scene, f"{loss}_new")}
    return fill


def _rounded(scene: Scene, *names: str) -> str:
    return ", ".join(f"`{in_words(scene, name)}`" for name in names)


def _printed(scene: Scene, whole: Whole) -> str:
    """A matrix as a student may type it: ``[1, 2; 3, 4]``, a vector as ``[1; 2]``; a number as it is."""
    numbers = [scene.text(entry) for entry in whole.entries]
    if whole.name not in scene.exercise.shapes:
        return numbers[0]
    _, columns = _size(scene.exercise, whole)
    rows = (", ".join(numbers[at : at + columns]) for at in range(0, len(numbers), columns))
    return f"[{'; '.join(rows)}]"
