"""No comparison takes long: its work is counted before it is done."""

from __future__ import annotations

from time import thread_time

import pytest

from grader.budget import MOST, OF_A_SUBMISSION, Budget
from grader.equivalence import compare
from grader.expression import read

NAMES = ("x", "y", "z", *(f"w{n}" for n in range(100)))
SECONDS = 0.5  # ten times the bar, for slow machines


def repeated(sign: str, pattern: str, last: int) -> str:
    """``pattern`` with 2, 3 ... in the place of its #, joined by ``sign``."""
    return sign.join(pattern.replace("#", str(n)) for n in range(2, last))


def squared(function: str, times: int) -> str:
    return f"{function}(" + "(" * times + "3*x" + ")^2" * times + ")"


def largest(order: range) -> str:
    first, *rest = (f"w{n}" for n in order)
    return "max(" * len(rest) + first + "".join(f",{name})" for name in rest)


MORE = "+sqrt(w2^2)-abs(w2)"  # 0, which is not seen modulo a prime
FUNCTIONS = ("exp", "sin", "tan", "tanh", "sigmoid", "sinh", "2^")
HOSTILE = [
    *((squared(function, times), "x") for function in FUNCTIONS for times in (18, 24, 28)),
    *((f"{f}({'(' * 6}3*x{')^9999' * 6})", "x") for f in FUNCTIONS),
    *((repeated("+", f"{f}(#x)", 70), repeated("+", f"{f}(x*#)", 60) + MORE) for f in FUNCTIONS),
    *((f"{f}(" * 25 + "x/9" + ")" * 25, "x") for f in FUNCTIONS[:-1]),
    (
        "exp((1+" + repeated("+", "#*x", 60) + ")*(" + repeated("+", "#*y", 20) + "))",
        "exp(x^9999+(" + repeated("+", "#*x", 60) + ")*(" + repeated("+", "#*y", 20) + "))",
    ),
    (repeated("+", "max(w#,tan(w#+1))", 62), repeated("+", "max(tan(1+w#),w#)", 62) + MORE),
    (repeated("+", "max(w1,tan(w#+1))", 62), repeated("+", "max(tan(1+w#),w1)", 62) + MORE),
    (repeated("+", "abs(w#^w#+1)", 60), repeated("+", "abs(exp(w#*ln(w#))+1)", 45) + MORE),
    (repeated("+", "relu(w#)", 90), repeated("+", "relu(w#)", 90) + MORE),
    (repeated("+", "relu(w#*w1)", 80), repeated("+", "relu(w#*w1)", 80) + MORE),
    (repeated("+", "max(x,min(y,#*z))", 50), repeated("+", "max(min(z*#,y),x)", 50) + MORE),
    (repeated("+", "relu(x-#*y-w#)", 55), repeated("+", "max(0,x-w#-#*y)", 50) + MORE),
    (repeated("+", "relu(x-#)", 70), repeated("+", "max(x,#)-#", 70)),
    (repeated("+", "sqrt((x-#)^2)", 60), repeated("+", "abs(x-#)", 60)),
    (repeated("+", "sqrt(x-#000)", 60), repeated("+", "sqrt(x-#000)*x/x", 50)),
    (largest(range(8)), largest(range(7, -1, -1))),
    (repeated("*", "(1+sqrt(x+#))", 50), repeated("*", "((#+x)^0.5+1)", 50)),
    (repeated("+", "ln(#x)", 70), repeated("+", "(ln(#)+ln(x))", 70)),
    (repeated("*", "ln(#x)", 70), repeated("*", "(ln(#)+ln(x))", 70)),
    ("sin(" * 30 + "10^30*x" + ")" * 30, "1"),
    ("(" * 6 + "x" + "^10000)" * 6 + "+sin(x)^2", "(" * 6 + "x" + "^10000)" * 6 + "+1-cos(x)^2"),
    (repeated("*", "1.23456789012345678^999#", 9) + "*ln(x^2)", repeated("*", "999#", 9) + "*2ln(x)"),
    (repeated("+", "(x+1e-20)^99#", 60), repeated("+", "(x+1e-20)^99#", 60) + "+(1e-30)^999"),
    ("x^x^x^x^x^x^x^x^x^x^x", "x"),
]  # fmt: skip


@pytest.mark.parametrize("pair", HOSTILE, ids=lambda pair: pair[0][:20])
def test_no_comparison_takes_long(pair: tuple[str, str]) -> None:
    left, right = (read(text, NAMES) for text in pair)
    budget, start = Budget(), thread_time()
    compare(left, right, NAMES, budget=budget)
    spent = thread_time() - start
    assert spent < SECONDS
    assert spent * 1e6 < 10 * (MOST - budget.left + 1000)  # nothing heavy goes uncounted


def test_a_spent_budget_leaves_everything_undecided_but_the_same_expression() -> None:
    budget = Budget(0)
    assert (
        compare(read("(x+y)^2", NAMES), read("x^2+2x*y+y^2", NAMES), NAMES, budget=budget).verdict
        == "undecided"
    )
    assert budget.is_spent
    assert compare(read("x+y", NAMES), read("y+x", NAMES), NAMES, budget=budget).verdict == "equal"


def test_comparisons_that_share_a_budget_use_it_up_together() -> None:
    budget = Budget(1000)
    verdicts = [
        compare(read("(x+y)^2", NAMES), read("x^2+2x*y+y^2", NAMES), NAMES, budget=budget).verdict
        for _ in range(20)
    ]
    assert verdicts[0] == "equal"
    assert verdicts[-1] == "undecided"


def test_a_part_of_a_budget_is_a_quarter_of_what_is_left_and_is_taken_off_it() -> None:
    whole = Budget(1000)
    first = whole.part()
    assert not first.affords(251)
    assert first.affords(250)
    assert (whole.left, whole.part().left) == (750, 187.5)


def test_one_hungry_question_leaves_enough_for_the_others() -> None:
    whole = Budget(OF_A_SUBMISSION)
    hungry, other = HOSTILE[0], ("2*(x - y)*z", "2*x*z - 2*y*z")
    for pair in (hungry, hungry, hungry, other):
        left, right = (read(text, NAMES) for text in pair)
        found = compare(left, right, NAMES, budget=whole.part())
    assert found.verdict == "equal"
    assert whole.left > OF_A_SUBMISSION / 4
