"""The audit of tolerances: what is nearest, what cannot be told apart and why; held against marking."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from exercises import students as cast
from exercises.audit import Audit, audit
from exercises.bank import Exercise
from exercises.checking import spread
from exercises.question import Variant
from exercises.steps import job, question
from exercises.students import students
from exercises.variants import variant
from grader.job import Outcome
from grader.marking import mark
from tests.exercises.helpers import exercise, published


def audited(name: str, seeds: Sequence[int]) -> Audit:
    return audit(published(name).exercise, [variant(published(name), seed) for seed in seeds])


def test_a_forgotten_slope_of_one_is_hidden_and_of_a_tanh_it_is_not() -> None:
    assert "H-noact" in audited("seed-w1", [2, 3]).hidden
    assert "H-noact" not in audited("tanh-w1", [2, 3]).hidden


def test_rules_that_are_equal_for_all_numbers_are_alike_and_no_clash() -> None:
    found = audited("seed-w1", range(2, 12))

    assert frozenset({"H-two", "H-wrongw"}) in found.alike
    assert not found.clashes


def test_the_order_alpha_class_is_named_and_refuses_nothing() -> None:
    found = audited("seed-update", [1])

    assert {"H-seq", "U-lin"} <= found.faint.keys()
    assert found.too_wide == ()


def test_what_coincides_at_the_lessons_numbers_is_named() -> None:
    assert audited("seed-w1", [1]).coincident == {"G-stop", "G-div"}


def lax(share: str) -> Exercise:
    one = exercise({"yhat": "w1*x1", "L": "(y - yhat)^2"}, f"{{id: a, step: update, tolerance: {share}}}")
    numbers = {"x1": "0.6", "w1": "-1.5", "y": "0.4", "alpha": "0.1"}
    return one.model_copy(update={"numbers": {name: Decimal(text) for name, text in numbers.items()}})


def test_just_under_the_audit_no_misconception_is_right_and_just_over_it_one_is() -> None:
    numbers = Variant(1, "2", {"x1": "0.6", "w1": "-1.5", "y": "0.4", "alpha": "0.1"})
    largest = audit(lax("0.001"), [numbers]).nearest
    assert largest

    assert audit(lax(f"{largest.share * 0.999:.6f}"), [numbers]).too_wide == ()
    found = audit(lax(f"{largest.share * 1.001:.6f}"), [numbers]).too_wide[0]
    assert (found.box, found.misconception) == (largest.box, largest.misconception)


@pytest.mark.parametrize("name", ["seed-w1", "tanh-update", "classes-w1", "matrix-v"])
def test_every_wrong_number_is_marked_wrong_and_told_as_the_audit_says(name: str) -> None:
    tried = list(students(published(name), variant(published(name), 3)))

    assert len(tried) > 15
    assert not any(one.fault for one in tried)


def test_a_wrong_number_that_is_told_otherwise_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cast, "named", lambda tied: "U-abs")

    fault = next(students(published("seed-loss"), variant(published("seed-loss"), 3))).fault
    assert fault.startswith("seed 3, box 'L': ")
    assert fault.endswith("not wrong (U-abs)")


def test_drawn_variants_leave_no_misconception_within_twice_the_tolerance() -> None:
    for name in ("biases-update", "paths-w1", "momentum-update", "layers-w"):
        nearest = audited(name, range(2, 22)).nearest
        assert nearest
        assert nearest.ratio > 2


def test_the_seeds_that_are_looked_at_closely_are_spread_evenly() -> None:
    assert spread(10, 3) == {10, 7, 4}
    assert spread(2, 5) == {1, 2}


def test_a_number_at_the_edge_of_the_tolerance_is_right() -> None:
    given = published("seed-loss")
    numbers = variant(given, 1)
    verdict = mark(job(question(given, numbers), given, numbers, {"L": "0.09045"}))

    assert verdict.boxes[0].outcome is Outcome.CORRECT


def test_a_wrong_rule_worked_out_without_rounding_is_told_although_earlier_boxes_were_rounded() -> None:
    """There a loss with the forgotten target is -ln of a small probability, rounded in the box before it."""
    told = students(published("classes-update"), variant(published("classes-update"), 1220))
    assert not any(one.fault for one in told)
