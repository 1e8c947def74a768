"""Laws that hold for any expression, tried on random ones."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.equivalence import compare
from grader.tree import Binary, Call, Name, Negative, Number, Tree
from tests.grader.mutants import evaluate

VARIABLES = ("x", "y", "w1")
POINT = {"x": Fraction(7, 5), "y": Fraction(4, 9), "w1": Fraction(11, 6)}


def number(value: Fraction) -> Tree:
    tree = Number(abs(value), str(abs(value)))
    return Negative(tree) if value < 0 else tree


leaves = st.one_of(
    st.sampled_from(VARIABLES).map(Name),
    st.fractions(Fraction(-9), Fraction(9), max_denominator=100).map(number),
)


def grown(parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    functions = st.sampled_from(("exp", "tanh", "sigmoid", "relu", "abs", "sin", "cos"))
    return st.one_of(
        st.builds(Binary, st.sampled_from("+-*/"), parts, parts),
        st.builds(lambda base, n: Binary("^", base, number(Fraction(n))), parts, st.integers(1, 3)),
        st.builds(lambda function, part: Call(function, (part,)), functions, parts),
        parts.map(Negative),
    )


trees = st.recursive(leaves, grown, max_leaves=8)


def verdict(left: Tree, right: Tree) -> str:
    return compare(left, right, VARIABLES).verdict


def has_value(tree: Tree) -> bool:
    found = evaluate(tree, POINT)
    return found is not None and abs(found) < 1e6


REWRITINGS = {
    "a + b = b + a": lambda a, b, c: (Binary("+", a, b), Binary("+", b, a)),
    "a - b = a + (-b)": lambda a, b, c: (Binary("-", a, b), Binary("+", a, Negative(b))),
    "a(b + c) = ab + ac": lambda a, b, c: (
        Binary("*", a, Binary("+", b, c)),
        Binary("+", Binary("*", a, b), Binary("*", a, c)),
    ),
    "(a + b)^2 = a^2 + 2ab + b^2": lambda a, b, c: (
        Binary("^", Binary("+", a, b), number(Fraction(2))),
        Binary(
            "+",
            Binary("+", Binary("*", a, a), Binary("*", b, b)),
            Binary("*", number(Fraction(2)), Binary("*", a, b)),
        ),
    ),
    "(a + b) - b = a": lambda a, b, c: (Binary("-", Binary("+", a, b), b), a),
    "a/b*b = a": lambda a, b, c: (Binary("*", Binary("/", a, b), b), a),
    "sigmoid(a) + sigmoid(-a) = 1": lambda a, b, c: (
        Binary("+", Call("sigmoid", (a,)), Call("sigmoid", (Negative(a),))),
        number(Fraction(1)),
    ),
    "max(a, b) + min(a, b) = a + b": lambda a, b, c: (
        Binary("+", Call("max", (a, b)), Call("min", (b, a))),
        Binary("+", a, b),
    ),
}


@settings(max_examples=150, deadline=None)
@given(trees, trees, trees, st.sampled_from(sorted(REWRITINGS)))
def test_a_rewriting_by_a_law_of_algebra_is_equal(a: Tree, b: Tree, c: Tree, law: str) -> None:
    left, right = REWRITINGS[law](a, b, c)
    assume(has_value(left) and has_value(right))
    assert verdict(left, right) == "equal"


@settings(max_examples=150, deadline=None)
@given(trees, trees)
def test_expressions_with_different_values_somewhere_are_different(a: Tree, b: Tree) -> None:
    first, second = evaluate(a, POINT), evaluate(b, POINT)
    assume(first is not None and second is not None and abs(first - second) > 1e-30 * (1 + abs(first)))
    assert verdict(a, b) == "different"


@settings(max_examples=100, deadline=None)
@given(trees, st.fractions(Fraction(1, 10**9), Fraction(1, 10)))
def test_any_number_added_makes_a_difference(a: Tree, small: Fraction) -> None:
    assume(has_value(a))
    assert verdict(Binary("+", a, number(small)), a) == "different"


@settings(max_examples=100, deadline=None)
@given(trees, trees)
def test_both_orders_of_the_sides_have_one_verdict(a: Tree, b: Tree) -> None:
    assert verdict(a, b) == verdict(b, a)
