"""Approximate numbers agree with exact ones, and have no value where those have none."""

import math
from fractions import Fraction

import pytest

from grader.expression import read
from grader.floats import Floats
from grader.language import FUNCTIONS
from grader.numbers import value

HALVES = {"a": Fraction(3, 2), "b": Fraction(-1, 2)}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("first", ["a", "b"])
def test_every_function_of_the_language_agrees(function: str, first: str) -> None:
    for arguments in range(FUNCTIONS[function][0], FUNCTIONS[function][1] + 1):
        text = f"{function}({', '.join((first, '0.3')[:arguments])})"
        tree = read(text, HALVES)
        found = Floats(HALVES, {}).of(tree)
        if function in ("ln", "sqrt") and first == "b":
            assert math.isnan(found)
        else:
            assert found == pytest.approx(float(value(tree, HALVES)), rel=1e-12)


@pytest.mark.parametrize("text", ["1/(a - a)", "exp(10^4)", "b^0.5", "relu'(a - a)", "ln(b)", "c"])
def test_there_is_no_number_where_there_is_no_value(text: str) -> None:
    floats = Floats(HALVES, {"c": read("1/(b + b + 1)", HALVES)})
    assert math.isnan(floats.of(read(text, (*HALVES, "c"))))


def test_what_a_name_stands_for_is_worked_out_when_it_is_asked_for() -> None:
    floats = Floats(HALVES, {"c": read("-a*b + pi", HALVES)})
    assert floats.of(read("2c", ("c",))) == pytest.approx(1.5 + 2 * math.pi)
