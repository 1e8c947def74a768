"""Pairs that were once left undecided, and what the rules that decide them say of any numbers."""

from __future__ import annotations

from fractions import Fraction
from math import log
from random import Random

import pytest

from grader.budget import Budget
from grader.case import Case
from grader.cells import explore
from grader.equivalence import compare
from grader.expression import read
from grader.factors import factors
from grader.inequalities import below, of_logarithm
from grader.modular import draw_prime
from grader.program import build
from grader.shared import in_shared_names
from grader.sides import Sides, Way
from grader.tree import Tree
from tests.grader.mutants import evaluate

NAMES = ("x", "y", "z", "w", "h")


def trees(*texts: str) -> list[Tree]:
    return [read(text, (*NAMES, "n", "m", "k")) for text in texts]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("abs(x*w-x*h)", "abs(x)*abs(w-h)"),
        ("abs(x*w*h-x*w*y-x*h^2+x*h*y)", "abs(x)*abs(w-h)*abs(h-y)"),
        ("abs(tanh(3)*(5/4-y)*x*w*9+0)", "abs(tanh(3)*(5/4-y))*abs(9*x*w)"),
        ("max(x*w,x*h)", "x*(w+h)/2+abs(x)*abs(w-h)/2"),
        ("relu(x*w+x*h)", "(x*w+x*h+abs(x)*abs(w+h))/2"),
        ("relu'(w/relu(h))*w", "relu'(w*relu(h))*w"),
        ("leaky'(w/sigmoid(z)+0,0.2)*w", "leaky'(w*sigmoid(z),0.2)*w"),
        ("leaky(3/4*w)", "max(3/4*w,1/5/(1/(3/4*w)))"),
        ("ln(exp(x)+exp(w))", "max(x,w)+ln(1+exp(-abs(x-w)))"),
        ("ln(exp(x)+exp(y)+exp(z))", "max(x,y)+ln(exp(x-max(x,y))+exp(y-max(x,y))+exp(z-max(x,y)))"),
        ("relu(ln(1+exp(z))-0.5*z-0.6931)", "ln(1+exp(z))-0.5*z-0.6931"),
        ("relu(ln(1+exp(z))-z)", "ln(1+exp(z))-z"),
        ("relu(x)*relu(x-sinh(x))", "0"),
        ("ln(-x/(y*w-1))", "ln(-x)-ln(y*w-1)"),
        ("ln(-y/(x*z-1))", "ln(-y)-ln(x*z-1)"),
        ("ln(abs(x*y)^3)", "3*ln(abs(x))+1.5*ln(y^2)"),
        ("relu(relu(x)-sin(x))*relu(x)", "(x-sin(x))*relu(x)"),
        ("max(sin(x),max(relu(x),x*w))", "max(max(x*w,sin(x)),relu(x))"),
    ],
)
def test_what_was_left_undecided_is_equal(left: str, right: str) -> None:
    assert compare(*trees(left, right), NAMES).verdict == "equal"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("relu(ln(1+exp(z))-0.5*z-0.6932)", "ln(1+exp(z))-0.5*z-0.6932"),
        ("abs(x*w-x*h)", "x*abs(w-h)"),
        ("ln(x-1)", "ln(1-x)"),
        ("ln(x*y)", "ln(x)+ln(-y)"),
        ("-ln(1-sigmoid(z))", "-ln(sigmoid(z)-1)"),
        ("relu(x)*relu(sinh(x)-x)", "0"),
        ("ln(exp(x)+exp(w))", "max(x,w)+ln(1+exp(-abs(x+w)))"),
        ("relu(w*relu(x*y))+relu(h*abs(x*y))", "relu(w*relu(x*y))+relu(h*relu(x*y))"),
        ("h*max(0,(w-2*x*y*(z-h))*y+x)", "h*relu((w-2*x*y*(z-h)*relu'(w*y+x))*y+x)"),
    ],
)
def test_their_neighbours_are_different(left: str, right: str) -> None:
    assert compare(*trees(left, right), NAMES).verdict == "different"


DEFINED = dict(zip(("n", "m", "k"), trees("relu(x*w)", "tanh(n*h)-x", "m^2"), strict=True))


