"""What bends, and what has values in places that nobody looks at first."""

from __future__ import annotations

from functools import reduce

import pytest

from grader.equivalence import Comparison, compare
from grader.expression import read

HIGHEST = "max(x,max(y,z))"
MOTZKIN = "x^4*y^2+x^2*y^4-3*x^2*y^2+1"  # never negative, and no sum of squares
NAMES = ("x", "y", "z", "w1", "w2")


def compared(left: str, right: str) -> Comparison:
    return compare(read(left, NAMES), read(right, NAMES), NAMES)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("relu(x^2+1)", "x^2+1"),
        ("relu((x-3)^2+1)", "(x-3)^2+1"),
        ("relu(exp(x)+abs(y))", "exp(x)+abs(y)"),
        ("max(tanh(x),-2)", "tanh(x)"),
        ("relu(sin(x)-2)", "0"),
        ("relu(1-sigmoid(x))", "1-sigmoid(x)"),
        ("abs(pi-3.15)", "3.15-pi"),
        ("tanh(relu(x))", "relu(tanh(x))"),
        ("relu(x*y)", "relu(x)*relu(y)+relu(-x)*relu(-y)"),
        ("relu(x*y)*relu(-x)*relu(y)", "0"),
        ("relu(x-y)*relu(y-z)*relu(z-x)+exp(x)", "exp(x)"),
        ("relu(x)*relu(-x-1)+sqrt(y)", "y^0.5"),
        ("relu(x)^y", "relu(relu(x))^y"),
        ("relu(relu(x-5000))", "max(x,5000)-5000"),
        ("sqrt(x^2*y)", "abs(x)*sqrt(y)"),
        ("sqrt(sqrt(x^4*y^4))", "abs(x*y)"),
        ("max(ln(x),ln(y))", "ln(max(x,y))"),
        ("min(sqrt(x),sqrt(y))", "sqrt(min(x,y))"),
        ("max(x^2+1,2*x)", "x^2+1"),
        ("max(x^2+9,6*x)-6*x", "(x-3)^2"),
        ("relu(x/y)", "relu(x*y)/y^2"),
        ("relu(relu(w2*relu(w1*x)))", "relu(w2*relu(w1*x))"),
        ("z*relu(relu(w1*relu(x)))+y*relu(w2*relu(x))", "z*relu(w1*relu(x))+y*relu(relu(w2*relu(x)))"),
        ("abs(relu(x)*exp(y))", "exp(y)*(x+abs(x))/2"),
        ("abs(15/4*x*(x-17/4)*(x*(19/4)-21/4))", "abs(15/4*x*(x-17/4))*abs(x*(19/4)-21/4)"),
        ("relu(relu'(x*y)*z)", "relu'(x*y)*relu(z)"),
        ("2*leaky(2*x/2*(0.5*x+x/2))/2", "max(x*(x*1+0),1/5*(x*(x+0)))"),
        ("ln(1+exp(sin(19/4)))", "relu(sin(19/4))+ln(1+exp(-abs(sin(19/4))))"),
        ("max(tanh(13/4),exp(-1/4))+x", "tanh(13/4)+x"),
        ("x*relu'(y/x)", "x*relu'(3*x*y*exp(z))"),
        ("abs(x*y/2+x/y)", "abs(x)*(abs(y)/2+1/abs(y))"),
        ("ln(exp(x)+exp(y)+exp(z))", f"{HIGHEST}+ln(exp(x-{HIGHEST})+exp(y-{HIGHEST})+exp(z-{HIGHEST}))"),
        ("abs(exp(x)-x)", "exp(x)-x"),
        ("relu(x-exp(x))", "0"),
        ("relu(x*y-x^2-y^2)", "0"),
        ("relu(x^2+x*y+y^2+1)", "x^2+x*y+y^2+1"),
        ("relu(x^4+y^4-x^2*y^2)", "x^4+y^4-x^2*y^2"),
        ("relu(exp(x)^2-exp(x)+1)", "exp(x)^2-exp(x)+1"),
        ("relu(x+sqrt(1+x^2))", "x+sqrt(1+x^2)"),
        ("relu(2*x-y-sqrt((2*x-y)^2+3))", "0"),
        ("max(2*exp(x),2*exp(y))", "2*exp(max(x,y))"),
        ("relu(exp(x)-1)", "exp(relu(x))-1"),
        ("abs(sigmoid(x)-1/2)", "sigmoid(abs(x))-1/2"),
        ("relu(sigmoid(x)-1/2)", "sigmoid(relu(x))-1/2"),
        ("relu(ln(1+exp(x)))", "ln(1+exp(x))"),
        ("relu(ln(x))", "ln(max(x,1))"),
        ("relu(1-tanh(z)^2)", "1-tanh(z)^2"),
        ("relu(sigmoid(z)*(1-sigmoid(z)))", "sigmoid(z)*(1-sigmoid(z))"),
        ("(x^2)^(1/4)", "sqrt(abs(x))"),
        ("(x^6)^(1/4)", "abs(x)*sqrt(abs(x))"),
        ("sqrt(x^-2)", "1/abs(x)"),
        ("sigmoid(leaky(x-17000000))", "sigmoid(max(x-17000000,0.2*(x-17000000)))"),
        ("ln(relu(x))+sin(y)^2", "ln(x)+1-cos(y)^2"),
        ("max(max(x,y),max(z,w1))", "max(w1,max(x,max(y,z)))"),
        ("relu(w1)+relu(relu(w2))+relu(x)", "relu(relu(w1))+relu(w2)+max(x,max(x,0))"),
    ],
)
def test_sides_that_agree_on_every_side_of_every_kink_are_equal(left: str, right: str) -> None:
    assert compared(left, right).verdict == compared(right, left).verdict == "equal"


