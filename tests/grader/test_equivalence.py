from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

from grader.equivalence import Comparison, compare
from grader.expression import read
from grader.tree import Tree
from tests.grader.mutants import evaluate, mutants

TABLES = Path(__file__).parents[1] / "tables"
EQUAL: list[dict[str, Any]] = json.loads((TABLES / "equal.json").read_text(encoding="utf-8"))
DIFFERENT: list[dict[str, Any]] = json.loads((TABLES / "different.json").read_text(encoding="utf-8"))
NEAR = Fraction(1, 10**40)


def compared(left: str, right: str, variables: str = "") -> Comparison:
    used = variables.split()
    return compare(read(left, used), read(right, used), used)


def first_form(group: dict[str, Any]) -> str:
    return str(group["forms"][0])


@pytest.mark.parametrize("group", EQUAL, ids=first_form)
def test_any_two_forms_of_one_expression_are_equal(group: dict[str, Any]) -> None:
    variables = group["variables"]
    trees = {form: read(form, variables, percent=True) for form in group["forms"]}
    wrong = [
        (a, b, found)
        for a, b in combinations(trees, 2)
        if (found := compare(trees[a], trees[b], variables)).verdict != "equal"
    ]
    assert wrong == []


def points(variables: list[str]) -> list[dict[str, Fraction]]:
    """Positive, mixed and small values that the engine does not use."""
    random = Random(7)
    ranges = [(1, 300, 64)] * 2 + [(-300, 300, 128)] * 3 + [(1, 62, 128)] * 2
    return [
        {name: Fraction(2 * random.randrange(low, high) + 1, over) for name in variables}
        for low, high, over in ranges
    ]


def expected(mutant: Tree, reference: Tree, variables: list[str]) -> str | None:
    """What mpmath says about both; None if it finds no point at which both have a value."""
    pairs = [(evaluate(mutant, point), evaluate(reference, point)) for point in points(variables)]
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    if not both:
        return None
    same = all(abs(a - b) <= float(NEAR) * (1 + abs(a)) for a, b in both)
    return "equal" if same else "different"


@pytest.mark.parametrize("group", EQUAL, ids=first_form)
def test_no_slip_in_an_expression_goes_unseen(group: dict[str, Any]) -> None:
    variables = group["variables"]
    reference = read(group["forms"][0], variables, percent=True)
    for mutant in mutants(read(group["forms"][-1], variables, percent=True), tuple(variables)):
        verdict = expected(mutant, reference, variables)
        assert verdict is None or compare(mutant, reference, variables).verdict == verdict, mutant


@pytest.mark.parametrize("row", DIFFERENT, ids=lambda row: row["why"])
def test_what_looks_alike_is_still_told_apart(row: dict[str, Any]) -> None:
    variables = row["variables"]
    left, right = (read(row[side], variables) for side in ("left", "right"))
    assert compare(left, right, variables).verdict == "different"
    assert compare(right, left, variables).verdict == "different"


def test_a_counter_example_is_given_with_both_values() -> None:
    found = compared("2*(yhat-y)", "2*(y-yhat)", "yhat y w")
    assert set(found.point) == {"yhat", "y"}
    assert found.evidence == f"at yhat=1.25, y=3: {found.left} against {found.right}"
    assert (found.left, found.right) == ("-3.5", "3.5")


def test_a_tiny_difference_is_shown_as_such() -> None:
    assert "but for 1e-30" in compared("x+1e-30", "x", "x").evidence


def test_a_tiny_difference_of_rational_sides_is_followed_as_far_as_it_can_be_shown() -> None:
    assert "but for" in compared("x+(1e-30)^30*y", "x", "x y").evidence
    beyond = compared("x+(1e-30)^5000", "x", "x")
    assert (beyond.verdict, beyond.evidence) == ("different", "different modulo a 62-bit prime")


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("x^1.0000001", "x", "different"),
        ("x^1.0000001", "x*x^(1/10^7)", "equal"),
        ("(x-x)^1.0000001", "0*x", "equal"),
        ("0^x", "0*sqrt(x)", "equal"),
        ("0^(x^2)+sin(x)^2", "1-cos(x)^2", "equal"),
        ("(-x)^(9999*101)", "-x^(9999*101)", "equal"),
        ("abs(tanh(90z))", "sqrt(tanh(90z)^2)", "equal"),
        ("abs(tanh(90z)) + 10^-100", "sqrt(tanh(90z)^2)", "different"),
        ("abs(tanh(x)*y)", "abs(tanh(x))*abs(y)", "equal"),
        ("sqrt(x*x)", "abs(x)", "equal"),
        ("(x^2+1)^(1/2)", "sqrt(1+x^2)", "equal"),
        ("x^(y/2)*x^(y/2)", "x^y", "equal"),
        ("x^(y+1/2)", "x^y*sqrt(x)", "equal"),
        ("sin(x)*abs(x)", "sin(x)*sqrt(x*x)", "equal"),
        ("exp(x/(y+1))^2", "exp(2x/(1+y))", "equal"),
        ("exp(x/11)^11", "exp(x)", "equal"),
        ("exp((x+y+z)^2)", "exp(x^2+y^2+z^2)*exp(2x*(y+z))*exp(2y*z)", "equal"),
        ("exp((1+x+y+z)^2*(x+y+z))", "exp((x+y+z)^3)*exp((2x+2y+2z+1)*(x+y+z))", "equal"),
        ("sin(x+3*pi/2)", "-cos(x)", "equal"),
        ("sin(x+pi/3)", "sin(x)/2+sqrt(3)/2*cos(x)", "equal"),
        ("sin(exp(300)*x)", "sin(x*exp(300))*(sin(y)^2+cos(y)^2)", "equal"),
        ("ln(abs(x))+ln(abs(x))", "ln(x^2)", "equal"),
        ("max(x/1e300/1e30,0)+sqrt(x^2)", "abs(x)", "different"),
    ],
)
def test_powers_roots_and_exponentials_follow_their_laws(left: str, right: str, verdict: str) -> None:
    assert compared(left.replace("1e300", "10^300"), right, "x y z").verdict == verdict


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("tanh(1e9)", "1"),
        ("x*y", "x*y-sigmoid(-1e6)"),
        ("sin(x)+exp(-1e6)", "sin(x)"),
        ("sin(x)+(1e-30)^10000", "sin(x)"),
        ("sin(x)^2+exp(-1e7)", "1-cos(x)^2"),
    ],
)
def test_a_difference_of_one_sign_is_one_however_small(left: str, right: str) -> None:
    found = compared(left, right, "x y")
    larger = "left" if left != "tanh(1e9)" else "right"
    assert found.verdict == "different"
    assert f"what makes the {larger} one larger" in found.evidence


