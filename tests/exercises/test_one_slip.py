"""One slip costs one box: every misconception in every box of the bank, and what is worked out from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import isfinite
from pathlib import Path

import pytest

from exercises.question import TOLD, Question, Step
from exercises.steps import job, question
from exercises.steps.scene import Scene
from exercises.variants import variant
from grader.diagnosis import candidates, wrong_numbers
from grader.expression import read
from grader.job import Box, MatrixBox, Outcome, Verdict, answer_boxes
from grader.marking import mark
from grader.misconceptions import SHARED
from grader.numeric import evaluate
from grader.paper import Paper, paper
from grader.tree import names
from tests.exercises.helpers import IDS, published

SEED = 2
ASKED = [name for name in IDS if published(name).exercise.step not in TOLD]
FULL = {Outcome.CORRECT, Outcome.FOLLOW_THROUGH}
GUARD = {"carried-trivial", "carried-regime", "carried-not-finite"}


@dataclass(frozen=True)
class Slip:
    """A submission with one wrong number. ``outcomes``, ``codes``: by number, matrices entry by entry."""

    exercise: str
    place: str
    misconception: str
    answer: str
    verdict: Verdict
    outcomes: dict[str, Outcome]
    codes: dict[str, str | None]
    told: str
    ready: Paper

    @property
    def explained(self) -> frozenset[str]:
        """Every misconception that the wrong number may come from, before one of them is told."""
        asked = self.ready.asked[self.place]
        return candidates(read(self.answer, ()), asked, self.ready.world, self.ready)

    @property
    def affected(self) -> set[str]:
        """The numbers that are worked out from the wrong one, by way of others too."""
        found = {self.place}
        for id, asked in self.ready.asked.items():
            if names(asked.formula) & found:
                found.add(id)
        return found - {self.place}

    @property
    def suspended(self) -> set[str]:
        """The numbers behind the wrong one that the guard has kept from following."""
        lost = {id for id, outcome in self.outcomes.items() if outcome is Outcome.WRONG}
        return {id for id in lost - {self.place} if self.codes[id] in GUARD}

    def __str__(self) -> str:
        return f"{self.exercise}: {self.misconception} in {self.place}: {self.outcomes} {self.codes}"


@cache
def slips(name: str) -> tuple[Slip, ...]:
    """All numbers that an exercise asks, each replaced by one of each misconception in turn."""
    numbers = variant(published(name), SEED)
    asked = question(published(name), numbers)
    scene = Scene(published(name), numbers, answer_boxes(asked.boxes))
    ready = paper(job(asked, published(name), numbers, written(asked, worked_out(scene))))

    @cache
    def marked(place: str, wrong: float) -> tuple[str, Verdict]:
        known = worked_out(scene, place, wrong)
        return known[place], mark(job(asked, published(name), numbers, written(asked, known)))

    def slip(place: str, misconception: str, wrong: float) -> Slip:
        answer, verdict = marked(place, wrong)
        outcomes, codes, told = by_number(asked, verdict, place)
        return Slip(name, place, misconception, answer, verdict, outcomes, codes, told, ready)

    return tuple(
        slip(place, misconception, float(wrong))
        for place in ready.asked
        for misconception, wrong in dict(wrong_numbers(ready.asked[place], ready)).items()
    )


def worked_out(scene: Scene, slip: str = "", wrong: float = 0) -> dict[str, str]:
    """Every number that is asked, by NumPy: right ones, but for ``slip`` and what is worked out from it.

    Where nothing comes of it, as of the logarithm of a negative number, the student writes 9.
    """
    known = dict(scene.values)
    for box in scene.boxes:
        known[box.id] = wrong if box.id == slip else float(evaluate(read(box.formula, known), known))
    return {box.id: f"{known[box.id] if isfinite(known[box.id]) else 9:.12f}" for box in scene.boxes}


def written(asked: Question, known: dict[str, str]) -> dict[str, str | list[str]]:
    """The numbers as they are typed: a matrix row by row."""
    return {box.id: typed(box, known) for box in asked.boxes}


def typed(box: Box, known: dict[str, str]) -> str:
    if not isinstance(box, MatrixBox):
        return known[box.id]
    ids = [entry.id for entry in box.entries]
    rows = [ids[at : at + box.columns] for at in range(0, len(ids), box.columns)]
    return f"[{'; '.join(', '.join(known[id] for id in row) for row in rows)}]"


def by_number(
    asked: Question, verdict: Verdict, place: str
) -> tuple[dict[str, Outcome], dict[str, str | None], str]:
    """Outcome and code of every number, and the misconception that is told of the one at ``place``."""
    outcomes: dict[str, Outcome] = {}
    codes: dict[str, str | None] = {}
    told = ""
    for box, found in zip(asked.boxes, verdict.boxes, strict=True):
        ids = [each.id for each in answer_boxes([box])]
        each = [outcome for row in found.entries for outcome in row] or [found.outcome]
        outcomes |= dict(zip(ids, each, strict=True))
        codes |= dict.fromkeys(ids, found.code)
        told = found.params.get("id", "") if place in ids else told
    return outcomes, codes, told


@pytest.mark.parametrize("name", ASKED)
def test_a_slip_costs_its_own_number_and_no_other(name: str) -> None:
    for slip in slips(name):
        assert slip.outcomes[slip.place] is Outcome.WRONG, slip
        lost = {id for id, outcome in slip.outcomes.items() if outcome not in FULL}
        assert lost == {slip.place} | slip.suspended, slip
        follow = {id for id, outcome in slip.outcomes.items() if outcome is Outcome.FOLLOW_THROUGH}
        assert follow | slip.suspended <= slip.affected, slip


@pytest.mark.parametrize("name", ASKED)
def test_a_slip_costs_the_points_of_one_box_and_no_more(name: str) -> None:
    for slip in slips(name):
        if not slip.suspended:
            assert slip.verdict.possible - 1 <= slip.verdict.points < slip.verdict.possible, slip


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
    assert {published(slip.exercise).exercise.step for slip in tried} == set(Step) - TOLD
    followed = [id for slip in tried for id, each in slip.outcomes.items() if each is Outcome.FOLLOW_THROUGH]
    suspended = [id for slip in tried for id in slip.suspended]
    assert len(followed) > 10 * len(suspended) > 0


def test_of_many_wrong_numbers_close_together_the_nearest_explains() -> None:
    """Each of eight other gradients taken for the own one gives a new weight between -1.54 and -1.68."""
    ready = slips("matrix-update")[0].ready
    asked = ready.asked["w12_new"]
    for misconception, wrong in wrong_numbers(asked, ready):
        assert misconception in candidates(read(f"{float(wrong):.12f}", ()), asked, ready.world, ready)
