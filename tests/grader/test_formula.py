"""Derivatives of formulas: nothing where a name is not in them, and soon for long ones."""

import time

import pytest

from grader.expression import read
from grader.formula import ZERO, partial
from grader.numbers import value
from grader.tree import Number, walk

NAMES = ("a", "b", "c")
VALUES = {name: Number(number, "").value for name, number in zip(NAMES, (2, 3, 5), strict=True)}


@pytest.mark.parametrize(
    "text", ["a - b", "-(a + b)", "a/b", "a^b", "a*b + 7", "max(a, b)", "leaky(a, 2)", "exp(a)", "pi", "3"]
)
def test_a_formula_without_the_name_has_the_derivative_0(text: str) -> None:
    assert partial(read(text, NAMES), "c") == ZERO


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c", 1),
        ("-c", -1),
        ("a - c", -1),
        ("c/a", 0.5),
        ("a/c", -0.08),
        ("c^2", 10),
        ("(a + c)*c", 12),
        ("-(-c)", 1),
    ],
)
def test_the_derivative_is_that_of_the_textbook(text: str, expected: float) -> None:
    assert float(value(partial(read(text, NAMES), "c"), VALUES)) == expected


def test_the_derivative_of_a_long_sum_takes_work_in_proportion() -> None:
    long = read("+".join(f"tanh({name}*{n})" for n in range(1, 40) for name in "ab"), NAMES)
    start = time.thread_time()
    found = partial(long, "b")
    assert time.thread_time() - start < 0.1
    assert sum(1 for _ in walk(found)) < 10 * sum(1 for _ in walk(long))
