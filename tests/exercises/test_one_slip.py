"""One slip costs one box: every wrong rule in every box of the bank, and what is worked out from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from exercises.question import Question, Step
from exercises.steps import job, question
from exercises.steps.scene import Scene
from exercises.variants import variant
from grader.diagnosis import candidates, wrong_numbers
from grader.expression import read
from grader.job import AnswerBox, BoxVerdict, Outcome
from grader.marking import mark
from grader.misconceptions import SHARED
from grader.numeric import evaluate
from grader.paper import Paper, paper
from grader.tree import names
from tests.exercises.helpers import IDS, published

SEED = 2
ASKED = [name for name in IDS if published(name).exercise.step is not Step.TRAP]
GUARD = {"carried-trivial", "carried-regime", "carried-not-finite"}


@dataclass(frozen=True)
class Slip:
    """A submission with one wrong box, and the verdicts on all of its boxes."""

    exercise: str
    box: str
    misconception: str
    answer: str
    verdicts: dict[str, BoxVerdict]
    ready: Paper

    @property
    def told(self) -> str:
        return self.verdicts[self.box].params.get("id", "")

    @property
    def explained(self) -> frozenset[str]:
        """Every misconception that the wrong number may come from, before one of them is told."""
        asked = self.ready.asked[self.box]
        return candidates(read(self.answer, ()), asked, self.ready.world, self.ready)

    @property
    def affected(self) -> set[str]:
        """The boxes that are worked out from the wrong one, by way of others too."""
        found = {self.box}
        for id, asked in self.ready.asked.items():
            if names(asked.formula) & found:
                found.add(id)
        return found - {self.box}

    def __str__(self) -> str:
        boxes = [(box.id, str(box.outcome), box.code, box.value) for box in self.verdicts.values()]
        return f"{self.exercise}: {self.misconception} in {self.box}: {boxes}"


@cache
def slips(name: str) -> tuple[Slip, ...]:
    """All boxes of an exercise, each with the number of each wrong rule in turn."""
    numbers = variant(published(name), SEED)
    asked = question(published(name), numbers)
    scene = Scene(published(name), numbers, answer_boxes(asked))
    ready = paper(job(asked, published(name), numbers, worked_out(scene)))

    @cache
    def marked(box: str, wrong: float) -> tuple[str, dict[str, BoxVerdict]]:
        answers = worked_out(scene, box, wrong)
        found = mark(job(asked, published(name), numbers, answers))
        return answers[box], {each.id: each for each in found.boxes}

    return tuple(
        Slip(name, box, misconception, *marked(box, float(wrong)), ready)
        for box in ready.asked
        for misconception, wrong in wrong_numbers(ready.asked[box], ready)
    )


def answer_boxes(asked: Question) -> tuple[AnswerBox, ...]:
    return tuple(box for box in asked.boxes if isinstance(box, AnswerBox))


def worked_out(scene: Scene, slip: str = "", wrong: float = 0) -> dict[str, str]:
    """The answer to every box, by NumPy: the right ones, but for ``slip`` and what is worked out from it."""
    known = dict(scene.values)
    for box in scene.boxes:
        known[box.id] = wrong if box.id == slip else float(evaluate(read(box.formula, known), known))
    return {box.id: f"{known[box.id]:.12f}" for box in scene.boxes}


@pytest.mark.parametrize("name", ASKED)
def test_a_slip_costs_its_own_box_and_no_other(name: str) -> None:
    for slip in slips(name):
        suspended = {id for id, box in slip.verdicts.items() if box.code in GUARD}
        lost = {id for id, box in slip.verdicts.items() if not box.points}
        assert lost == {slip.box} | suspended, slip
        assert slip.verdicts[slip.box].outcome is Outcome.WRONG, slip
        follow = {id for id, box in slip.verdicts.items() if box.outcome is Outcome.FOLLOW_THROUGH}
        assert follow | suspended <= slip.affected, slip


@pytest.mark.parametrize("name", ASKED)
def test_a_slip_is_told_by_its_rule_or_lies_in_the_tie(name: str) -> None:
    for slip in slips(name):
        if slip.told != slip.misconception:
            assert slip.misconception in slip.explained, slip
            assert slip.told in {"", *SHARED} | slip.explained, slip


def test_every_wrong_rule_and_every_step_is_among_the_slips() -> None:
    table = json.loads((Path(__file__).parents[1] / "tables" / "misconceptions.json").read_text())
    tried = [slip for name in ASKED for slip in slips(name)]
    assert {case["id"] for case in table["cases"]} <= {slip.misconception for slip in tried}
    assert {published(slip.exercise).exercise.step for slip in tried} == set(Step) - {Step.TRAP}
    followed = [box for slip in tried for box in slip.verdicts.values() if box.code == "follow-through"]
    suspended = [box for slip in tried for box in slip.verdicts.values() if box.code in GUARD]
    assert len(followed) > 10 * len(suspended) > 0
