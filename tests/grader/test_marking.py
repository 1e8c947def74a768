"""Marking: boxes against the reference, follow-through and its guard, what costs a try."""

from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.job import AnswerBox, Job, Outcome, Tolerance
from grader.marking import mark
from grader.symbolic import evaluate
from grader.wording import sentence
from tests.grader import jobs
from tests.grader.jobs import TANH, TANH_VALUES, last, outcomes, verdict_on
from tests.grader.test_network import SEED
from tests.grader.test_references import SEED_VALUES

C, F, W = Outcome.CORRECT, Outcome.FOLLOW_THROUGH, Outcome.WRONG


@cache
def gradient(weight: str) -> tuple[AnswerBox, ...]:
    return jobs.gradient_boxes(SEED, weight)


@cache
def tanh_gradient(weight: str) -> tuple[AnswerBox, ...]:
    return jobs.gradient_boxes(TANH, weight)


@cache
def update(*weights: str) -> tuple[AnswerBox, ...]:
    return jobs.update_boxes(SEED, *weights)


@cache
def forward() -> tuple[AnswerBox, ...]:
    return jobs.forward_boxes(SEED, "h1", "h2", "yhat", "L")


@pytest.mark.parametrize(
    ("boxes", "answers"),
    [
        (forward, ["0.6", "0.4", "0.7", "0.09"]),
        (lambda: gradient("w3"), ["-0.6", "0.6", "-0.36"]),
        (lambda: gradient("w4"), ["-0.6", "0.4", "-.24"]),
        (lambda: gradient("w1"), ["-0.6", "2", "0.5", "-0.6"]),
        (lambda: gradient("w2"), ["-6/10", "-5/4", "4/5", "0,6"]),
        (lambda: update("w1", "w2", "w3", "w4"), ["1.26", "0.44", "2.036", "-1.226"]),
        (forward, ["relu(w1*x1)", "w2*x2", "w3h1 + w4h2", "(yhat - y)^2"]),
        (lambda: gradient("w3"), ["2(yhat-y)", "h1", "2*(yhat - y)*h1"]),
        (lambda: gradient("w1"), ["2(ŷ-y)", "w3", "x1", "dL/dyhat * dyhat/dh1 * dh1/dw1"]),
        (lambda: gradient("w1"), ["2*(w3*w1*x1 + w4*h2 - y)", "w_3", "relu'(w1*x1)*x1", "2(yhat-y)w3*x1"]),
        (lambda: update("w3"), ["w3 - alpha*grad_w3"]),
        (lambda: update("w3"), ["w3 - 2*alpha*(w3*relu(w1*x1) + w4*relu(w2*x2) - y)*relu(w1*x1)"]),
    ],
)
def test_right_answers_are_right_as_numbers_and_as_expressions(boxes: object, answers: list[str]) -> None:
    assert callable(boxes)
    found = verdict_on(boxes(), *answers)
    assert set(outcomes(found)) == {C}, found
    assert found.outcome is C
    assert found.points == found.possible == len(answers)
    assert found.counts


@pytest.mark.parametrize(
    ("box", "answer"),
    [
        ("dL_dyhat", "2*(0.7 - 1)"),
        ("grad_w1", "-0.6*w3*x1"),
        ("grad_w1", "2*(0.7-1)*w3*0.5"),
        ("grad_w1", "dL_dyhat*2*0.5"),
        ("grad_w1", "dL_dyhat*w3*x1"),
        ("grad_w1", "2*(yhat - 1)*2*x1"),
        ("grad_w1", "-1.2*x1"),
        ("dh1_dw1", "1*x1"),
    ],
)
def test_a_formula_with_some_numbers_put_in_is_right(box: str, answer: str) -> None:
    boxes = gradient("w1")
    answers = ["-0.6", "2", "0.5", "-0.6"]
    answers[[each.id for each in boxes].index(box)] = answer
    assert set(outcomes(verdict_on(boxes, *answers))) == {C}


@pytest.mark.parametrize("answer", ["-0.6", "2*(yhat - y)", "dL_dyhat", "dL_dyhat*w3", "-0.6*w3", "-w1*x1"])
def test_the_right_number_from_a_wrong_formula_is_told_apart(answer: str) -> None:
    found = last(verdict_on(gradient("w1"), "-0.6", "2", "0.5", answer))
    if answer == "-0.6":
        assert found.outcome is C
    elif answer in {"dL_dyhat", "2*(yhat - y)", "-w1*x1"}:
        assert (found.outcome, found.code) == (W, "right-number-wrong-formula")
        assert found.params["left"] != found.params["right"]
        assert sentence("right-number-wrong-formula", found.params)
    else:
        assert (found.outcome, found.points) == (W, 0)


