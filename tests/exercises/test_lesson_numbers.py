"""The seed network gives every number of the lesson, to the last digit (TEACHING.md section 1.1)."""

from decimal import Decimal

import pytest

from tests.exercises.helpers import asked

LESSON = {
    "seed-prediction": {"h1": "0.6", "h2": "0.4", "yhat": "0.7"},
    "seed-loss": {"L": "0.09"},
    "seed-w3": {"dL_dyhat": "-0.6", "dyhat_dw3": "0.6", "grad_w3": "-0.36"},
    "seed-w4": {"dL_dyhat": "-0.6", "dyhat_dw4": "0.4", "grad_w4": "-0.24"},
    "seed-w1": {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"},
    "seed-w2": {"dL_dyhat": "-0.6", "dyhat_dh2": "-1.25", "dh2_dw2": "0.8", "grad_w2": "0.6"},
    "seed-update": {
        "w1_new": "1.26",
        "w2_new": "0.44",
        "w3_new": "2.036",
        "w4_new": "-1.226",
        "yhat_new": "0.851128",
        "L_new": "0.022162872384",
    },
    "biases-update": {
        "w1_new": "1.412",
        "b1_new": "-0.076",
        "w2_new": "0.3336",
        "b2_new": "0.202",
        "w3_new": "0.436",
        "w4_new": "0.724",
        "b3_new": "0.24",
        "yhat_new": "0.85414912",
    },
    "biases-w1": {"grad_w1": "-0.12"},
    "biases-b1": {"dh1_db1": "1", "grad_b1": "-0.24"},
    "full-update": {
        "w11_new": "0.406",
        "w12_new": "0.5096",
        "w21_new": "0.6835",
        "w22_new": "0.1696",
        "v1_new": "0.236",
        "v2_new": "1.474",
    },
    "tanh-update": {"yhat_new": "0.8509", "L_new": "0.0222"},
}


@pytest.mark.parametrize("name", LESSON)
def test_variant_one_has_the_numbers_of_the_lesson(name: str) -> None:
    solution = asked(name).solution

    assert {box: Decimal(solution[box]) for box in LESSON[name]} == {
        box: Decimal(number) for box, number in LESSON[name].items()
    }


def test_the_updated_full_layer_predicts_what_the_teaching_notes_say() -> None:
    solution = asked("full-update").solution

    assert round(Decimal(solution["yhat_new"]), 7) == Decimal("0.8478523")
    assert round(Decimal(solution["L_new"]), 8) == Decimal("0.02314892")
