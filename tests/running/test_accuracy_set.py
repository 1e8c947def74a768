"""The accuracy set of `make bench`: its truth, by mpmath, and how it is written for other engines."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from fractions import Fraction

import pytest

from bench.accuracy import writing
from bench.accuracy.cases import SIZES, Case, case, cases, differ, pairs, points
from bench.accuracy.hostile import PAIRS, RAW, texts
from bench.accuracy.score import Score
from bench.accuracy.terms import Term, match, names, plain, read, value
from bench.accuracy.writing import Dialect, show
from grader.expression import read as read_answer
from tests.grader.mutants import evaluate

SAMPLE = cases(every=12)
DIALECTS = [writing.ANSWERS, writing.PYTHON, writing.EDX, writing.MAXIMA, writing.KAS, writing.LATEX]


def has_a_value(term: Term, variables: tuple[str, ...]) -> bool:
    return any(value(term, point) is not None for point in points(variables))


@pytest.mark.parametrize("file", ["identities", "rules", "traps"])
def test_every_line_of_the_data_is_true(file: str) -> None:
    for left, sign, right in pairs(file):
        found = differ(left, right)
        assert found is False if sign == "==" else found is not False, (left, sign, right)


@pytest.mark.parametrize("kind", SIZES)
def test_what_is_said_to_be_equal_is_so_at_every_point(kind: str) -> None:
    for each in (each for each in SAMPLE if each.kind == kind and each.same):
        assert differ(each.student, each.reference) is False, each


@pytest.mark.parametrize("kind", ["slip", "trap"])
def test_what_is_said_to_differ_does_so_or_one_side_never_has_a_value(kind: str) -> None:
    for each in (each for each in SAMPLE if each.kind == kind and not each.same):
        sides = {has_a_value(side, each.variables) for side in (each.student, each.reference)}
        assert differ(each.student, each.reference) or sides == {True, False}, each


def test_a_difference_that_only_rounding_makes_is_none() -> None:
    assert differ(read("(x + 1)**2"), read("x**2 + 2*x + 1")) is False
    assert differ(read("ln(sigmoid(x)/(1 - sigmoid(x)))"), read("x")) is False
    assert differ(read("x + 1e-30"), read("x")) is True
    assert differ(read("sqrt(-1 - x**2)"), read("x")) is None


def test_the_set_has_about_two_thousand_cases_half_of_them_wrong_and_few_of_them_twice() -> None:
    whole = cases()
    assert len({(each.student, each.reference) for each in whole}) > 0.95 * len(whole)
    assert 2000 <= len(whole) <= 2100
    assert 0.45 < sum(each.same for each in whole) / len(whole) < 0.55


def test_the_set_is_the_same_in_every_process() -> None:
    program = "from bench.accuracy.cases import *; print(cases(80))"
    printed = {
        subprocess.check_output([sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in "12"
    }
    assert [hashlib.sha256(text.strip()).digest() for text in printed] == [
        hashlib.sha256(repr(cases(80)).encode()).digest()
    ]


@pytest.mark.parametrize("kind", SIZES)
def test_what_we_read_is_worth_what_mpmath_says(kind: str) -> None:
    for number in range(0, SIZES[kind], 20):
        each = case(kind, number)
        tree = read_answer(show(each.student), each.variables)
        for point in points(each.variables)[:2]:
            ours, theirs = evaluate(tree, point), value(each.student, point)
            assert (ours is None) == (theirs is None), show(each.student)
            assert ours is None or abs(ours - theirs) <= 1e-40 * max(1, abs(ours)), show(each.student)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a - (b - c)", "a-(b-c)"),
        ("(a - b) - c", "a-b-c"),
        ("a/(b*c)", "a/(b*c)"),
        ("-(a*b)**2", "-(a*b)^2"),
        ("(-a)**2", "(-a)^2"),
        ("a*-b", "a*(-b)"),
        ("2**-x", "2^(-x)"),
        ("(a**b)**c", "(a^b)^c"),
        ("1e-12*a", "(1e-12)*a"),
        ("tanh_slope(a)*max(a, 0)", "tanh'(a)*max(a, 0)"),
    ],
)
def test_brackets_are_written_where_they_are_needed(text: str, written: str) -> None:
    assert show(read(text)) == written


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        (writing.PYTHON, "exp(-w1)**2/relu(x1)"),
        (writing.MAXIMA, "exp(-w1)^2/relu(x1)"),
        (writing.KAS, "(e^(-a))^2/((b+abs(b))/2)"),
        (writing.LATEX, r"\frac{{e^{-x_{1}}}^{2}}{\frac{x_{2}+\left|x_{2}\right|}{2}}"),
    ],
)
def test_each_engine_gets_its_own_spelling(dialect: Dialect, written: str) -> None:
    assert dialect.pair(read("exp(-w1)**2/relu(x1)"), "x1", ("w1", "x1"))[0] == written


def test_what_an_engine_does_not_know_is_worked_out() -> None:
    at = {"a": Fraction(-3, 2)}
    for text in ("sigmoid(a)", "leaky(a)", "relu_slope(a)", "max(a, 2*a)", "min(a, 1)", "tanh_slope(a)"):
        term = plain(read(text))
        assert not {"sigmoid", "leaky", "max", "min"} & {str(part) for part in _operations(term)}
        assert value(term, at) == value(read(text), at)


def _operations(term: Term) -> list[Term]:
    return (
        [] if isinstance(term, str) else [term[0], *(each for part in term[1:] for each in _operations(part))]
    )


def test_a_pattern_fits_only_where_its_names_stand_for_one_thing() -> None:
    assert match(read("a*b + a"), read("x1*w1 + x1"), {})
    assert not match(read("a*b + a"), read("x1*w1 + w1"), {})
    assert not match(read("2*a"), read("3*x"), {})


def test_pi_is_no_variable() -> None:
    assert names(read("pi*w1 + 2*x1*w1")) == ("w1", "x1")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_hostile_input_is_asked(dialect: Dialect) -> None:
    asked = list(texts(dialect))
    assert len(asked) == len(PAIRS) + len(RAW) >= 40
    assert all(left != right for left, right, _ in asked)


def test_verdicts_are_counted_by_what_they_get_wrong() -> None:
    same, other = (Case("trap", "x", "x", same) for same in (True, False))
    score = Score("one")
    for each, verdict in [
        (same, "equal"), (other, "different"), (same, "different"), (other, "equal"), (other, "equal"),
        (same, "undecided"), (other, "error E"), (other, "killed"),
    ]:  # fmt: skip
        score.add(each, verdict, 1.0)
    assert (score.right, score.refused, score.accepted, score.neither, score.killed) == (2, 1, 2, 2, 1)
    assert (len(score.misses), score.missed("trap"), score.missed("slip")) == (6, 6, 0)
    assert not score.is_perfect
