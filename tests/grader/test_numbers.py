from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.expression import read
from grader.job import Tolerance
from grader.numbers import Match, NotANumber, enclosure, value, within

VALUES = {"x": Fraction(3, 10), "w": Fraction(-2)}


def worth(text: str) -> Fraction:
    return value(read(text, list(VALUES)), VALUES)


def match(typed: str, right: str, scale: str | None = None, **tolerance: object) -> Match:
    scaled = None if scale is None else Fraction(scale)
    return within(read(typed, list(VALUES)), Fraction(right), Tolerance(**tolerance), scaled, VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1+0.2", "3/10"),
        ("2*(x-1)*w", "14/5"),
        ("relu(w)+relu(-w)", "2"),
        ("max(w, x) - min(w, x)", "23/10"),
        ("leaky(w)", "-2/5"),
        ("relu'(x) + leaky'(w)", "6/5"),
        ("sqrt(0.25)", "1/2"),
        ("x^-2", "100/9"),
        ("abs(w)^3", "8"),
    ],
)
def test_rational_expressions_are_worked_out_exactly(text: str, expected: str) -> None:
    assert worth(text) == Fraction(expected)
    assert enclosure(read(text, list(VALUES)), VALUES).radius == 0


def test_other_expressions_are_right_to_forty_digits() -> None:
    ten_to_40 = 10**40
    assert abs(worth("sqrt(2)") ** 2 - 2) * ten_to_40 < 10
    assert str(int(worth("pi") * ten_to_40)).startswith("31415926535897932384626433832795028841")
    assert str(int(worth("sigmoid(0.5)") * ten_to_40)).startswith("622459331201854564638900565745508478753")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1/0", "no-value"),
        ("1/(x-0.3)", "no-value"),
        ("ln(w)", "no-value"),
        ("sqrt(w)", "no-value"),
        ("0^0", "no-value"),
        ("relu'(x-0.3)", "no-value"),
        ("exp(1)/(x-0.3)", "no-value"),
        ("exp(exp(exp(exp(9))))", "unsure"),
        ("1/(sqrt(2)^2-2)", "unsure"),
        ("exp(10^8)", "too-large"),
        ("-exp(1e17)", "too-large"),
        ("((9^9999)^9999)^9999", "too-large"),
    ],
)
def test_what_is_no_number_says_why(text: str, code: str) -> None:
    with pytest.raises(NotANumber) as caught:
        worth(text)
    assert caught.value.code == code


def test_a_number_next_to_0_is_small_and_not_0() -> None:
    assert 0 < worth("exp(-1e17)") < Fraction(1, 10**1000)
    assert -Fraction(1, 10**1000) < worth("-exp(-1e17)") < 0
    assert enclosure(read("exp(-1e17)", ())).radius > 0
    assert enclosure(read("(0.5^9999)^9999", ())).radius > 0
    assert match("exp(-1e17)", "0", mode="exact") is Match.WRONG
    assert match("exp(-1e17)", "0", decimals=4) is Match.RIGHT


def test_a_name_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="q"):
        value(read("q", ["q"]), VALUES)


@given(st.fractions(), st.fractions())
def test_sums_and_products_are_exact(a: Fraction, b: Fraction) -> None:
    tree = read("x*w + x - w", list(VALUES))
    assert value(tree, {"x": a, "w": b}) == a * b + a - b


def test_the_boundary_belongs_to_what_is_right() -> None:
    assert match("46.23", "46", relative=Decimal("0.005")) is Match.RIGHT
    assert match("46.230000000000001", "46", relative=Decimal("0.005")) is Match.WRONG
    assert match("45.77", "46") is Match.RIGHT


def test_46_point_0_is_46() -> None:
    assert match("46.0", "46", mode="exact") is Match.RIGHT


def test_the_last_asked_decimal_allows_half_a_unit() -> None:
    assert match("0.005", "0", decimals=2) is Match.RIGHT
    assert match("0.0051", "0", decimals=2) is Match.WRONG


def test_the_larger_allowance_counts() -> None:
    assert match("100.4", "100", decimals=3) is Match.RIGHT
    assert match("0.104", "0.1", decimals=2) is Match.RIGHT


def test_an_updated_weight_is_measured_by_its_step() -> None:
    assert match("0.514", "0.514", "-0.036", relative=Decimal("0.025")) is Match.RIGHT
    assert match("0.5149", "0.514", "-0.036", relative=Decimal("0.025")) is Match.RIGHT
    assert match("0.5150", "0.514", "-0.036", relative=Decimal("0.025")) is Match.WRONG


