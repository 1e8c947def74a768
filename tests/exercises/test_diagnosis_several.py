"""Diagnosis where there are several examples, several classes, or a rule that keeps something."""

from __future__ import annotations

from functools import cache

import pytest

from exercises import bank
from exercises.published import Published
from exercises.publishing import derived
from exercises.question import Variant
from exercises.steps import job, question
from exercises.variants import variant
from grader import numeric
from grader.expression import read
from grader.formula import DERIVATIVE
from grader.job import BoxVerdict, Outcome
from grader.marking import mark
from grader.network import Network


@cache
def asked(exercise: str) -> tuple[Published, Variant]:
    published = derived(bank.load()[exercise])
    return published, variant(published, 1)


def number(exercise: str, formula: str) -> str:
    """What a formula, in which any derivative may be named, is on variant 1; new values are right."""
    published, numbers = asked(exercise)
    network = Network.from_equations(published.exercise.network)
    links = DERIVATIVE.findall(formula)
    values = numeric.quantities(network, {k: float(v) for k, v in numbers.values.items()}, links)
    new = {id: float(text) for id, text in question(published, numbers).solution.items() if "_new" in id}
    return f"{float(numeric.evaluate(read(formula, {**values, **new}), {**values, **new})):.9f}"


def verdict(exercise: str, box: str, answer: str) -> BoxVerdict:
    """The verdict on one box, all others being right."""
    published, numbers = asked(exercise)
    sheet = question(published, numbers)
    found = mark(job(sheet, published, numbers, sheet.solution | {box: answer}))
    return next(each for each in found.boxes if each.id == box)


