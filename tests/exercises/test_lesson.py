"""The lesson as data: its numbers, and what lights up."""

from __future__ import annotations

import re

import pytest

from exercises.diagram import draw
from exercises.lesson import Page, lesson, numbers, seed
from exercises.question import Step
from exercises.structure import network_of
from grader.expression import read
from grader.language import FUNCTIONS
from grader.numbers import value
from grader.tree import Name, Negative, Number, Tree, names

PAGES = lesson().pages
BEATS = [(page, beat) for page in PAGES for beat in page.beats]


def test_the_lesson_has_six_pages_of_several_steps() -> None:
    assert [page.number for page in PAGES] == [1, 2, 3, 4, 5, 6]
    assert all(len(page.beats) >= 4 for page in PAGES)


def test_every_kind_of_step_of_the_training_step_is_prepared_by_a_page() -> None:
    beside = {Step.QUIZ, Step.DEBUGGING}  # before the lesson, and after it
    assert {kind for page in PAGES for kind in page.kinds} == set(Step) - beside


def test_the_numbers_are_those_of_the_training_step() -> None:
    right = {
        "yhat": "0.7",
        "L": "0.09",
        "grad_w1": "-0.6",
        "grad_w2": "0.6",
        "w2_new": "0.44",
        "yhat_new": "0.8511",
        "L_new": "0.0222",
        "forecast": "-0.0007",
    }
    assert {name: numbers()[name] for name in right} == right


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_what_a_step_lights_is_in_the_diagram(page: Page) -> None:
    diagram = draw(network_of(seed().network), {})
    drawn = {node.name for node in diagram.nodes} | {edge.weight for edge in diagram.edges}
    for beat in page.beats:
        assert {*beat.lit, *beat.finds} <= drawn


def test_what_is_found_later_is_hidden_before() -> None:
    found = {name for page in PAGES for beat in page.beats for name in beat.finds}
    assert found == {"h1", "h2", "yhat", "L"}
    assert set(PAGES[0].later) == found


def sides(line: str) -> list[Tree]:
    known = sorted(set(re.findall(r"[A-Za-z_]\w*", line)) - set(FUNCTIONS))
    return [read(side, known) for side in line.split("=")]


def as_number(tree: Tree) -> float | None:
    """A side that is nothing but numbers, worked out; None where a name stands in it."""
    return None if names(tree) else float(value(tree, {}))


@pytest.mark.parametrize("line", [line for _, beat in BEATS for line in beat.math])
def test_both_sides_of_every_printed_equation_agree(line: str) -> None:
    values = [number for tree in sides(line) if (number := as_number(tree)) is not None]
    assert values, line
    assert all(number == pytest.approx(values[-1], abs=5e-5) for number in values)


def test_every_equation_ends_in_a_number() -> None:
    ends = [sides(line)[-1] for _, beat in BEATS for line in beat.math]
    assert all(isinstance(end.operand if isinstance(end, Negative) else end, Number | Name) for end in ends)


def test_the_update_rule_is_told_by_the_sign_of_the_derivative() -> None:
    assert "`dL_dw > 0`, decrease" in PAGES[5].lead


def test_the_trap_and_the_rule_for_decisions_are_told() -> None:
    assert "insight into meaning" in lesson().trap
    assert "loss, then gradients, then updates" in lesson().rule
