from __future__ import annotations

import pytest

from grader.arbiter import arbitrate
from grader.expression import read


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [("sin(x)^2", "1-cos(x)^2", "equal"), ("relu(x)+sigmoid'(x)", "x", "different")],
)
def test_sympy_settles_what_it_can(left: str, right: str, verdict: str) -> None:
    assert arbitrate(read(left, ["x"]), read(right, ["x"]), ["x"], 30).verdict == verdict


def test_a_question_that_takes_too_long_stays_undecided() -> None:
    hard = read("(x+y+1)^9999*sin(x)^2+(x+y+1)^9999*cos(x)^2", ["x", "y"])
    found = arbitrate(hard, read("(1+x+y)^9999", ["x", "y"]), ["x", "y"], 1.5)
    assert found.verdict == "undecided"
