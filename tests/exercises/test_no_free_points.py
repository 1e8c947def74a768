"""Points are for what was worked out: not for a box left trivial on the way, and not for two guesses."""

from __future__ import annotations

import pytest

from exercises.steps import job, question
from exercises.variants import variant
from grader.job import BoxVerdict, Outcome
from grader.marking import mark
from tests.exercises.helpers import published


def verdicts(exercise: str, seed: int, **answers: str) -> dict[str, BoxVerdict]:
    ready = published(exercise)
    numbers = variant(ready, seed)
    asked = question(ready, numbers)
    return {box.id: box for box in mark(job(asked, ready, numbers, asked.solution | answers)).boxes}


@pytest.mark.parametrize("seed", [1, 3])
def test_a_formula_of_a_wrong_box_does_not_make_a_later_number_right(seed: int) -> None:
    found = verdicts("deep-prediction", seed, h1="0", h2="sigmoid(w2*h1)", h3="leaky(w3*sigmoid(0))")

    assert found["h1"].outcome is Outcome.WRONG
    assert found["h3"].outcome is not Outcome.CORRECT


def test_a_trivial_value_does_not_pass_through_a_formula() -> None:
    found = verdicts("deep-prediction", 3, h2="0", h3="leaky(w3*h2)", yhat="0")

    assert found["yhat"].outcome is Outcome.WRONG
    assert found["yhat"].points == 0


def test_a_wrong_new_weight_does_not_make_the_new_loss_right_by_a_formula_between() -> None:
    ready = published("biases-update")
    formula = next(box.formula for box in question(ready, variant(ready, 1)).boxes if box.id == "yhat_new")

    found = verdicts("biases-update", 1, b1_new="17", yhat_new=formula, L_new="786.76")

    assert found["L_new"].outcome is not Outcome.CORRECT


@pytest.mark.parametrize("typed", ["-0.6 = 0.6", "0.6 = -0.6", "(-0.6) = 1*0.6"])
def test_two_numbers_with_an_equals_sign_earn_nothing(typed: str) -> None:
    found = verdicts("seed-w3", 1, dL_dyhat=typed)["dL_dyhat"]

    assert (found.outcome, found.points) == (Outcome.WRONG, 0)


def test_a_formula_with_a_slip_of_arithmetic_keeps_its_half() -> None:
    assert verdicts("seed-w3", 1, dL_dyhat="2*(0.7 - 1) = -0.5")["dL_dyhat"].outcome is Outcome.PARTIAL
