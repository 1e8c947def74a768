"""Answers written to be right at every point that can be known before: those are not taken for evidence."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.equivalence import Comparison, compare
from grader.expression import read
from grader.points import farthest, quick, wide

NAMES = ("x",)
FIXED = sorted({point[0] for point in (*quick(1), *wide(1), *farthest(1))})
HIDDEN = (
    "x^3-64000",
    "-x^3-64000",
    "x^3-10^30*10^30*10^30",
    "ln(x^2+1)-140",
    "sqrt(x^2+1)-10^30",
    "x^3+sin(x)-10^30",
    "x^3+sin(x)-10^30*10^30*10^30",
)


def vanishing(places: Iterable[Fraction], power: int = 1) -> str:
    return "*".join(f"(x-({written(place)}))^{power}" for place in sorted(places))


def written(place: Fraction) -> str:
    """An exact text for a number of which no whole number within has more than 20 digits."""
    digits = str(place.numerator).rstrip("0") or "0"
    return f"{digits}*10^{len(str(place.numerator)) - len(digits)}/{place.denominator}"


def compared(left: str, right: str) -> Comparison:
    return compare(read(left, NAMES), read(right, NAMES), NAMES)


@pytest.mark.parametrize(
    "extra",
    [
        "relu(x^3-10^30*10^30*10^30)*(x-21*10^30)^2*(x+21*10^30)^2",
        "relu(x^3-64000)*(x-1017)*(x-21*10^4)*(x-21*10^7)*(x-21*10^11)*(x-21*10^18)*(x-21*10^30)",
    ],
)
def test_a_factor_that_vanishes_far_outside_is_found_out(extra: str) -> None:
    assert compared("x", f"x+{extra}").verdict == compared(f"x+{extra}", "x").verdict == "different"


@pytest.mark.parametrize("base", ["x", "sin(x)"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_side_of_a_kink_is_not_proved_by_points_that_are_known(base: str, hidden: str) -> None:
    assert compared(f"{base}+relu({hidden})*{vanishing(FIXED)}", base).verdict == "different"


@given(
    st.sampled_from(HIDDEN),
    st.sampled_from(["x", "sin(x)", "exp(-x^2)", "x^2+1"]),
    st.sets(st.sampled_from(FIXED), min_size=1, max_size=12),
    st.integers(1, 3),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_no_factors_that_vanish_at_fixed_points_make_sides_equal(
    hidden: str, base: str, places: set[Fraction], power: int
) -> None:
    assert compared(f"{base}+relu({hidden})*{vanishing(places, power)}", base).verdict != "equal"


@pytest.mark.parametrize("left", ["sqrt(x-10)", "sqrt(x^3-1000)", "ln(x-10)"])
def test_agreement_at_whole_numbers_is_none_between_them(left: str) -> None:
    assert compared(f"{left}+sin(pi*x)", left).verdict == "different"


@pytest.mark.parametrize("left", ["sqrt(-(x-1)^2)+x", "sqrt(-(x-1)^2)+x^2", "sqrt(-(x-1)^2*(x-2)^2)+x^2"])
def test_a_single_point_in_common_proves_nothing(left: str) -> None:
    assert compared(left, "x").verdict != "equal"


def test_a_value_on_one_side_only_does_not_deny_a_common_edge() -> None:
    found = compared("sqrt(-(x-1/3)^2)+x", "x")
    assert "on the edges of domains at most" in found.evidence
