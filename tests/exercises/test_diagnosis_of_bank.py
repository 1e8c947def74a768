"""Diagnosis on drawn variants of the bank: what a wrong rule answers is told by that rule's name."""

from collections import Counter

import pytest

from exercises.question import Step
from exercises.selftest import right_answers
from exercises.steps import job, question
from exercises.variants import variant
from grader.diagnosis import wrong_numbers
from grader.job import AnswerBox, Outcome
from grader.marking import mark
from grader.misconceptions import SHARED
from grader.paper import paper
from tests.exercises.helpers import IDS, published

ASKED = [name for name in IDS if published(name).exercise.step is not Step.TRAP]


def told(name: str, seed: int) -> Counter[str]:
    """How often a wrong rule of any box is told by its name, by what it shares, by another name, or not."""
    numbers = variant(published(name), seed)
    asked = question(published(name), numbers)
    answers = right_answers(asked)
    ready = paper(job(asked, published(name), numbers, answers))
    found: Counter[str] = Counter()
    for place, box in enumerate(asked.boxes):
        assert isinstance(box, AnswerBox)
        for misconception, number in wrong_numbers(ready.asked[box.id], ready):
            typed = answers | {box.id: f"{float(number):.6f}"}
            verdict = mark(job(asked, published(name), numbers, typed)).boxes[place]
            kinds = {misconception: "own", "": "nothing"} | dict.fromkeys(SHARED, "shared")
            told = kinds.get(verdict.params.get("id", ""), "other")
            found[told if verdict.outcome is Outcome.WRONG else "accepted"] += 1
    return found


@pytest.mark.parametrize("seed", [2])
def test_nine_in_ten_wrong_answers_are_told_by_their_own_name(seed: int) -> None:
    found = sum((told(name, seed) for name in ASKED), Counter[str]())
    assert found["own"] > 0.88 * found.total()
    assert found["own"] + found["shared"] > 0.95 * found.total()
    assert found["other"] < 0.02 * found.total()
    assert found["accepted"] < 0.003 * found.total()  # on the edge of what rounding allows
