"""Rounding, and a student's points in an assignment."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from course.gradebook.rounding import percent, rounded, shown
from course.gradebook.scores import FULL, OUT, Part, Reached, score

TEN, FIVE = Decimal(10), Decimal(5)
FIRST, SECOND, THIRD = (Part(number, TEN) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("points", "kept"),
    [
        (Decimal("0.125"), "0.13"),
        (Decimal("0.124999"), "0.12"),
        (Decimal("-0.125"), "-0.13"),
        (Decimal("2.675"), "2.68"),
        (Fraction(2, 3), "0.67"),
        (Fraction(1, 8), "0.13"),
        (7, "7.00"),
        (Decimal("1E+3"), "1000.00"),
    ],
)
def test_a_half_is_rounded_up(points: Decimal | Fraction | int, kept: str) -> None:
    assert str(rounded(points)) == kept


def test_a_fraction_just_below_a_half_is_not_rounded_twice() -> None:
    assert rounded(Fraction(1, 8) - Fraction(1, 10**40)) == Decimal("0.12")


@given(some.decimals(min_value=-99999, max_value=99999, places=6))
def test_rounding_agrees_with_the_decimal_module(points: Decimal) -> None:
    assert rounded(points) == points.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_numbers_are_shown_without_idle_zeros() -> None:
    assert [shown(Decimal(n)) for n in ("7.500", "10", "0", "100.00", "0.005")] == [
        "7.5",
        "10",
        "0",
        "100",
        "0.01",
    ]
    assert percent(Fraction(2, 3)) == Decimal("66.67")


def test_a_score_is_the_sum_over_its_items() -> None:
    found = score([FIRST, SECOND, THIRD], {1: Reached(FIVE, tried=True), 2: Reached(TEN, tried=True)})
    assert (found.points, found.possible, found.tried) == (15, 30, True)
    assert [line.points for line in found.lines] == [5, 10, 0]


def test_a_discounted_item_counts_on_neither_side() -> None:
    found = score([FIRST, Part(2, TEN, OUT)], {1: Reached(FIVE, tried=True), 2: Reached(TEN, tried=True)})
    assert (found.points, found.possible) == (5, 10)
    assert found.lines[1].reached == 10


def test_full_marks_go_to_everyone_who_tried() -> None:
    parts = [FIRST, Part(2, TEN, FULL)]
    assert score(parts, {2: Reached(Decimal(0), tried=True)}).points == 10
    assert score(parts, {2: Reached(Decimal(0), tried=False)}).points == 0
    assert score(parts, {}).possible == 20


def test_of_a_pool_only_the_drawn_items_count() -> None:
    parts = [FIRST, *(Part(number, TEN, pool=4) for number in (5, 6, 7))]
    reached = {5: Reached(FIVE, tried=True), 6: Reached(TEN, tried=True)}
    found = score(parts, reached, drawn={5, 7})
    assert [line.item for line in found.lines] == [1, 5, 7]
    assert (found.points, found.possible) == (5, 30)
    assert score(parts, reached).possible == 40


def test_a_score_of_nothing_is_nothing() -> None:
    found = score([FIRST], {})
    assert (found.points, found.possible, found.tried) == (0, 10, False)