CASES = [
    # A batch: the mean of the losses, and of the gradients.
    ("batch-loss", "L", "L_a + L_b", "N-mean"),
    ("batch-loss", "L", "(L_a + L_b)/4", "N-mean"),
    ("batch-loss", "L", "L_b", "F-path"),
    ("batch-loss", "L", "L_a/2", "F-path"),
    ("batch-loss", "L", "((y_a + y_b)/2 - (yhat_a + yhat_b)/2)^2", "N-avgfirst"),
    ("batch-loss", "L_a", "y_a - yhat_a", "L-nosq"),
    ("batch-loss", "L_b", "(y_b - yhat_b)^2/2", "L-half"),
    ("batch-w2", "dL_dL_a", "1", "N-mean"),
    ("batch-w2", "dL_a_dw2", "dL_a_dw2/2", "G-constant"),
    ("batch-w2", "dL_a_dw2", "dL_b_dw2", "N-avgfirst"),
    ("batch-w2", "dL_a_dw2", "dL_a_dyhat_a*h1_b", "N-avgfirst"),
    ("batch-w2", "dL_a_dw2", "-dL_a_dw2", "G-sign"),
    ("batch-w2", "dL_b_dw2", "dL_b_dyhat_b", "G-stop"),
    ("batch-w2", "dL_b_dw2", "dL_b_dyhat_b*x1_b", "G-xforh"),
    ("batch-w1", "dL_a_dw1", "dL_a_dyhat_a*w2*x1_a", "H-noact"),
    ("batch-w1", "dL_a_dw1", "dL_a_dyhat_a*x1_a*dh1_a_dw1/x1_a", "H-now3"),
    ("batch-w1", "grad_w1", "dL_a_dw1 + dL_b_dw1", "N-mean"),
    ("batch-w1", "grad_w1", "(dL_a_dw1 + dL_b_dw1)/4", "G-constant"),
    ("batch-w2", "grad_w2", "(dL_a_dyhat_a + dL_b_dyhat_b)/2*(h1_a + h1_b)/2", "N-avgfirst"),
    ("batch-w2", "grad_w2", "(dL_a_dyhat_a + dL_b_dyhat_b)/2*h1_b", "N-avgfirst"),
    ("batch-w2", "grad_w2", "dL_dyhat_b*h1_b", "H-paths"),
    ("batch-b1", "dyhat_a_db1", "w2", "G-missing"),
    ("batch-update", "w2_new", "w2 + alpha*grad_w2", "U-direction"),
    ("batch-update", "w1_new", "w1 - grad_w1", "U-noalpha"),
    ("batch-update", "yhat_b_new", "w2_new*h1_b", "U-old"),
    ("batch-update", "L_new", "L - alpha*(grad_w1^2 + grad_b1^2 + grad_w2^2)", "U-lin"),
    ("batch-update", "L_new", "((y_a - w2_new*h1_a)^2 + (y_b - w2_new*h1_b)^2)/2", "U-old"),
    # Classes: softmax and cross-entropy.
    ("classes-prediction", "yhat2", "exp(o2)", "S-norm"),
    ("classes-prediction", "o1", "w1*x2 + w2*x1", "F-crossin"),
    ("classes-prediction", "o2", "w3*x1", "F-path"),
    ("classes-loss", "L", "-L", "L-neg"),
    ("classes-w3", "dL_do2", "(yhat2 - y2)*yhat2*(1 - yhat2)", "S-twice"),
    ("classes-w3", "dL_do2", "y2 - yhat2", "G-sign"),
    ("classes-w3", "dL_do2", "yhat2", "G-yhat"),
    ("classes-w3", "do2_dw3", "w3", "H-wforx"),
    ("classes-w3", "grad_w3", "dL_do2", "G-stop"),
    ("classes-w4", "dyhat1_do2", "0", "S-diag"),
    ("classes-w4", "dyhat2_do2", "-yhat2*(1 - yhat2)", "G-sign"),
    ("classes-w4", "dL_dyhat2", "1/yhat2", "G-sign"),
    ("classes-update", "w3_new", "w3 + alpha*grad_w3", "U-ascent"),
    ("classes-update", "w3_new", "w3 - alpha*grad_w4", "U-other"),
    # Two classes: a sigmoid and cross-entropy.
    ("sigmoid-w2", "dL_do", "(yhat - y)*yhat*(1 - yhat)", "S-twice"),
    ("sigmoid-w2", "dL_do", "dL_dyhat", "G-missing"),
    ("sigmoid-w2", "dL_do", "yhat", "G-yhat"),
    ("sigmoid-w1", "grad_w1", "dL_do*dh1_dw1", "H-now3"),
    ("sigmoid-b2", "do_db2", "h1", "B-zero"),
    # Momentum: v before w, old v and new g.
    ("momentum-update", "v_w1_new", "grad_w1", "O-vel"),
    ("momentum-update", "v_w1_new", "beta*v_w1", "O-vel"),
    ("momentum-update", "v_w2_new", "v_w2 + grad_w2", "O-vel"),
    ("momentum-update", "v_w2_new", "beta*v_w2 - grad_w2", "G-sign"),
    ("momentum-update", "w1_new", "w1 - alpha*grad_w1", "O-vel"),
    ("momentum-update", "w1_new", "w1 - alpha*v_w1", "O-vel"),
    ("momentum-update", "w1_new", "w1 + alpha*v_w1_new", "U-direction"),
    ("momentum-update", "w2_new", "w2 - v_w2_new", "U-noalpha"),
    ("momentum-update", "yhat_new", "w2_new*h1", "U-old"),
    # The negative side of a leaky unit.
    ("leaky-w1", "dh1_dz1", "1", "H-noact"),
    ("leaky-w1", "dh1_dz1", "h1", "H-actval"),
    ("leaky-w1", "grad_w1", "dL_dyhat*w3*x1", "H-noact"),
]


@pytest.mark.parametrize(("exercise", "box", "formula", "misconception"), CASES)
def test_a_wrong_number_is_told_by_the_rule_that_made_it(
    exercise: str, box: str, formula: str, misconception: str
) -> None:
    found = verdict(exercise, box, number(exercise, formula))

    assert (found.outcome, found.code, found.params.get("id")) == (
        Outcome.WRONG,
        "misconception",
        misconception,
    )