def test_sides_in_the_same_names_are_equal_without_their_definitions() -> None:
    left, right = trees("2*n*(m+w)", "n*w+m*n+n*(w+m)")
    program = in_shared_names(left, right, NAMES, DEFINED)
    assert program is not None
    assert {program.variables[i] for i in program.inputs} == {"n", "m", "w"}
    assert compare(left, right, NAMES, DEFINED).verdict == "equal"


def test_a_name_that_only_one_side_uses_is_written_out_as_far_as_it_takes() -> None:
    program = in_shared_names(*trees("k+n", "(tanh(n*h)-x)^2+n"), NAMES, DEFINED)
    assert program is not None
    assert program.left == program.right
    assert {program.variables[i] for i in program.inputs} == {"n", "h", "x"}
    assert in_shared_names(*trees("m", "x"), NAMES, DEFINED) is None


def test_names_that_are_free_do_not_make_sides_different() -> None:
    definitions = {"n": read("m^2", ["m"]), "m": read("x+w", NAMES)}
    left, right = trees("n*m", "m*(x+w)^2")
    assert compare(left, right, NAMES, definitions).verdict == "equal"
    same = {"n": read("x", NAMES), "m": read("x", NAMES)}
    assert compare(*trees("n-m+n*m", "m-n+n*m"), NAMES, same).verdict == "equal"


@pytest.mark.parametrize(
    ("text", "sign", "count"),
    [("w*x-w*h", 1, 2), ("h*x-3*x^2*h", -1, 3), ("x^2*y+x^2*z", 1, 1), ("x*y+z", 0, 0), ("(x+1)^3", 1, 1)],
)
def test_a_sum_is_taken_apart_into_what_it_has_an_odd_number_of_times(
    text: str, sign: int, count: int
) -> None:
    program = build(*trees(text, "x"), NAMES)
    found = factors(program.nodes, program.left)
    assert (abs(found[0]), len(found[1])) == (abs(sign), count)


def test_a_cell_is_the_same_one_modulo_another_prime() -> None:
    case = Case(build(*trees("relu'(w/relu(h))*abs(x*w)", "relu(h)"), NAMES), Budget(10**6))
    for cell in explore(case):
        for _ in range(8):
            again = Sides(case, draw_prime(case.chance), Way(cell.field.taken))
            again.is_equal(is_new=False)
            assert again.path == cell.signs


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1+exp(x)", 3),
        ("2*exp(x)+exp(y)/3", 3),
        ("exp(x)*exp(y)+5+exp(x)^2", 4),
        ("exp(x)-exp(y)", 0),
        ("x", 0),
    ],
)
def test_what_is_said_of_a_logarithm_of_exponentials_holds(text: str, count: int) -> None:
    random, tree = Random(1), read(f"ln({text})", NAMES)
    case = Case(build(tree, *trees("x*y"), NAMES), Budget())
    field = Sides(case, draw_prime(case.chance), Way())
    field.work_out(case.program.used)
    rows = [*of_logarithm(case.program, case.program.left, field.splitter)]
    assert len(rows) == count
    named = {case.program.nodes[k][1]: k for k in case.program.used if case.program.nodes[k][0] == "name"}
    for _ in range(30 if rows else 0):
        point = {name: Fraction(random.randrange(-600, 600), 100) for name in NAMES}
        value = evaluate(tree, point)
        assert value is not None
        known = {1: 1.0, **_oriented(field, case.program.left, float(value))}
        for variable, place in named.items():
            known |= _oriented(field, place, float(point[NAMES[variable]]))
        for row in rows:
            assert sum(float(c) * known[key] for key, c in row.terms.items()) > -1e-7


def _oriented(field: Sides, place: int, value: float) -> dict[int, float]:
    """The key of a node, and what it stands for where the node has this value."""
    key, negative = int(field.found[place]), int(-field.found[place])
    return {min(key, negative): value if key < negative else -value}


@pytest.mark.parametrize(
    "number", [Fraction(1), Fraction(2), Fraction(1, 3), Fraction(10**30), Fraction(7, 5)]
)
def test_a_bound_of_a_logarithm_is_below_it_and_near(number: Fraction) -> None:
    assert 0 <= log(number) - below(number) < 1e-8
