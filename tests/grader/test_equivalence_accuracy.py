"""A sample of the accuracy set; ``python -m tests.grader.accuracy`` runs the whole of it."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from grader.expression import read
from grader.tree import names
from tests.grader import accuracy
from tests.grader.rewriting import RULES, rewritten

SHARE = 0.04


@pytest.fixture(scope="module")
def sample() -> list[accuracy.Case]:
    return list(accuracy.cases(SHARE, seed=2))


def test_every_form_of_a_reference_is_right_and_every_slip_is_seen(sample: list[accuracy.Case]) -> None:
    found = accuracy.judged(sample)
    assert [(case.typed, verdict) for tally in found.values() for case, verdict in tally.odd] == []
    assert set(found) == {"rewriting", "slip", "identity"}


def test_the_sample_holds_what_is_equal_and_what_is_not(sample: list[accuracy.Case]) -> None:
    truths = Counter((case.kind, case.truth) for case in sample)
    assert truths["rewriting", "equal"] > 100
    assert truths["slip", "different"] > 300


def test_a_rewriting_is_another_text_of_the_same_names() -> None:
    tree = read("2*(yhat - y)*w3*x1 + sigmoid(w3*x1)", ["yhat", "y", "w3", "x1"])
    made = {rewritten(tree, {}, 5, Random(seed)) for seed in range(20)}
    assert len(made) > 15
    assert {names(each) for each in made} == {names(tree)}


def test_every_law_applies_to_something() -> None:
    sums = ["a+b", "a-b", "(a+b)*c", "a*b+a*c", "a*b", "a/b", "a^2", "3", "exp(a+b)", "max(a,b)"]
    functions = ["sigmoid", "tanh", "sigmoid'", "tanh'", "relu", "relu'", "abs", "leaky", "ln", "cos", "sqrt"]
    texts = [*sums, *(f"{function}(a)" for function in functions)]
    trees = [read(text, ["a", "b", "c"]) for text in texts]
    assert all(any(rule(tree, Random(1)) for tree in trees) for rule in RULES.values())