@pytest.mark.parametrize(
    ("exercise", "box", "answer"),
    [
        ("classes-w3", "dL_do2", "yhat2 - y2"),
        ("classes-w3", "dL_do2", "yhat2 - 1"),
        ("classes-w1", "dL_do1", "yhat1"),
        ("classes-w1", "dL_do1", "yhat1 - y1"),
        ("classes-loss", "L", "-ln(yhat2)"),
        ("sigmoid-w2", "dL_do", "yhat - 1"),
        ("sigmoid-b2", "dL_dyhat", "-1/yhat"),
        ("classes-w3", "dL_do2", "exp(o2)/(exp(o1) + exp(o2) + exp(o3)) - y2"),
        ("classes-w4", "dyhat1_do2", "-yhat1*yhat2"),
        ("sigmoid-w2", "dL_do", "yhat - y"),
        ("batch-w2", "grad_w2", "(yhat_a - y_a)*h1_a + (yhat_b - y_b)*h1_b"),
        ("momentum-update", "w1_new", "w1 - alpha*(beta*v_w1 + grad_w1)"),
    ],
)
def test_the_form_of_the_textbooks_is_right(exercise: str, box: str, answer: str) -> None:
    assert verdict(exercise, box, answer).outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    ("exercise", "box", "formula", "misconception"),
    [
        ("classes-w3", "dL_do2", "(yhat2 - y2)*yhat2*(1 - yhat2)", "S-twice"),
        ("batch-w1", "grad_w1", "dL_a_dw1 + dL_b_dw1", "N-mean"),
        ("batch-w2", "dL_a_dw2", "2*(yhat_a - y_a)*h1_b", "N-avgfirst"),
        ("momentum-update", "v_w1_new", "v_w1 + grad_w1", "O-vel"),
    ],
)
def test_a_wrong_expression_is_told_too(exercise: str, box: str, formula: str, misconception: str) -> None:
    assert verdict(exercise, box, formula).params.get("id") == misconception


@pytest.mark.parametrize(
    ("exercise", "box", "answer"),
    [
        ("classes-w3", "dL_do2", "yhat2 - y2^2"),  # right for 0 and 1, but it is not what the graph says
        ("classes-w1", "dL_do1", "yhat1 + y1"),
        ("seed-w3", "dL_dyhat", "2*(yhat - y^3)"),
        ("classes-w3", "dL_do2", "yhat2 - y2*yhat2"),
    ],
)
def test_a_label_that_is_named_has_to_be_right_for_any_value(exercise: str, box: str, answer: str) -> None:
    assert verdict(exercise, box, answer).outcome is Outcome.WRONG


@pytest.mark.parametrize(
    ("exercise", "box", "answer"),
    [
        ("classes-w3", "grad_w3", "(yhat2 - y2)*0.5"),
        ("classes-w3", "grad_w3", "(yhat2 - 1)/2"),
        ("classes-w1", "grad_w1", "yhat1/2"),
        ("sigmoid-w2", "grad_w2", "(yhat - y)*0.3799"),
        ("sigmoid-w1", "dh1_dw1", "(1 - h1^2)*0.5"),
        ("sigmoid-w1", "grad_w1", "(yhat - y)*1.6*(1 - h1^2)*x1"),
        ("tanh-w1", "grad_w1", "2*(yhat - y)*w3*(1 - h1^2)*0.5"),
        ("batch-update", "w2_new", "w2 - alpha*dL/dw2"),
    ],
)
def test_numbers_may_stand_for_names_beside_an_activation_too(exercise: str, box: str, answer: str) -> None:
    assert verdict(exercise, box, answer).outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    ("exercise", "box", "answer"),
    [
        ("classes-w3", "grad_w3", "(yhat1 - y1)*0.5 - 0.3476"),
        ("tanh-w2", "dh2_dw2", "1.6783*h2"),
        ("sigmoid-w1", "dh1_dw1", "1.126*h1"),
        ("sigmoid-w2", "grad_w2", "-0.1171*y"),
    ],
)
def test_a_number_that_only_makes_the_value_right_is_not_a_formula(
    exercise: str, box: str, answer: str
) -> None:
    assert verdict(exercise, box, answer).outcome is Outcome.WRONG
