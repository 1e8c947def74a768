"""Questions: what is asked is not given away, and everything is derived from the equations."""

import json
import re
from dataclasses import asdict
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.publishing import derived
from exercises.question import TOLD, Question, Step, Variant
from exercises.steps import job, question
from grader.job import AnswerBox, MatrixBox
from tests.exercises.helpers import IDS, asked, exercise, published

NUMERIC = tuple(name for name in IDS if published(name).exercise.step not in TOLD)
DEEP = {
    "z1": "w1*x1",
    "h1": "tanh(z1)",
    "z2": "w2*h1",
    "h2": "tanh(z2)",
    "z3": "w3*h1",
    "h3": "tanh(z3)",
    "yhat": "w4*h2 + w5*h3",
    "L": "(y - yhat)^2",
}
DEEP_VALUES = dict.fromkeys(("x1", "w1", "w2", "w3", "w4", "w5", "y", "alpha"), "0.7")


def deep(text: str) -> Question:
    return question(derived(exercise(DEEP, text)), Variant(1, "1", DEEP_VALUES))


def shown(asked_question: Question) -> str:
    """The prose that a page shows before the answer is right, but for the hints, whose numbers are fixed."""
    fields = [asdict(field) for field in asked_question.fields]
    words = asked_question.diagram.words if asked_question.diagram else ""
    return json.dumps([asked_question.title, asked_question.intro, asked_question.task, fields, words])


@given(st.sampled_from(NUMERIC), st.integers(min_value=1, max_value=10**6))
@settings(max_examples=30, deadline=None)
def test_no_box_of_a_question_is_among_its_given_numbers(name: str, seed: int) -> None:
    found = asked(name, seed)

    assert not {box.id for box in found.boxes} & found.numbers.keys()
    assert found.diagram is not None
    assert {pair for pair in found.diagram.values.items() if pair[1]} <= found.numbers.items()
    assert not {node.name for node in found.diagram.nodes if node.value} & {box.id for box in found.boxes}


@given(st.sampled_from(("seed-prediction", "seed-loss", "seed-update")), st.integers(2, 10**6))
@settings(max_examples=20, deadline=None)
def test_no_right_answer_can_be_read_off_the_page(name: str, seed: int) -> None:
    found = asked(name, seed)
    given_numbers = {Decimal(number) for number in found.numbers.values()}
    page = {Decimal(number) for number in re.findall(r"-?\d+\.\d+", shown(found).replace("\\u2212", "-"))}

    for box, answer in found.solution.items():
        assert Decimal(answer) not in page - given_numbers, box


@pytest.mark.parametrize("name", NUMERIC)
def test_hints_glosses_and_nudges_never_hold_an_answer(name: str) -> None:
    found = asked(name)
    told = [
        *found.hints,
        *(text for field in found.fields for text in (field.gloss, field.nudge, field.words)),
    ]
    answers = {answer for answer in found.solution.values() if "." in answer}

    for text in told:
        assert not answers & set(re.findall(r"-?\d+\.\d+", text.replace("−", "-"))), text


@pytest.mark.parametrize("name", NUMERIC)
def test_the_loss_is_not_given_where_the_prediction_is_asked(name: str) -> None:
    found = asked(name)
    if found.step in (Step.PREDICTION, Step.LOSS):
        assert "L" not in found.numbers
    else:
        assert "L" in found.numbers
        assert any(name.startswith("yhat") for name in found.numbers)


@pytest.mark.parametrize("name", NUMERIC)
def test_every_box_can_use_every_name_of_the_palette_that_comes_before_it(name: str) -> None:
    found = asked(name)
    boxes = {box.id for box in found.boxes}
    for box in found.boxes:
        assert isinstance(box, AnswerBox | MatrixBox)
        assert box.id not in box.names
        assert set(found.names) - boxes <= set(box.names)


@pytest.mark.parametrize("name", IDS)
def test_every_question_has_three_hints_a_title_that_asks_and_a_meaning(name: str) -> None:
    found = asked(name)

    assert len(found.hints) == 3
    assert found.title.endswith("?")
    assert found.meaning
    assert 1 <= found.lesson_page <= 6
    assert [field.id for field in found.fields] == [box.id for box in found.boxes]
    assert all(field.words and field.nudge for field in found.fields)


