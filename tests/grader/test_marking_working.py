"""Marking answers with equals signs: a formula and its result, each checked at the student's numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from grader.job import BoxVerdict, Outcome, Tolerance
from grader.wording import sentence
from tests.grader import jobs
from tests.grader.jobs import TANH, TANH_VALUES, last, outcomes, verdict_on
from tests.grader.test_marking import forward, gradient, update
from tests.grader.test_marking_jobs import HIDDEN, NUMBERS

C, F, P, W = Outcome.CORRECT, Outcome.FOLLOW_THROUGH, Outcome.PARTIAL, Outcome.WRONG
FOUR_DECIMALS = Tolerance(mode="rounded", decimals=4)
FORMULA, NUMBER = "formula-right-number-wrong", "number-right-formula-wrong"


def on_product(answer: str, *links: str) -> BoxVerdict:
    """The verdict on dL/dw1 of the seed; the links are right unless given."""
    return last(verdict_on(gradient("w1"), *(links or ("-0.6", "2", "0.5")), answer))


def on_slope(answer: str) -> BoxVerdict:
    return verdict_on(gradient("w1"), answer, "", "", "").boxes[0]


@pytest.mark.parametrize(
    "answer",
    [
        "2*(yhat - y) = -0.6",
        "2*(0.7 - 1) = -0.6",
        "2*(yhat - y) = 2*(0.7 - 1) = -0.6",
        "dL/dyhat = 2(ŷ - y)",
        "-0.6 = 2*(yhat - y)",
        "2*(yhat - y) ≈ -0,6",
    ],
)
def test_a_formula_and_its_result_are_right_together(answer: str) -> None:
    found = on_slope(answer)
    assert (found.outcome, found.code, found.points, found.span) == (C, None, 1, None)


@pytest.mark.parametrize(
    ("answer", "code", "wrong"),
    [
        ("2*(0.7 - 1) = -0.5", FORMULA, "-0.5"),
        ("2*(yhat - y) = 0.6", FORMULA, "0.6"),
        ("2*(yhat - y) = 2*(0.7 + 1) = 3.4", FORMULA, "2*(0.7 + 1)"),
        ("dL/dyhat = 2*(yhat - y) = -0.3", FORMULA, "-0.3"),
        ("2*(y - yhat) = -0.6", NUMBER, "2*(y - yhat)"),
        ("0.7 - 1 = -0.6", NUMBER, "0.7 - 1"),
        ("2*(yhat - y) = 0.7 - 1 = -0.6", NUMBER, "0.7 - 1"),
        ("1/(y - y) = -0.6", NUMBER, "1/(y - y)"),
        ("exp(10^8) = -0.6", NUMBER, "exp(10^8)"),
    ],
)
def test_of_a_formula_and_a_result_that_disagree_the_right_one_is_worth_half(
    answer: str, code: str, wrong: str
) -> None:
    found = on_slope(answer)
    assert (found.outcome, found.code, found.points) == (P, code, Decimal("0.5"))
    assert found.span is not None
    assert answer[slice(*found.span)] == wrong
    assert sentence(code, found.params).endswith("?")


def test_a_formula_that_has_the_right_number_by_chance_is_told_with_where_it_fails() -> None:
    """At the seed w3*x1 is 1, so dL/dw1 and dL/dyhat are one number."""
    found = on_product("2*(yhat - y) = -0.6")
    assert (found.outcome, found.code, found.points) == (P, "right-number-wrong-formula", Decimal("0.5"))
    assert found.params["left"] != found.params["right"]
    alone = on_product("2*(yhat - y)")
    assert (alone.outcome, alone.code, alone.points) == (W, "right-number-wrong-formula", 0)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("yhat - y = -0.3", "G-two"),
        ("yhat - y = -0.4", "G-two"),
        ("0.17 = 0.18", None),
        ("0.17 = -0.3", None),
    ],
)
def test_a_formula_and_a_result_that_are_both_wrong_are_explained_by_the_formula(
    answer: str, told: str | None
) -> None:
    found = on_slope(answer)
    assert (found.outcome, found.points, found.params.get("id")) == (W, 0, told)


def test_what_comes_to_the_right_number_too_short_costs_no_try() -> None:
    network = jobs.Network.from_equations(TANH)
    boxes = (jobs.answer_box(network, "h1", "tanh(w1*x1)", tolerance=FOUR_DECIMALS),)
    marked = lambda text: verdict_on(boxes, text, equations=TANH, values=TANH_VALUES)  # noqa: E731
    found = marked("tanh(w1*x1) = 0.6")
    assert (found.outcome, last(found).code, found.counts) == (Outcome.FEW_DIGITS, "few-digits", False)
    assert marked("tanh(w1*x1) = 0.5999").outcome is C
    assert marked("tanh(w2*x2) = 0.6").outcome is W
    assert marked("0.6 = tanh(w2*x2)").outcome is W


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        ("dL_dyhat*dyhat_dh1*dh1_dw1 = 0.6", F, "follow-through"),
        ("dL_dyhat*dyhat_dh1*dh1_dw1 = 0.6*2*0.5 = 0.6", F, "follow-through"),
        ("2*(yhat - y)*w3*x1 = -0.6", C, None),
        ("dL_dyhat*dyhat_dh1*dh1_dw1 = 1.2", P, FORMULA),
        ("0.6*2*0.5 = -0.6", P, FORMULA),
        ("dL_dyhat*dyhat_dh1 = 0.6", P, NUMBER),
    ],
)
def test_all_sides_hold_by_the_reference_or_all_by_the_own_boxes(
    answer: str, outcome: Outcome, code: str | None
) -> None:
    """The first link is -0.6, and 0.6 was answered."""
    found = on_product(answer, "0.6", "2", "0.5")
    assert (found.outcome, found.code) == (outcome, code)


def test_without_follow_through_only_the_reference_counts() -> None:
    answers = ("0.6", "2", "0.5", "dL_dyhat*dyhat_dh1*dh1_dw1 = 0.6")
    found = last(verdict_on(gradient("w1"), *answers, follow_through=False))
    assert (found.outcome, found.code) == (P, FORMULA)


def test_a_side_that_cannot_be_told_leaves_the_whole_answer_to_a_person() -> None:
    found = on_slope("exp(exp(exp(exp(9)))) = -0.6")
    assert (found.outcome, found.code, found.points) == (Outcome.UNDECIDED, "undecided", 0)
    assert on_slope("exp(exp(exp(exp(9)))) = 0.6").outcome is Outcome.UNDECIDED
    assert on_product("dL_dyhat = exp(exp(exp(exp(9)))) = 3", "0.6", "2", "0.5").outcome is Outcome.UNDECIDED


def test_later_boxes_go_on_with_the_result_and_not_with_the_formula() -> None:
    boxes = gradient("w1")
    found = verdict_on(boxes, "2*(yhat - y) = -0.5", "w3 = 2", "x1 = 0.5", "-0.5*2*0.5 = -0.5")
    assert outcomes(found) == [P, C, C, F]
    assert found.points == Decimal("3.5")
    found = verdict_on(boxes, "2*(y - yhat) = -0.6", "2", "0.5", "-0.6")
    assert outcomes(found) == [P, C, C, C]


def test_an_assignment_may_be_written_as_such() -> None:
    assert verdict_on(update("w3"), "w3 = w3 - alpha*grad_w3 = 2 - 0.1*(-0.36) = 2.036").outcome is C
    found = last(verdict_on(update("w3"), "w3 = w3 + alpha*grad_w3 = 1.964"))
    assert (found.outcome, found.params) == (W, {"id": "U-ascent"})


def test_the_lessons_forward_pass_may_be_written_as_working() -> None:
    answers = [
        "h1 = relu(w1*x1) = relu(0.6) = 0.6",
        "w2*x2 = 0.4",
        "yhat = 1.2 - 0.5 = 0.7",
        "L = (1-0.7)^2 = 0.09",
    ]
    assert set(outcomes(verdict_on(forward(), *answers))) == {C}


def test_an_early_rounding_between_formula_and_result_is_named() -> None:
    """tanh(0.35) is 0.33638, and 2.3 times that 0.77366; 0.782 comes from 0.34."""
    boxes = jobs.forward_boxes(HIDDEN, "h1", "yhat")
    found = last(verdict_on(boxes, "0.3364", "w2*h1 = 0.782", equations=HIDDEN, values=NUMBERS))
    assert (found.outcome, found.code, found.points) == (P, "rounded-early", Decimal("0.5"))


def test_a_side_that_cannot_be_read_shows_its_place_and_costs_no_try() -> None:
    found = verdict_on(gradient("w1"), "2*(yhat - y = -0.6", "2", "0.5", "-0.6")
    bad = found.boxes[0]
    assert (bad.outcome, bad.code, bad.span, bad.fix) == (
        Outcome.UNREADABLE, "unclosed", (2, 3), "2*(yhat - y) = -0.6",
    )  # fmt: skip
    assert not found.counts


def test_too_few_digits_of_what_follows_are_too_few_digits() -> None:
    """tanh(0.35) is 0.3364; 0.35 was answered, and 2.31 times that is 0.8085."""
    network, numbers = {**HIDDEN, "yhat": "w2*h1"}, NUMBERS | {"w2": "2.31"}
    plain = jobs.forward_boxes(network, "h1", "yhat")
    boxes = tuple(box.model_copy(update={"tolerance": FOUR_DECIMALS}) for box in plain)
    marked = lambda *answers: last(verdict_on(boxes, *answers, equations=network, values=numbers)).outcome  # noqa: E731
    assert marked("0.3500", "0.81") is Outcome.FEW_DIGITS
    assert marked("0.3500", "0.8085") is F
    assert marked("0.3500", "0.82") is W
