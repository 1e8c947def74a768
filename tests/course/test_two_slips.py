"""Two slips in one box: what the page says of them."""

from __future__ import annotations

import pytest

from course.work.feedback import mark
from exercises.prose import texts
from exercises.question import Field
from grader.job import BoxVerdict, Outcome
from grader.misconceptions import SECOND

FIELD = Field(id="grad_w1", symbol="grad_w1", words="", nudge="?")


def said(**params: str) -> str:
    verdict = BoxVerdict(id="grad_w1", outcome=Outcome.WRONG, code="misconception", params=params)
    return str(mark(FIELD, verdict, "1").say)


def test_two_slips_are_told_as_a_question_and_a_shorter_one() -> None:
    text = said(**{"id": "H-noact", "and": "G-sign"})

    assert text.startswith("Between the sum and the unit")
    assert text.endswith("does the loss rise or fall?")


def test_the_length_of_a_step_is_told_after_its_direction() -> None:
    text = said(**{"id": "U-noalpha", "and": "U-ascent"})

    assert text.startswith("Work out the loss after your update. Did it fall?")
    assert "which symbol of the rule is missing" in text


@pytest.mark.parametrize(
    ("one", "other"),
    sorted({(a, b) for kind in SECOND.values() for a, (_, firsts) in kind.items() for b in firsts}),
)
def test_every_pair_has_two_questions(one: str, other: str) -> None:
    assert {one, other} & texts("second").keys()
    assert said(**{"id": other, "and": one}).count("?") >= 2
