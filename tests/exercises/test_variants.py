"""Variants: the same for ever, few digits, and no number that a common slip gives too."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises import bank
from exercises.published import Published
from exercises.question import Variant
from exercises.variants import NoVariant, variant
from tests.exercises.helpers import asked, exercise, published

SETS = ("seed-update", "biases-update", "full-update", "tanh-update", "paths-update", "momentum-update")
seeds = st.integers(min_value=2, max_value=10**9)


def numbers(name: str, seed: int) -> dict[str, Decimal]:
    return {leaf: Decimal(text) for leaf, text in variant(published(name), seed).values.items()}


def decimals(number: str) -> int:
    return max(0, -int(Decimal(number).as_tuple().exponent))


@given(st.sampled_from(SETS), seeds)
@settings(max_examples=20, deadline=None)
def test_no_given_number_is_near_zero_or_one_but_the_target(name: str, seed: int) -> None:
    for leaf, number in numbers(name, seed).items():
        assert leaf == "y" or (abs(number) >= Decimal("0.05") and abs(abs(number) - 1) > Decimal("0.02"))


@given(st.sampled_from([*SETS[:3], *SETS[4:]]), seeds)
@settings(max_examples=20, deadline=None)
def test_right_answers_have_few_digits(name: str, seed: int) -> None:
    solution = asked(name, seed).solution

    assert all(decimals(value) <= 5 for box, value in solution.items() if box not in ("yhat_new", "L_new"))


@given(st.sampled_from(SETS), seeds)
@settings(max_examples=20, deadline=None)
def test_the_loss_falls_and_a_weight_is_negative(name: str, seed: int) -> None:
    question = asked(name, seed)
    weights = {box.removesuffix("_new") for box in question.solution} - {"yhat", "L"}

    assert Decimal(question.solution["L_new"]) < Decimal(question.numbers["L"])
    assert any(Decimal(question.numbers[weight]) < 0 for weight in weights)


def test_different_seeds_give_different_numbers() -> None:
    drawn = [variant(published("seed-update"), seed).values for seed in range(1, 30)]

    assert all(one != other for one, other in combinations(drawn, 2))


def test_all_steps_of_a_network_share_their_numbers() -> None:
    names = ("seed-prediction", "seed-loss", "seed-w1", "seed-update")

    assert len({tuple(variant(published(name), 9).values.items()) for name in names}) == 1


def test_both_signs_of_the_gap_occur() -> None:
    gaps = []
    for seed in range(2, 22):
        given_numbers = asked("seed-loss", seed).numbers
        gaps.append(Decimal(given_numbers["yhat"]) > Decimal(given_numbers["y"]))

    assert any(gaps)
    assert not all(gaps)


def test_a_seed_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="a seed is 1 or more, not 0"):
        variant(published("seed-w1"), 0)


def test_numbers_that_cannot_keep_the_rules_are_refused_in_words() -> None:
    hopeless = exercise(
        {"yhat": "w1*x1", "L": "(y - yhat)^2"}, "{id: a, step: two-factor, weight: w1}"
    ).model_copy(update={"draw": {"weights": (Decimal(1),)}})

    with pytest.raises(NoVariant, match="no numbers keep the plain rules"):
        variant(Published(exercise=hopeless), 2)


def test_an_author_may_name_the_numbers_to_draw_from() -> None:
    chosen = exercise(
        {"yhat": "w1*x1 + w2*x2", "L": "(y - yhat)^2"}, "{id: a, step: two-factor, weight: w1}"
    ).model_copy(update={"draw": {"x1": (Decimal("0.7"),), "weights": (Decimal("-0.6"), Decimal("1.4"))}})
    drawn = variant(Published(exercise=chosen), 2).values

    assert drawn["x1"] == "0.7"
    assert {drawn["w1"], drawn["w2"]} <= {"-0.6", "1.4"}


def test_a_trap_has_no_numbers() -> None:
    assert variant(published("seed-trap"), 4) == Variant(4, "2", {})


def of_set(text: str) -> Published:
    """The first exercise of a set that is written there in YAML."""
    return Published(exercise=bank.read(text)[0])


SOFTMAX = """
name: n
network:
  o1: w1*x1
  o2: w2*x1
  yhat1: exp(o1)/(exp(o1) + exp(o2))
  yhat2: exp(o2)/(exp(o1) + exp(o2))
  L: -(y1*ln(yhat1) + y2*ln(yhat2))
exercises: [{id: a, step: two-factor, weight: w1, through: [o1]}, {id: b, step: update}]
"""
BATCH = """
name: n
network: {h1: relu(w1*x), yhat: w2*h1, L: (y - yhat)^2}
examples: 3
exercises: [{id: a, step: three-factor, weight: w1}, {id: b, step: loss}]
"""
MAXIMUM = """
name: n
network: {h1: abs(w1*x1), h2: "max(w2*x1, w3*x2)", yhat: w4*h1 + w5*h2, L: (y - yhat)^2/2}
exercises: [{id: a, step: prediction}, {id: b, step: three-factor, weight: w2}]
"""


def test_exactly_one_class_is_right_and_each_is_at_times() -> None:
    drawn = [variant(of_set(SOFTMAX), seed).values for seed in range(1, 9)]

    assert {(each["y1"], each["y2"]) for each in drawn} == {("0", "1"), ("1", "0")}


def test_the_last_of_three_classes_is_right_at_times_although_it_follows_from_the_others() -> None:
    drawn = [variant(published("classes-loss"), seed).values for seed in range(2, 14)]

    assert {(each["y1"], each["y2"]) for each in drawn} == {("0", "0"), ("0", "1"), ("1", "0")}


def test_a_target_of_two_values_is_either_although_its_slips_are_right_there() -> None:
    drawn = [variant(published("sigmoid-loss"), seed).values["y"] for seed in range(2, 10)]

    assert set(drawn) == {"0", "1"}


@pytest.mark.parametrize("text", [BATCH, MAXIMUM])
def test_links_that_are_one_or_zero_by_structure_refuse_no_numbers(text: str) -> None:
    for seed in (1, 2, 3):
        assert variant(of_set(text), seed).values


def test_both_sides_of_an_update_rule_are_drawn() -> None:
    drawn = variant(published("momentum-update"), 5).values

    assert {"beta", "v_w1", "v_w2"} <= drawn.keys()


def test_a_tolerance_too_wide_for_any_numbers_is_refused_with_the_rule_that_is_nearest() -> None:
    lax = exercise({"yhat": "w1*x1", "L": "(y - yhat)^2"}, "{id: a, step: loss, tolerance: 0.5}")

    with pytest.raises(
        NoVariant, match=r"in box 'L' the misconception 'L-.*' is within 2 times the tolerance"
    ):
        variant(Published(exercise=lax), 2)