def test_rounded_numbers_in_a_formula_are_within_the_tolerance() -> None:
    network = jobs.Network.from_equations(TANH)
    box = jobs.answer_box(network, "dL_dw1", "dL_dw1")
    marked = lambda text: verdict_on((box,), text, equations=TANH, values=TANH_VALUES).outcome  # noqa: E731
    right = evaluate(network, "dL_dyhat*dh1_dw1", TANH_VALUES)
    assert marked(f"{float(right):.4f}*w3") is C
    assert marked(f"{float(right) * 1.1:.4f}*w3") is W


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["0.6", "2", "0.5", "0.6"], [W, C, C, F]),
        (["-0.6", "-1.25", "0.5", "0.375"], [C, W, C, F]),
        (["-0.6", "2", "1.2", "-1.44"], [C, C, W, F]),
        (["-0.6", "2", "0.5", "1.3"], [C, C, C, W]),
        (["0.6", "2", "0.5", "dL_dyhat*dyhat_dh1*dh1_dw1"], [W, C, C, C]),
        (["0.6", "2", "0.5", "-0.6"], [W, C, C, C]),
        (["0.6", "2", "0.5", "-1.2"], [W, C, C, W]),
        (["-2*(yhat - y)", "2", "0.5", "-2*(yhat-y)*w3*x1"], [W, C, C, F]),
        (["-2*(yhat - y)", "2", "0.5", "0.6"], [W, C, C, F]),
        (["0.6", "2", "0.5", "0.6*w3*x1"], [W, C, C, F]),
    ],
)
def test_one_slip_costs_one_box(answers: list[str], expected: list[Outcome]) -> None:
    found = verdict_on(gradient("w1"), *answers)
    assert outcomes(found) == expected
    assert found.points == sum(outcome in {C, F} for outcome in expected)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["0.7", "0.4", "0.9", "0.01"], [W, C, F, F]),
        (["0.6", "0.4", "1.7", "0.49"], [C, C, W, F]),
        (["0.6", "0.4", "1.7", "0.09"], [C, C, W, C]),
        (["0.6", "0.4", "0.7", "0.3"], [C, C, C, W]),
    ],
)
def test_a_slip_is_followed_through_the_forward_pass(answers: list[str], expected: list[Outcome]) -> None:
    assert outcomes(verdict_on(forward(), *answers)) == expected


def test_follow_through_names_the_box_that_it_follows_from() -> None:
    found = last(verdict_on(gradient("w1"), "0.6", "2", "0.5", "0.6"))
    assert (found.code, found.params) == ("follow-through", {"names": "dL_dyhat"})
    assert "dL_dyhat" in sentence("follow-through", found.params)


def test_follow_through_can_be_switched_off() -> None:
    found = verdict_on(gradient("w1"), "0.6", "2", "0.5", "0.6", follow_through=False)
    assert outcomes(found) == [W, C, C, W]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        (["0", "2", "0.5", "0"], "carried-trivial"),
        (["1", "2", "0.5", "1"], "carried-trivial"),
        (["-0.6", "-1", "0.5", "0.3"], "carried-trivial"),
        (["1/0", "2", "0.5", "3"], "carried-not-finite"),
        (["1/0", "2", "0.5", "1/0"], "no-value"),
        (["exp(10^8)", "2", "0.5", "3"], "carried-not-finite"),
    ],
)
def test_a_trivial_value_is_not_carried(answers: list[str], code: str | None) -> None:
    found = last(verdict_on(gradient("w1"), *answers))
    assert (found.outcome, found.code) == (W, code)


def test_a_value_that_switches_a_unit_off_is_not_carried() -> None:
    network = jobs.Network.from_equations(SEED)
    before = jobs.answer_box(network, "w1_new", "w1 - alpha*grad_w1", role="new")
    after = jobs.answer_box(
        network, "yhat_new", "w3*relu(w1_new*x1) + w4", names=(*before.names, "w1_new"), symbolic=None
    )
    found = last(verdict_on((before, after), "-1.3", "-1.25"))
    assert (found.outcome, found.code) == (W, "carried-regime")
    assert last(verdict_on((before, after), "1.3", "0.05")).outcome is F


