"""Verdicts come first, reasons after them with what is left; a reason that is not reached is absent."""

from __future__ import annotations

from grader.budget import OF_A_REASON, Budget
from grader.job import BoxVerdict, Outcome
from grader.marking_answers import Finding, Reasons, explain


def wrong(*ids: str) -> dict[str, BoxVerdict]:
    return {id: BoxVerdict(id=id, outcome=Outcome.WRONG) for id in ids}


def misconception() -> Finding:
    return Finding(Outcome.WRONG, "misconception", {"id": "C-sign"})


def test_a_reason_that_the_budget_does_not_reach_is_absent_and_the_verdict_stands() -> None:
    found = wrong("a", "b", "c")
    reasons: Reasons = dict.fromkeys(found, misconception)
    explain(reasons, found, Budget(2 * OF_A_REASON))
    assert [found[id].code for id in "abc"] == ["misconception", "misconception", None]
    assert {each.outcome for each in found.values()} == {Outcome.WRONG}


def test_what_is_known_of_a_whole_matrix_is_not_told_otherwise() -> None:
    found = {id: each.model_copy(update={"code": "shape-plain"}) for id, each in wrong("a").items()}
    explain({"a": misconception}, found, Budget())
    assert found["a"].code == "shape-plain"


def test_a_reason_that_finds_nothing_says_nothing() -> None:
    found = wrong("a")
    explain({"a": lambda: None}, found, Budget())
    assert found == wrong("a")
