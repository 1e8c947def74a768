from __future__ import annotations

import json
import subprocess
import sys

import pytest

from grader.arbiter import arbitrate
from grader.comparing import compare_line, settle_line
from grader.expression import read

HARD = "(x+y+1)^9999*sin(x)^2+(x+y+1)^9999*cos(x)^2"


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("sin(x)^2", "1-cos(x)^2", "equal"),
        ("x+exp(-10^9)", "x", "different"),
        ("ln(x*y)", "ln(x)+ln(y)", "undecided"),  # equal where both have a value; SymPy's tries say no
        ("relu(x)", "x", "undecided"),
    ],
)
def test_sympy_settles_what_it_can_prove(left: str, right: str, verdict: str) -> None:
    assert arbitrate(read(left, ["x", "y"]), read(right, ["x", "y"]), ["x", "y"], 30).verdict == verdict


def test_a_question_that_takes_too_long_stays_undecided() -> None:
    found = arbitrate(read(HARD, ["x", "y"]), read("(1+x+y)^9999", ["x", "y"]), ["x", "y"], 1.5)
    assert (found.verdict, found.evidence) == ("undecided", "SymPy did not finish within 1.5 s")


def test_the_child_is_ended_by_its_own_limit_if_nobody_waits() -> None:
    request = json.dumps({"left": HARD, "right": "(1+x+y)^9999", "variables": ["x", "y"]})
    command = [sys.executable, "-m", "grader.opinion", "1"]
    child = subprocess.run(command, input=request, capture_output=True, text=True, check=False, timeout=60)
    assert child.returncode < 0
    assert child.stdout == ""


def test_what_is_undecided_goes_to_sympy_only_when_a_person_asks() -> None:
    far = "sin(exp(400)*x)"
    pair = {"student": far, "reference": f"{far}*(sin(x)^2+cos(x)^2)", "variables": ["x"]}
    assert json.loads(compare_line(json.dumps(pair)))["verdict"] == "undecided"
    settled = json.loads(settle_line(json.dumps(pair)))
    assert (settled["verdict"], settled["evidence"]) == ("equal", "SymPy")


def test_marking_does_not_load_sympy() -> None:
    code = "import sys, grader.tasks, grader.comparing; print('sympy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