def test_nothing_but_the_right_number_is_exact() -> None:
    assert match("0.3333", "1/3", mode="exact") is Match.WRONG
    assert match("1/3", "1/3", mode="exact") is Match.RIGHT


def test_the_right_number_with_too_few_digits_is_told_apart() -> None:
    assert match("0.36", "0.3584", decimals=4, relative=Decimal(0)) is Match.FEW_DIGITS
    assert match("-0.4", "-0.3584", decimals=4, relative=Decimal(0)) is Match.FEW_DIGITS
    assert match("0.35", "0.3584", decimals=4, relative=Decimal(0)) is Match.WRONG


def test_enough_digits_are_never_too_few() -> None:
    assert match("0.3580", "0.3584", decimals=4, relative=Decimal(0)) is Match.WRONG


def test_0_is_not_a_rounded_answer() -> None:
    assert match("0", "0.3", decimals=4) is Match.WRONG
    assert match("0.00", "0.003", decimals=4) is Match.WRONG


def test_an_expression_has_no_number_of_digits() -> None:
    assert match("18/50", "0.3584", decimals=4, relative=Decimal(0)) is Match.WRONG


def test_a_rounded_number_stands_for_half_a_unit_of_its_last_digit() -> None:
    assert match("0.358", "0.3584", mode="rounded") is Match.RIGHT
    assert match("0.3589", "0.3584", mode="rounded") is Match.WRONG
    assert match("3.6e-1", "0.3584", mode="rounded") is Match.RIGHT
    assert match("46", "45.6", mode="rounded") is Match.RIGHT


def test_a_rounded_number_needs_the_digits_that_are_asked() -> None:
    assert match("0.36", "0.3584", mode="rounded", decimals=3) is Match.FEW_DIGITS
    assert match("0.358", "0.3584", mode="rounded", decimals=3) is Match.RIGHT
    assert match("46", "46", mode="rounded", decimals=3) is Match.RIGHT


def test_rounded_numbers_inside_an_expression_carry_their_rounding() -> None:
    assert match("2*0.18", "0.3584", mode="rounded") is Match.RIGHT
    assert match("2*0.180", "0.3584", mode="rounded") is Match.WRONG
    assert match("-2*(-0.18)*max(1.0, 0)", "0.3584", mode="rounded") is Match.RIGHT


def test_an_answer_of_very_many_rounded_numbers_is_not_judged() -> None:
    assert match("+".join(["0.01"] * 20), "0.21", mode="rounded") is Match.RIGHT
    with pytest.raises(NotANumber, match="unsure"):
        match("+".join(["0.01"] * 21), "0.22", mode="rounded")


def test_names_in_an_answer_stand_for_their_values() -> None:
    assert match("2*x", "0.6", mode="exact") is Match.RIGHT


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("2", Match.WRONG), ("2.0", Match.WRONG), ("2.04", Match.FEW_DIGITS), ("2.036", Match.RIGHT)],
)
def test_digits_too_few_to_show_the_step_are_not_the_right_weight(typed: str, expected: Match) -> None:
    """The weight before the step of 0.036 is 2."""
    assert match(typed, "2.036", "-0.036", relative=Decimal("0.025"), decimals=4) is expected


def test_a_value_after_the_step_is_measured_by_its_change() -> None:
    """From 0.7 to 0.851128 and from 0.09 to 0.022162872384; a share of the value itself would be larger."""
    change, fall = "0.151128", "-0.067837127616"
    assert match("0.85188364", "0.851128", change) is Match.RIGHT
    assert match("0.85188365", "0.851128", change) is Match.WRONG
    assert match("0.02250205802208", "0.022162872384", fall) is Match.RIGHT
    assert match("0.02250205802209", "0.022162872384", fall) is Match.WRONG


@given(st.decimals("-99", "99", places=6), st.decimals("0", "9", places=6), st.sampled_from([-1, 1]))
def test_the_boundary_is_exact_whatever_the_numbers(right: Decimal, scale: Decimal, side: int) -> None:
    """The share 0.005 of a decimal is a decimal, so the last right answer can be typed."""
    edge, least = Fraction(right) + side * Fraction(scale) / 200, Fraction(side, 10**12)
    typed, beyond = (f"{Decimal(int(each * 10**12)).scaleb(-12):f}" for each in (edge, edge + least))
    assert match(typed, str(right), str(scale)) is Match.RIGHT
    assert match(beyond, str(right), str(scale)) is Match.WRONG
