"""What holds for every expression and for every text, whatever it is."""

from __future__ import annotations

import random
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.expression import Unreadable, read, show
from grader.tree import Tree
from grader.words import words

TYPED = """
    w1 w_1 w_{1} w₁ x1 ŷ yhat y_hat \\hat{y} α alpha y L dL/dyhat ∂L/∂ŷ grad_w1 w3' w3_new
    pi e 2 0.5 .5 3. 1e-3 0,5 w1x1 2w1 x1² a b
"""
CANONICAL = "w1 w2 x1 h1 yhat y L alpha dL_dyhat dyhat_dh1 grad_w1 w3_new a b"
NAMES = CANONICAL.split()
LEAVES = TYPED.split()
PIECES = [*LEAVES, *"()[]{}|+-−*·×/^²,;=%_'é ", "**", "⁻¹", "\\frac", "\\cdot", "exp(", "max("]
UNARY = ["({})", "[{}]", "-{}", "exp({})", "sigmoid({})", "\\sqrt{{{}}}", "|{}|", "{}²", "relu'({})", "√({})"]
BINARY = [
    "{} + {}",
    "{}-{}",
    "{}*{}",
    "{}·{}",
    "{}/{}",
    "{}^{}",
    "{} {}",
    "max({}; {})",
    "({})({})",
    "{}^{{{}}}",
]
BINARY += ["\\frac{{{}}}{{{}}}", "leaky({}, {})"]


def _grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = st.builds(str.format, st.sampled_from(UNARY), parts)
    return one | st.builds(str.format, st.sampled_from(BINARY), parts, parts)


expressions = st.recursive(st.sampled_from(LEAVES), _grown, max_leaves=12)
scraps = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def _tree(text: str) -> Tree | None:
    """The tree; None where the text is refused as it should be: with a place in it, and a fix that works."""
    try:
        return read(text, NAMES)
    except Unreadable as error:
        refusal = error
    assert 0 <= refusal.span[0] <= refusal.span[1] <= len(text)
    assert str(refusal)
    assert refusal.fix != text
    if refusal.fix is not None:
        read(refusal.fix, NAMES)
    return None


def test_no_two_expressions_sound_the_same() -> None:
    one, two = (
        ["({})", "-{}", "exp({})", "{}^2", "|{}|"],
        ["{}+{}", "{}*{}", "{}/{}", "{}^{}", "max({};{})", "leaky({};{})"],
    )
    found = ["a", "2"]
    for _ in range(2):
        found += [shape.format(part) for shape in one for part in found]
        found += [shape.format(*parts) for shape in two for parts in product(found[:32], repeat=2)]
    heard = {show(tree): words(tree) for tree in map(_tree, found) if tree is not None}

    assert len(set(heard.values())) == len(heard) > 5000


@settings(max_examples=500, deadline=None)
@given(expressions | scraps)
def test_what_is_printed_reads_as_what_was_read(text: str) -> None:
    tree = _tree(text)

    if tree is not None:
        assert read(show(tree), NAMES, decimal_comma=False) == tree


@settings(max_examples=500, deadline=None)
@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    _tree(text)


@settings(max_examples=300, deadline=None)
@given(expressions, st.randoms(use_true_random=False))
def test_a_slip_in_an_expression_never_breaks_the_reader(text: str, chance: random.Random) -> None:
    place = chance.randrange(len(text) + 1)
    slip = chance.choice([*PIECES, ""])

    _tree(text[:place] + slip + text[place + chance.randrange(3) :])


@settings(max_examples=200, deadline=None)
@given(expressions)
def test_brackets_around_the_whole_change_nothing_else(text: str) -> None:
    tree, wrapped = _tree(text), _tree(f"({text})")

    assert (tree is None) == (wrapped is None)
    if tree is not None and wrapped is not None:
        assert show(wrapped) == f"({show(tree)})"
