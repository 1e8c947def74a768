"""The short way to a value gives what the long way gives, or nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import numbers
from grader.expression import read
from grader.numbers import NotANumber, enclosure
from grader.rational import rational

VALUES = {"w": Fraction(6, 5), "x": Fraction(-1, 2), "y": Fraction(0)}
LEAVES = st.sampled_from(["w", "x", "y", "0", "1", "2", "0.25", "(w - y)", "-x"])
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: "({}){}({})".format(*parts)),
        st.tuples(inner, st.sampled_from(["0", "1", "3", "8", "9", "-1", "x"])).map(
            "({0[0]})^({0[1]})".format
        ),
        inner.map("sqrt({})".format),
    ),
    max_leaves=12,
)


@given(TEXTS)
def test_where_the_short_way_has_a_value_the_long_way_has_the_same(text: str) -> None:
    tree = read(text, VALUES)
    short = rational(tree, VALUES)
    if short is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbers, "rational", lambda tree, values: None)
        assert enclosure(tree, VALUES).middle == short


@pytest.mark.parametrize("text", ["1/y", "0^0", "y^-1", "w^0.5", "sqrt(4)", "pi", "(2^8)^8^8", "w^9"])
def test_what_is_no_plain_arithmetic_takes_the_long_way(text: str) -> None:
    assert rational(read(text, VALUES), VALUES) is None


def test_a_tower_of_small_powers_is_left_before_it_grows() -> None:
    tree = read("(((w^8)^8)^8)^8", VALUES)

    assert rational(tree, VALUES) is None
    with pytest.raises(NotANumber):
        enclosure(read("1/((w - w)*1)", VALUES), VALUES)


def test_a_name_without_a_value_is_named() -> None:
    with pytest.raises(KeyError, match="q"):
        rational(read("2*q", ["q"]), VALUES)