def test_a_three_factor_gradient_is_three_links_and_their_product() -> None:
    found = asked("seed-w1")

    assert [box.id for box in found.boxes] == ["dL_dyhat", "dyhat_dh1", "dh1_dw1", "grad_w1"]
    assert [field.link for field in found.fields] == [1, 2, 3, None]
    assert found.formula == "grad_w1 = dL_dyhat*dyhat_dh1*dh1_dw1"
    assert found.definitions == ("L = (y - yhat)^2", "yhat = w3*h1 + w4*h2", "h1 = relu(w1*x1)")
    assert found.title == "How does the loss react to `w1`?"
    assert found.fields[1].gloss == "how `yhat` reacts to `h1`"
    assert found.fields[0].words == "Link 1, change of L per change of y-hat"
    assert found.meaning == "`grad_w1 = -0.6`: raise `w1` a little and the loss falls."
    assert "its slope here is 1" in found.intro


def test_a_positive_gradient_means_that_the_weight_should_go_down() -> None:
    assert "lower `w2` a little and the loss falls" in asked("seed-w2").meaning


def test_the_slope_of_an_activation_can_be_a_link_of_its_own() -> None:
    found = asked("tanh-w1")

    assert [box.id for box in found.boxes][2:4] == ["dh1_dz1", "dz1_dw1"]
    assert found.definitions[2:] == ("h1 = tanh(z1)", "z1 = w1*x1")
    assert "z1" in found.numbers
    assert "z1" in found.names


def test_a_weight_with_two_ways_to_the_loss_adds_them() -> None:
    found = deep("{id: a, step: three-factor, weight: w1}")

    assert [box.id for box in found.boxes] == [
        "dL_dyhat", "dyhat_dh2", "dh2_dh1", "dh1_dw1", "dyhat_dh3", "dh3_dh1", "grad_w1",
    ]  # fmt: skip
    assert (
        found.formula == "grad_w1 = dL_dyhat*dyhat_dh2*dh2_dh1*dh1_dw1 + dL_dyhat*dyhat_dh3*dh3_dh1*dh1_dw1"
    )
    assert "more than one way" in found.intro


def test_a_dead_unit_gives_a_gradient_of_zero_and_a_meaning_that_says_why() -> None:
    values = {"x1": "0.5", "x2": "0.8", "w1": "-1.2", "w2": "0.5", "w3": "2", "w4": "-1.25"}
    found = question(published("seed-w1"), Variant(1, "1", values | {"y": "1", "alpha": "0.1"}))

    assert found.solution["grad_w1"] == "0"
    assert "one link of the chain is 0 here" in found.meaning
    assert "slope here is 1" not in found.intro


def test_a_step_that_is_too_long_is_said_to_have_raised_the_loss() -> None:
    values = {"x1": "0.5", "x2": "0.8", "w1": "1.2", "w2": "0.5", "w3": "2", "w4": "-1.25", "y": "1"}
    found = question(published("seed-update"), Variant(1, "1", values | {"alpha": "0.6"}))

    assert "The loss rose" in found.meaning


def test_an_update_may_ask_for_some_of_the_weights() -> None:
    found = deep("{id: a, step: update, weights: [w4]}")

    assert [box.id for box in found.boxes] == ["w4_new", "yhat_new", "L_new"]
    formula = found.boxes[1].formula if isinstance(found.boxes[1], AnswerBox) else ""
    assert "w4_new*tanh((w2 - alpha*grad_w2)*tanh(" in formula


def test_the_tolerance_of_an_update_is_a_share_of_the_step_or_of_the_change() -> None:
    w1, *_, after, loss = (box.tolerance for box in asked("seed-update").boxes if isinstance(box, AnswerBox))

    assert (w1.relative, w1.scale) == (Decimal("0.025"), "alpha*grad_w1")
    assert (after.relative, after.decimals) == (Decimal("0.005"), 4)
    assert after.scale is not None
    assert after.scale.endswith(" - yhat")
    assert loss.scale is not None
    assert loss.scale.endswith(" - L")


