"""Diagnosis on drawn variants of the bank: what a wrong rule answers is told by that rule's name."""

import re
from collections import Counter

import pytest

from exercises.question import Question, Step
from exercises.selftest import right_answers
from exercises.steps import job, question
from exercises.variants import variant
from grader.diagnosis import wrong_numbers
from grader.job import Outcome, answer_boxes
from grader.marking import mark
from grader.misconceptions import SHARED
from grader.paper import paper
from tests.exercises.helpers import IDS, published

ASKED = [name for name in IDS if published(name).exercise.step is not Step.TRAP]


def entries(asked: Question) -> list[tuple[int, int, str]]:
    """(place of the box, place in it, id) of every number that is asked, in a box alone or in a matrix."""
    boxes = enumerate(asked.boxes)
    return [(place, at, each.id) for place, box in boxes for at, each in enumerate(answer_boxes([box]))]


def exchanged(answer: str, at: int, number: str) -> str:
    """The answer with another number in that place."""
    parts = re.split(r"([^\[\]; ,]+)", answer)
    return "".join([*parts[: 2 * at + 1], number, *parts[2 * at + 2 :]])


def told(name: str, seed: int) -> Counter[str]:
    """How often a wrong rule of any box is told by its name, by what it shares, by another name, or not."""
    numbers = variant(published(name), seed)
    asked = question(published(name), numbers)
    answers = right_answers(asked)
    ready = paper(job(asked, published(name), numbers, answers))
    found: Counter[str] = Counter()
    for place, at, entry in entries(asked):
        for misconception, number in wrong_numbers(ready.asked[entry], ready):
            box = asked.boxes[place].id
            typed = answers | {box: exchanged(str(answers[box]), at, f"{float(number):.6f}")}
            verdict = mark(job(asked, published(name), numbers, typed)).boxes[place]
            kinds = {misconception: "own", "": "nothing"} | dict.fromkeys(SHARED, "shared")
            told = kinds.get(verdict.params.get("id", ""), "other")
            found[told if verdict.outcome in {Outcome.WRONG, Outcome.PARTIAL} else "accepted"] += 1
    return found


@pytest.mark.parametrize("seed", [2])
def test_nine_in_ten_wrong_answers_are_told_by_their_own_name(seed: int) -> None:
    found = sum((told(name, seed) for name in ASKED), Counter[str]())
    assert found["own"] > 0.88 * found.total()
    assert found["own"] + found["shared"] > 0.95 * found.total()
    assert found["other"] < 0.02 * found.total()
    assert found["accepted"] < 0.003 * found.total()  # on the edge of what rounding allows
