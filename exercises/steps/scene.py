"""One exercise on one variant with everything worked out: what the step kinds build their questions from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

from exercises.bank import Exercise
from exercises.diagram import Marks, draw
from exercises.prose import LONGEST, box_text, ladder, note, plain, printed, step_text
from exercises.published import Published
from exercises.question import Diagram, Field, Question, Variant
from exercises.structure import inexact, network_of, outer
from grader.expression import read
from grader.formula import DERIVATIVE
from grader.job import AnswerBox, Box, Tolerance, answer_boxes
from grader.network import Network
from grader.numeric import evaluate, quantities

DECIMALS = 4  # asked wherever a right answer need not end earlier


@dataclass(frozen=True)
class Scene:
    """An exercise's network with a variant's numbers in it. ``boxes`` are those of the exercise's step."""

    published: Published
    variant: Variant
    boxes: tuple[AnswerBox, ...]

    @property
    def exercise(self) -> Exercise:
        """What is asked."""
        return self.published.exercise

    @cached_property
    def network(self) -> Network:
        """The graph of the exercise."""
        return network_of(self.exercise.network)

    @cached_property
    def values(self) -> dict[str, float]:
        """Every quantity of the network at the variant's numbers, and the right answer of each box."""
        leaves = {name: float(text) for name, text in self.variant.values.items()}
        used = {name for box in self.boxes for name in DERIVATIVE.findall(box.formula)}
        found = {name: float(value) for name, value in quantities(self.network, leaves, used).items()}
        for box in self.boxes:
            found[box.id] = float(evaluate(read(box.formula, found), found))
        return found

    def text(self, name: str) -> str:
        """A quantity as it is printed: exact where it ends, else to four decimals."""
        return printed(self.values[name], DECIMALS if inexact(self.network) else LONGEST)

    def told(self, names: Sequence[str]) -> str:
        """Quantities in prose: `` `yhat = 0.7` ``, with commas between several."""
        return ", ".join(f"`{name} = {self.text(name)}`" for name in names)

    def shown(self, *more: str) -> dict[str, str]:
        """Printed values of what the network is given and of what is named besides."""
        return {name: self.text(name) for name in (*self.network.given, *more)}


def tolerance() -> Tolerance:
    """Half a percent of the right answer, or half a unit of the fourth decimal (GRADING.md section 4)."""
    return Tolerance(decimals=DECIMALS)


def allowance(boxes: Sequence[Box]) -> str:
    """How far a number may be off, in words; what a student is told is what is marked by."""
    asked = answer_boxes(boxes)
    steps = [box.tolerance for box in asked if box.role == "new" and box.tolerance.scale is not None]
    shares = [box.tolerance for box in asked if box.tolerance not in steps]
    share = _percent(max((each.relative for each in shares), default=Decimal(0)))
    if not steps:
        return note("allowed", share=share)
    return note("allowed_step", share=share, step=_percent(max(each.relative for each in steps)))


def _percent(share: Decimal) -> str:
    return plain(share * 100, 2)


def answer_field(
    scene: Scene, box: str, kind: str, *, link: int | None = None, rounded: bool = False, **fill: object
) -> Field:
    """How an answer box is shown, in the words of its ``kind``; ``rounded``: say how many decimals."""
    says = box_text(kind, **fill)
    return Field(
        id=box,
        symbol=box,
        words=says["words"],
        gloss=says["gloss"],
        nudge=says["nudge"],
        link=link,
        product=kind in ("product", "paths"),
        digits=note("digits", decimals=DECIMALS) if rounded or inexact(scene.network) else "",
    )


def compose(
    scene: Scene,
    *,
    fields: tuple[Field, ...],
    palette: Sequence[str],
    given: Mapping[str, str],
    definitions: tuple[str, ...],
    fill: Mapping[str, str],
    intro: str = "intro",
    meaning: str = "meaning",
    remarks: Sequence[str] = (),
    formula: str | None = None,
    marks: Marks = MappingProxyType({}),
    weight: str | None = None,
) -> Question:
    """A question in the words of its step; ``fill`` fills the braces of its texts."""
    exercise, asked = scene.exercise, scene.exercise.asked
    says = step_text(exercise.step)
    return Question(
        exercise=exercise.id,
        step=exercise.step,
        title=asked.title or says["title"].format(**fill),
        task=says["task"],
        intro=" ".join([says[intro].format(**fill), *remarks]),
        fields=fields,
        boxes=scene.boxes,
        names=tuple(palette),
        numbers=dict(given),
        diagram=_drawn(scene, given, marks, weight),
        table=_table(scene, given),
        allowance=allowance(scene.boxes),
        formula=formula,
        definitions=definitions,
        hints=asked.hints or ladder(says["hints"]),
        meaning=says[meaning].format(**fill),
        lesson_page=says["lesson_page"],
        solution={box.id: scene.text(box.id) for box in scene.boxes},
    )


def _drawn(scene: Scene, given: Mapping[str, str], marks: Marks, weight: str | None) -> Diagram:
    """The network; of a batch that of one example, with what all examples share."""
    if not scene.exercise.one:
        return draw(scene.network, given, marks, weight)
    network = network_of(scene.exercise.one)
    own = {name: "" for name in (*network.order, *network.given) if name not in network.weights}
    return draw(network, {**given, **own}, asked=weight)


def _table(scene: Scene, given: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """What is given of each example of a batch: a row of names, then a row an example; else nothing."""
    if not scene.exercise.one:
        return ()
    one = network_of(scene.exercise.one)
    names = [name for name in (*one.given, *outer(one)) if f"{name}_a" in given]
    rows = (tuple(given[f"{name}_{letter}"] for name in names) for letter in examples_of(scene.network, one))
    return (tuple(names), *rows)


def examples_of(network: Network, one: Network) -> list[str]:
    """The letters of the examples of a batch."""
    return [loss.removeprefix(f"{one.loss}_") for loss in network.losses if loss != one.loss]
