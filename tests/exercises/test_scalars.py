"""An author's numbers and words are read as they are written."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from exercises import bank
from exercises.bank import BankError
from exercises.places import compose

GOOD = """
name: One link
network: {yhat: w1*x1, L: (yhat - y)^2}
numbers: {x1: 0.5, w1: 2, y: 3, alpha: 0.1}
exercises:
  - {id: a-loss, step: loss}
"""


def held(scalar: str) -> Any:
    return compose(f"a: {scalar}", "a.yaml")[1]["a"]


@pytest.mark.parametrize(
    ("scalar", "read"),
    [
        ("0.1000000000000000055511", Decimal("0.1000000000000000055511")),
        ("1.50", Decimal("1.50")),
        ("1e3", Decimal("1e3")),
        (".5", Decimal("0.5")),
        ("-5.", Decimal(-5)),
        ("+3", 3),
        ("08", 8),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("2024-12-01", "2024-12-01"),
        ("no", "no"),
        ("On", "On"),
        ("y", "y"),
        (".inf", ".inf"),
        ("true", True),
        ("~", None),
        ("", None),
        ("'017'", "017"),
    ],
)
def test_a_scalar_is_what_is_written(scalar: str, read: object) -> None:
    assert held(scalar) == read
    assert type(held(scalar)) is type(read)


def test_words_and_two_less_than_signs_are_names_like_others() -> None:
    assert compose("{no: 1, on: 2, <<: 3}", "a.yaml")[1] == {"no": 1, "on": 2, "<<": 3}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("017", "line 4: '017' is 17, but an older reader of YAML takes it for 15; write 17"),
        ("-0012", "line 4: '-0012' is -12, but an older reader of YAML takes it for -10; write -12"),
        ("1:30", "line 4: 'numbers.x1': '1:30' is no number: with colons it is a time"),
        ("'0,54'", "line 4: 'numbers.x1': '0,54' is no number here; with a point it is: 0.54"),
        ("half", "line 4: 'numbers.x1': 'half' is no number"),
    ],
)
def test_what_could_be_another_number_is_refused_in_words(written: str, words: str) -> None:
    with pytest.raises(BankError, match=re.escape(words)):
        bank.read(GOOD.replace("x1: 0.5", f"x1: {written}"), "a.yaml")


def test_the_numbers_of_an_exercise_are_those_that_were_written() -> None:
    (exercise,) = bank.read(GOOD.replace("x1: 0.5", "x1: 0.30000000000000000004"), "a.yaml")
    assert exercise.numbers is not None
    assert exercise.numbers["x1"] == Decimal("0.30000000000000000004")