def test_the_slope_of_a_relu_that_is_on_may_be_left_out_and_of_one_that_is_off_is_zero() -> None:
    assert verdict_on(gradient("w1"), "-0.6", "2", "x1", "-0.6").outcome is C
    off = SEED_VALUES | {"w1": "-1.2"}
    boxes = gradient("w1")
    found = verdict_on(boxes, "2*(yhat - y)", "w3", "x1", "0", values=off)
    assert outcomes(found) == [C, C, W, C]
    assert verdict_on(boxes, "2*(yhat - y)", "w3", "0", "0", values=off).outcome is C


def test_tanh_answers_are_asked_to_four_decimals() -> None:
    boxes = tanh_gradient("w1")
    mark_all = lambda *answers: outcomes(verdict_on(boxes, *answers, equations=TANH, values=TANH_VALUES))  # noqa: E731
    right = ["2*(yhat-y)", "2.35", "x1*tanh'(w1*x1)"]
    assert mark_all(*right, "dL_dyhat*dyhat_dh1*dh1_dw1") == [C] * 4
    assert mark_all("2*(yhat-y)", "w3", "x1*(1 - h1^2)", "2*(yhat-y)*w3*x1*(1-tanh(w1*x1)^2)") == [C] * 4
    assert mark_all("2*(yhat-y)", "w3", "x1", "1") == [C, C, W, W]


def test_a_new_weight_is_right_within_a_share_of_its_step() -> None:
    boxes = update("w1")
    assert [verdict_on(boxes, text).outcome for text in ("1.2615", "1.2616", "1.2585", "1.2584")] == [
        C,
        W,
        C,
        W,
    ]


def test_an_unreadable_box_costs_no_try_and_holds_the_others_back() -> None:
    found = verdict_on(gradient("w1"), "-0.6", "2*(w3", "", "0.5")
    assert outcomes(found) == [Outcome.HELD_BACK, Outcome.UNREADABLE, Outcome.EMPTY, Outcome.HELD_BACK]
    assert (found.outcome, found.counts, found.points) == (Outcome.UNREADABLE, False, 0)
    bad = found.boxes[1]
    assert bad.code == "unclosed"
    assert bad.span == (2, 3)
    assert bad.fix == "2*(w3)"


def test_a_name_that_a_box_does_not_offer_is_unreadable() -> None:
    found = verdict_on(gradient("w1"), "dL_dyhat", "2", "0.5", "1")
    assert found.boxes[0].outcome is Outcome.UNREADABLE


def test_empty_boxes_are_empty_and_an_empty_answer_costs_no_try() -> None:
    found = verdict_on(gradient("w1"), "", " ", "", "")
    assert set(outcomes(found)) == {Outcome.EMPTY}
    assert (found.outcome, found.counts, found.points) == (Outcome.EMPTY, False, 0)
    half = verdict_on(gradient("w1"), "-0.6", "", "", "")
    assert (half.outcome, half.counts, half.points) == (Outcome.PARTIAL, True, 1)


def test_where_nothing_was_derived_only_values_are_compared() -> None:
    network = jobs.Network.from_equations(SEED)
    box = jobs.answer_box(network, "grad_w1", "grad_w1", symbolic=None)
    assert verdict_on((box,), "-0.6").outcome is C
    assert verdict_on((box,), "2*(yhat - y)").outcome is C
    assert verdict_on((box,), "0.6").outcome is W


def test_the_value_of_an_expression_is_told() -> None:
    found = verdict_on(gradient("w1"), "2(yhat-y)", "w3", "x1", "1/3")
    assert [box.value for box in found.boxes] == ["-0.6", "2", "0.5", "0.333333"]


def test_an_expression_without_a_value_is_wrong_with_a_reason() -> None:
    found = verdict_on(gradient("w1"), "1/0", "2", "0.5", "-0.6")
    assert (found.boxes[0].outcome, found.boxes[0].code) == (W, "no-value")


def test_points_are_exact_and_weighted() -> None:
    boxes = tuple(
        box.model_copy(update={"points": points})
        for box, points in zip(gradient("w3"), (2, 2, 1), strict=True)
    )
    found = verdict_on(boxes, "-0.6", "0.5", "-0.3")
    assert (found.points, found.possible) == (Decimal(3), Decimal(5))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="0123456789.+-*/^()=wxyhLd_ealph ", max_size=24), min_size=4, max_size=4))