def test_an_author_may_word_the_title_and_the_hints() -> None:
    found = deep("{id: a, step: loss, title: 'Far off?', hints: [one, two, three]}")

    assert (found.title, found.hints) == ("Far off?", ("one", "two", "three"))


def test_the_diagram_stands_in_columns_and_numbers_the_asked_path_from_the_loss() -> None:
    diagram = asked("seed-w1").diagram
    assert diagram is not None
    places = {node.name: (node.column, node.row, node.kind) for node in diagram.nodes}
    links = {(edge.source, edge.target): edge.link for edge in diagram.edges if edge.link}

    assert places["x1"] == (0, -0.5, "input")
    assert places["h2"] == (1, 0.5, "hidden")
    assert places["yhat"] == (2, 0, "output")
    assert places["L"] == (3, 0, "loss")
    assert places["y"] == (3, 1, "target")
    assert links == {("yhat", "L"): 1, ("h1", "yhat"): 2, ("x1", "h1"): 3}
    assert diagram.asked == "w1"
    assert {node.name for node in diagram.nodes if node.on_path} == {"x1", "h1", "yhat", "L"}


def test_the_diagram_in_words_says_every_given_number_and_the_path() -> None:
    diagram = asked("seed-w1").diagram
    assert diagram is not None

    assert diagram.words == (
        "Inputs: x1 = 0.5 and x2 = 0.8. Weight w1 = 1.2 leads from x1 to h1 = 0.6. "
        "Weight w2 = 0.5 leads from x2 to h2 = 0.4. Weight w3 = 2 leads from h1 to y-hat = 0.7. "
        "Weight w4 = −1.25 leads from h2 to y-hat = 0.7. "
        "The loss L = 0.09 compares the prediction y-hat = 0.7 with the target y = 1. "
        "Highlighted, from the loss backwards: L, then y-hat, then h1, then w1."
    )


def test_a_bias_is_drawn_at_the_unit_that_it_is_added_to() -> None:
    diagram = asked("biases-b1").diagram
    assert diagram is not None

    assert {node.name: node.biases for node in diagram.nodes if node.biases} == {
        "h1": ("b1",), "h2": ("b2",), "yhat": ("b3",),
    }  # fmt: skip
    assert "Bias b1 = −0.1 is added at h1." in diagram.words


def test_a_layer_behind_a_layer_gets_a_column_of_its_own() -> None:
    diagram = deep("{id: a, step: loss}").diagram
    assert diagram is not None

    assert {node.name: node.column for node in diagram.nodes} == {
        "x1": 0, "h1": 1, "h2": 2, "h3": 2, "yhat": 3, "L": 4, "y": 4,
    }  # fmt: skip


def test_a_job_carries_network_numbers_boxes_and_answers() -> None:
    exercise_published, found = published("seed-loss"), asked("seed-loss")
    numbers = Variant(1, "1", {"x1": "0.5"})
    sent = job(found, exercise_published, numbers, {"L": "0.09"}, token="t")

    assert (sent.token, sent.network["h1"], sent.values) == ("t", "relu(z1)", {"x1": "0.5"})
    assert sent.answers == {"L": "0.09"}
    assert sent.boxes[0].id == "L"


def test_boxes_without_an_answer_are_sent_as_empty() -> None:
    sent = job(asked("seed-w3"), published("seed-w3"), Variant(1, "1", {}), {"grad_w3": "1"})
    trap = job(asked("seed-trap"), published("seed-trap"), Variant(1, "1", {}), {})

    assert sent.answers == {"dL_dyhat": "", "dyhat_dw3": "", "grad_w3": "1"}
    assert (trap.answers["s1"], trap.answers["p1"]) == ("", [])


def test_an_answer_to_a_box_that_is_not_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="this question has no box 'w9'"):
        job(asked("seed-loss"), published("seed-loss"), Variant(1, "1", {}), {"w9": "1"})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("seed-w1", "off by 0.5 %"),
        ("seed-update", "off by 2.5 % of its step, a value after it by 0.5 % of its change"),
        ("matrix-w", "off by 0.5 %"),
        ("matrix-update", "off by 0.5 % of its step"),
    ],
)
def test_a_page_says_how_far_a_number_may_be_off(name: str, said: str) -> None:
    assert said in asked(name, 1).allowance