def test_the_largest_of_many_may_be_written_in_any_order() -> None:
    names = [f"n{k}" for k in range(8)]
    first, second = (reduce(lambda a, b: f"max({a}, {b})", order) for order in (names, names[::-1]))
    assert compare(read(first, names), read(second, names), names).evidence == "the same expression"
    other = second.replace("n3", "n4")
    assert compare(read(first, names), read(other, names), names).verdict == "different"


@pytest.mark.parametrize("left", ["relu(x*sin(x)-x^2)", "relu(1-x^2/2-cos(x))", f"relu(-({MOTZKIN}))"])
def test_a_side_of_a_kink_that_is_neither_reached_nor_excluded_leaves_it_undecided(left: str) -> None:
    found = compared(left, "0")
    assert found.verdict == "undecided"
    assert "not reached" in found.evidence


def test_more_kinks_than_the_budget_allows_leave_it_undecided() -> None:
    names = [f"w{n}" for n in range(40)]
    left, right = ("+".join(pattern.format(n) for n in names) for pattern in ("relu({})", "max(relu({}),0)"))
    found = compare(read(left, names), read(right, names), names)
    assert found.verdict == "undecided"
    assert "more kinks than can be looked at" in found.evidence


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("sqrt(x-5000)^2", "x-5000"),
        ("exp(ln(x-5000))", "x-5000"),
        ("sqrt(0.001-x^2-y^2)^2", "0.001-x^2-y^2"),
        ("sqrt(0.01-x^2)^2", "0.01-x^2"),
        ("ln((0.01-x)*x)", "ln(0.01-x)+ln(x)"),
        ("ln(x-5000)+ln(x-5001)", "ln((x-5000)*(x-5001))"),
        ("x+0*sqrt(x-1000)", "x"),
        ("x+0*sqrt(x-5000)", "x"),
        ("sqrt(x-5000)*relu(x-6000)", "relu(x-6000)*(x-5000)^0.5"),
    ],
)
def test_points_are_sought_where_roots_and_logarithms_have_a_value(left: str, right: str) -> None:
    assert compared(left, right).verdict == compared(right, left).verdict == "equal"


@pytest.mark.parametrize(
    "left", ["sqrt(-1-x^2)^2", "sqrt(x-exp(x))^2", "sqrt(sqrt(-1-x^2))^2", "sqrt(ln(x)-900)^2"]
)
def test_an_identity_without_a_common_point_is_never_different(left: str) -> None:
    assert compared(left, left[5:-3]).verdict == "undecided"


def test_a_wrong_answer_far_inside_a_domain_is_told() -> None:
    assert compared("ln(x-5000)+ln(x-5001)", "ln((x-5000)*(x-5001))+1e-20").verdict == "different"


def test_a_domain_that_is_not_found_leaves_it_undecided() -> None:
    names = [f"w{n}" for n in range(12)]
    ordered = "+".join(f"sqrt({a}-{b})" for n, a in enumerate(names) for b in names[n + 1 :])
    found = compare(read(ordered, names), read("w1", names), names)
    assert found.verdict == "undecided"


def test_saturated_sides_with_more_kinks_than_the_budget_allows_are_undecided() -> None:
    steep = [f"sigmoid({kink}(w{n}-17000000))" for n in range(12) for kink in ("relu", "leaky")]
    names = [f"w{n}" for n in range(12)]
    left, right = "+".join(steep), "+".join(steep).replace("relu(", "relu(0+")
    found = compare(read(left + "+sqrt(w1^2)", names), read(right + "+abs(w1)", names), names)
    assert found.verdict == "undecided"