def test_whatever_is_typed_gets_a_verdict_and_points_within_bounds(answers: list[str]) -> None:
    found = verdict_on(gradient("w1"), *answers)
    assert 0 <= found.points <= found.possible
    assert len(found.boxes) == 4
    for box in found.boxes:
        assert box.code in {None, "misconception"} or sentence(box.code, box.params)


PARTS = st.sampled_from(
    ["w1", "w3", "x1", "h1", "h2", "y", "yhat", "0", "1", "2", "-0.6", "0.5", "1e-30", "9e30"]
)
EXPRESSIONS = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/^"), inner).map(lambda parts: f"({''.join(parts)})"),
        st.tuples(st.sampled_from(["relu", "abs", "ln", "sqrt", "exp", "tanh", "relu'", "1/"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})"
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(answers=st.lists(EXPRESSIONS, min_size=4, max_size=4))
def test_whatever_expression_is_typed_gets_a_verdict_and_is_no_fault(answers: list[str]) -> None:
    found = verdict_on(gradient("w1"), *answers)
    assert len(found.boxes) == 4


@settings(max_examples=40, deadline=None)
@given(
    slip=st.integers(0, 2),
    wrong=st.integers(-90, 90).map(lambda n: Decimal(n) / 40).filter(lambda n: abs(n) not in (0, 1)),
)
def test_any_slip_in_a_link_costs_that_link_and_no_more(slip: int, wrong: Decimal) -> None:
    links = [Decimal("-0.6"), Decimal("2"), Decimal("0.5")]
    right = links[slip]
    links[slip] = wrong
    found = verdict_on(gradient("w1"), *map(str, links), str(links[0] * links[1] * links[2]))
    lost = 0 if abs(wrong - right) <= abs(right) * Decimal("0.005") else 1
    assert found.points == 4 - lost


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("1/(1 + exp(-x))", "exp(x)/(1 + exp(x))"),
        ("exp(x + a)", "exp(x)*exp(a)"),
        ("x", "ln(exp(x))"),
        ("sqrt(x)", "x/sqrt(x)"),
    ],
)
def test_an_exact_box_takes_another_form_of_a_value_that_never_ends(reference: str, answer: str) -> None:
    assert _exactly(reference, answer) is Outcome.CORRECT


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("exp(x)", "1.6487212707001281468"),  # twenty digits of a number that has more
        ("exp(x)", "exp(x) + 10^-15"),
        ("x", "1.0000001*x"),
    ],
)
def test_an_exact_box_takes_nothing_that_is_near(reference: str, answer: str) -> None:
    assert _exactly(reference, answer) is Outcome.WRONG


def _exactly(reference: str, answer: str) -> Outcome:
    box = AnswerBox(
        id="q", formula=reference, symbolic=reference, names=("x", "a"), tolerance=Tolerance(mode="exact")
    )
    return mark(Job(values={"x": "0.5", "a": "1.3"}, boxes=(box,), answers={"q": answer})).boxes[0].outcome


@pytest.mark.parametrize(
    "answer",
    [
        "2.01*(yhat - y)*h1",
        "1.0000001*2*(yhat - y)*h1",
        "2*(yhat - y)*h1 + 0.001*(yhat - y)",
        "(yhat - y)*h1*(1.99 + 0.01*y)",
        "2*(yhat - y)*h1 + 0.5*exp(-9)*y",
        "2.01*(yhat - 1)*h1",
    ],
)
def test_a_formula_that_is_only_near_is_another_formula(answer: str) -> None:
    (box,) = (box for box in jobs.gradient_boxes(SEED, "w3") if box.id == "grad_w3")
    verdict = last(verdict_on((*jobs.gradient_boxes(SEED, "w3"),), "2*(yhat - y)", "h1", answer))
    assert verdict.id == box.id
    assert verdict.outcome is Outcome.WRONG


@pytest.mark.parametrize("answer", ["2*(yhat - 1)*h1", "-0.6*h1", "2*(0.7 - y)*h1", "2*(yhat - y)*0.6"])
def test_numbers_of_the_variant_may_still_stand_for_their_names(answer: str) -> None:
    boxes = jobs.gradient_boxes(SEED, "w3")
    assert last(verdict_on(boxes, "2*(yhat - y)", "h1", answer)).outcome is Outcome.CORRECT
