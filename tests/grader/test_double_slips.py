"""Two slips at once: found only where no single one explains the number, and told as two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.diagnosis import settled
from grader.job import BoxVerdict, Outcome
from grader.misconceptions import RULES, SECOND
from tests.grader.diagnosing import LEAKY, TANH, TANH_VALUES, explained_by, number, told

INSTANCES = json.loads((Path(__file__).parent.parent / "tables" / "misconceptions.json").read_text())[
    "instances"
]
R2 = INSTANCES["R2"]["values"]  # a leaky unit on its negative side: no slope of 1 hides anything


@pytest.mark.parametrize(
    ("box", "formula", "one", "other"),
    [
        ("grad_w1", "-dL_dyhat*w3*x1", "G-sign", "H-noact"),
        ("grad_w1", "dL_dyhat/2*w3*x1", "G-two", "H-noact"),
        ("grad_w1", "-dL_dyhat/2*dh1_dw1", "G-delta", "H-now3"),
        ("grad_w1", "-dL_dyhat*w3*dh1_dw1/x1*w1", "G-sign", "H-wforx"),
        ("grad_w1", "2*yhat*dh1_dw1", "G-yhat", "H-now3"),
        ("grad_w1", "L*w3*dh1_dw1/x1", "G-loss", "H-nox"),
        ("grad_w3", "-dL_dyhat*h2", "G-sign", "G-neigh"),
        ("grad_w3", "dL_dyhat/2*h2", "G-two", "G-neigh"),
        ("grad_w3", "-dL_dyhat*x1", "G-sign", "G-xforh"),
        ("dh1_dw1", "-x1", "G-sign", "H-noact"),
        ("dyhat_dw3", "-h2", "G-sign", "G-neigh"),
        ("w3_new", "w3 + grad_w3", "U-ascent", "U-noalpha"),
        ("w1_new", "w1 + alpha*grad_w3", "U-ascent", "U-other"),
        ("w3_new", "w3 + grad_w3/alpha", "U-ascent", "U-div"),
    ],
)
def test_two_slips_in_different_places_are_both_told(box: str, formula: str, one: str, other: str) -> None:
    verdict = told(box, number(formula, LEAKY, R2), LEAKY, R2)

    assert verdict.outcome is Outcome.WRONG
    assert verdict.params == {"id": other, "and": one}


def test_two_slips_in_an_expression_are_told_too() -> None:
    verdict = told("grad_w1", "-2*(yhat - y)*w3*x1", TANH, TANH_VALUES)

    assert verdict.params == {"id": "H-noact", "and": "G-sign"}


@pytest.mark.parametrize("formula", ["-dL_dyhat*w3*dh1_dw1", "dL_dyhat*w3*x1", "dL_dyhat*h1*dh1_dw1"])
def test_one_slip_is_never_told_as_two(formula: str) -> None:
    found = explained_by("grad_w1", number(formula, LEAKY, R2), LEAKY, R2)

    assert found
    assert not any("+" in each for each in found)


@pytest.mark.parametrize(
    ("tied", "said"),
    [
        ("G-sign+H-noact G-sign+H-wrongw", {"id": "G-sign"}),
        ("G-sign+H-noact", {"id": "H-noact", "and": "G-sign"}),
        ("G-sign+H-noact G-two+H-wrongw", None),
    ],
)
def test_of_several_pairs_only_what_they_share_is_said(tied: str, said: dict[str, str] | None) -> None:
    box = BoxVerdict(id="a", outcome=Outcome.WRONG, code="misconception", params={"id": tied})
    (verdict,) = settled([box])

    assert (verdict.code, verdict.params) == (("misconception", said) if said else (None, {}))


def test_every_second_slip_and_every_first_one_is_a_rule() -> None:
    for kind, seconds in SECOND.items():
        for second, (_, firsts) in seconds.items():
            assert second in RULES[kind]
            assert firsts & RULES[kind].keys()
            assert second not in firsts