def test_a_rational_identity_is_proved_modulo_a_prime() -> None:
    assert compared("(a+b)^2", "a^2+2a*b+b^2", "a b").evidence == "equal modulo a 62-bit prime"


def test_points_without_a_value_are_mentioned() -> None:
    found = compared("ln(a*b)", "ln(a)+ln(b)", "a b")
    assert found.verdict == "equal"
    assert "only the left side has a value at" in found.evidence


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        ("x/x", "1", "x=0"),
        ("(x^2-y^2)/(x-y)", "x+y", "x="),
        ("(2x-1)^-1*(2x-1)", "1", "x=0.5"),
        ("sqrt(x)^2", "x", "x=-1.25"),
        ("exp(ln(x))", "x", "x=-1.25"),
    ],
)
def test_a_point_at_which_only_the_reference_has_a_value_is_named(left: str, right: str, where: str) -> None:
    found = compared(left, right, "x y")
    assert found.verdict == "equal"
    assert f"only the right side has a value at {where}" in found.evidence


def test_nothing_is_said_of_a_divisor_that_is_never_0() -> None:
    assert "value" not in compared("1/(1+exp(-x))", "exp(x)/(1+exp(x))", "x").evidence


def test_a_side_that_never_has_a_value_is_different_and_says_so() -> None:
    assert "no value against" in compared("sqrt(-1-x^2)", "x", "x").evidence


@pytest.mark.parametrize("pair", [("1/(x-x)", "2/(x-x)"), ("ln(-1-x^2)", "sqrt(-1-x^2)"), ("1/0", "2/0")])
def test_two_sides_that_never_have_a_value_are_undecided(pair: tuple[str, str]) -> None:
    assert compared(*pair, "x").verdict == "undecided"


@pytest.mark.parametrize(
    "pair",
    [
        ("exp(-exp(exp(9)))+sin(x)^2", "1-cos(x)^2"),
        ("tanh(10^30)", "1"),
        ("x^9999^9999", "x"),
        ("sin(exp(400)*x)", "sin(exp(400)*x)*(sin(x)^2+cos(x)^2)"),
        ("exp(exp(exp(exp(exp(exp(exp(exp(x))))))))", "1"),
    ],
)
def test_what_is_out_of_reach_is_undecided_and_never_equal(pair: tuple[str, str]) -> None:
    assert compared(*pair, "x").verdict == "undecided"


def test_a_real_root_of_a_negative_number_is_no_value() -> None:
    assert "no value against -2" in compared("(-8)^(1/3)", "-2").evidence


def test_the_same_text_is_equal_even_where_it_is_out_of_reach() -> None:
    huge = "exp(exp(exp(exp(exp(exp(x))))))"
    assert compared(huge, huge, "x").evidence == "the same expression"


def test_definitions_are_folded_in() -> None:
    definitions = {
        "h": read("relu(w*x)", ["w", "x"]),
        "yhat": read("v*h", ["v", "h"]),
    }
    names = ["w", "x", "v", "h", "yhat", "y"]
    left, right = read("2*(yhat-y)", names), read("2*v*max(w*x,0)-2y", names)
    assert compare(left, right, ["w", "x", "v", "y"], definitions).verdict == "equal"


def test_a_long_chain_of_definitions_is_no_problem() -> None:
    definitions = {f"n{k}": read(f"n{k - 1}+x", [f"n{k - 1}", "x"]) for k in range(1, 2000)}
    found = compare(read("n1999", ["n1999"]), read("n0+1999x", ["n0", "x"]), ["n0", "x"], definitions)
    assert found.verdict == "equal"


def test_definitions_in_a_circle_are_refused_by_name() -> None:
    definitions = {"a": read("b+1", ["b"]), "b": read("a", ["a"])}
    with pytest.raises(ValueError, match=r"the definition of '(a|b)' uses"):
        compare(read("a", ["a"]), read("b", ["b"]), [], definitions)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="'q' is neither a variable nor defined"):
        compare(read("q", ["q"]), read("1", []), ["x"])


def test_the_same_question_gets_the_same_answer() -> None:
    pair = ("tanh(z)+1e-30*sin(y)", "2*sigmoid(2z)-1", "z y")
    assert compared(*pair) == compared(*pair)


def test_the_order_of_the_sides_does_not_matter_to_the_verdict() -> None:
    assert compared("sqrt(x)^2", "x", "x").verdict == compared("x", "sqrt(x)^2", "x").verdict == "equal"
