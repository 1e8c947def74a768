"""The self-tests of an author's file: what holds, what is a fault, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from exercises import bank, findings
from exercises.finding import Finding
from exercises.question import Step
from exercises.sketch import Loss, Sketch, sketch
from exercises.tasks import messages
from grader import symbolic

SMALL = """\
name: Small
network:
  z1: w1*x1
  h1: relu(z1)
  yhat: w2*h1
  L: (y - yhat)^2
exercises:
  - {id: a-loss, step: loss}
"""


def found(text: str) -> Finding:
    return findings.found(bank.read(text)[0])


def by_id(finding: Finding) -> dict[str, Any]:
    return {test.id: test for test in finding.tests}


def test_a_good_exercise_passes_all_six_tests_and_brings_what_is_published() -> None:
    finding = found(SMALL)
    assert finding.passed
    assert [test.id for test in finding.tests] == [
        "variants", "references", "marking", "tolerance", "distinguishable", "students",
    ]  # fmt: skip
    assert by_id(finding)["variants"].figures == {"found": 5}
    assert by_id(finding)["references"].figures["gap"] < 1e-6
    assert finding.published
    assert finding.published.symbolic == {"L": finding.published.symbolic["L"]}


def test_each_misconception_is_a_student_who_is_marked_wrong_and_told() -> None:
    students = {one.misconception: one for one in found(SMALL).students}
    assert students["L-nosq"].outcome == "wrong"
    assert students["L-nosq"].told == "L-nosq"
    assert all(one.right for one in students.values())


def test_a_tolerance_that_lets_a_misconception_through_is_a_fault_that_names_it() -> None:
    numbers = "numbers: {x1: 0.5, w1: 1.2, w2: 2, y: 1, alpha: 0.1}\nexercises:"
    wide = SMALL.replace("exercises:", numbers).replace("step: loss}", "step: loss, tolerance: 1}")
    faults = [fault for test in found(wide).tests for fault in test.faults]
    assert any("marks the misconception" in fault or "no numbers" in fault for fault in faults)


def test_a_network_without_good_numbers_is_a_fault_and_no_error() -> None:
    tight = SMALL.replace("exercises:", "draw: {inputs: [0], weights: [0]}\nexercises:")
    finding = found(tight)
    assert not finding.passed
    assert "no numbers keep the plain rules" in finding.tests[0].faults[0]


def test_references_that_differ_are_a_fault_with_both_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbolic, "evaluate", lambda network, formula, values: 7.0)
    finding = found(SMALL)
    assert not finding.passed
    assert "SymPy says 7" in by_id(finding)["references"].faults[0]


def test_a_question_that_grows_too_long_is_a_fault_in_words() -> None:
    wide = Sketch("n", "n", (2, 2, 3), loss=Loss.CROSS_ENTROPY, steps=(Step.LOSS,))
    text = sketch(wide).replace("step: loss", "step: update")
    finding = found(text)
    assert not finding.passed
    assert "too long" in finding.tests[0].faults[0]


def test_a_trap_has_no_numbers_to_test() -> None:
    finding = found(SMALL.replace("step: loss", "step: trap"))
    assert finding.passed
    assert finding.step is Step.TRAP
    assert [test.id for test in finding.tests] == ["variants", "references", "marking"]


def test_the_site_gets_a_message_an_exercise_or_one_that_says_why_not() -> None:
    two = SMALL + "  - {id: a-trap, step: trap}\n"
    sent = list(messages("token", two))
    assert [(task, rest[:3]) for task, rest in sent] == [
        ("course.checked", ["token", 1, 2]),
        ("course.checked", ["token", 2, 2]),
    ]
    assert Finding.model_validate(sent[0][1][3]).passed
    assert list(messages("token", "name: x")) == [
        ("course.check_failed", ["token", "exercise.yaml, line 1: the field 'network' is missing\n"
         "exercise.yaml, line 1: the field 'exercises' is missing"]),
    ]  # fmt: skip


def test_a_fault_of_the_checker_is_told_and_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exercises.tasks.findings", lambda exercises: 1 / 0)
    assert list(messages("token", SMALL)) == [
        ("course.check_failed", ["token", "The checker stopped: ZeroDivisionError."])
    ]


def test_the_update_of_a_network_that_was_chosen_passes() -> None:
    chosen = sketch(Sketch("n", "n", (2, 2, 1), steps=(Step.UPDATE,)))
    assert [fault for test in found(chosen).tests for fault in test.faults] == []
