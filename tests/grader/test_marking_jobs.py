"""Marking: boxes with options, answers with too few digits, jobs that contradict themselves."""

from collections.abc import Mapping

import pytest

from grader.job import ChoiceBox, Job, Outcome, PickBox, Tolerance
from grader.marking import JobError, mark
from tests.grader import jobs
from tests.grader.jobs import last, outcomes, verdict_on
from tests.grader.test_marking import gradient
from tests.grader.test_network import SEED
from tests.grader.test_references import SEED_VALUES

C, W = Outcome.CORRECT, Outcome.WRONG

LABEL = ChoiceBox(id="label", options=("gradient", "meaning"), right="meaning")
CLAIM = ChoiceBox(id="claim", options=("agency", "cause"), right="agency", needs="label")
PICK = PickBox(id="pick", options=("a", "b", "c", "d", "e"), right=("a", "b", "c"), points=3)


def test_a_claim_counts_only_with_its_label() -> None:
    assert outcomes(verdict_on((LABEL, CLAIM), "meaning", "agency")) == [C, C]
    found = verdict_on((LABEL, CLAIM), "gradient", "agency")
    assert outcomes(found) == [W, Outcome.PARTIAL]
    assert found.points == 0
    assert outcomes(verdict_on((LABEL, CLAIM), "meaning", "cause")) == [C, W]
    assert outcomes(verdict_on((LABEL, CLAIM), "", "")) == [Outcome.EMPTY] * 2


@pytest.mark.parametrize(
    ("picked", "points", "outcome"),
    [
        (["a", "b", "c"], 3, C),
        (["a", "b"], 2, Outcome.PARTIAL),
        (["a", "b", "d"], 1, Outcome.PARTIAL),
        (["a", "d"], 0, W),
        (["d", "e"], 0, W),
        (["a", "b", "c", "d"], 2, Outcome.PARTIAL),
        ([], 0, Outcome.EMPTY),
    ],
)
def test_picks_score_hits_less_false_alarms(picked: list[str], points: int, outcome: Outcome) -> None:
    found = last(verdict_on((PICK,), picked))
    assert (found.points, found.outcome) == (points, outcome)


def job(**changes: object) -> Job:
    plain = Job(network=SEED, values=SEED_VALUES, boxes=gradient("w3"), answers={"dL_dyhat": "1", "dyhat_dw3": "1", "grad_w3": "1"})  # fmt: skip  # noqa: E501
    return plain.model_copy(update=changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"answers": {}},
        {"answers": {"dL_dyhat": "1", "dyhat_dw3": "1", "grad_w3": "1", "grad_w9": "1"}},
        {"answers": {"dL_dyhat": ["1"], "dyhat_dw3": "1", "grad_w3": "1"}},
        {"network": {"L": "(y - q)^2"}},
        {"values": {}},
        {"values": SEED_VALUES | {"w1": "one"}},
        {"values": SEED_VALUES | {"w1": "1/0"}},
        {"boxes": (gradient("w3")[0], *gradient("w3")[:2])},
        {"boxes": (*gradient("w3")[:2], gradient("w3")[2].model_copy(update={"formula": "2*("}))},
        {"boxes": (*gradient("w3")[:2], gradient("w3")[2].model_copy(update={"symbolic": "q1*2"}))},
        {"boxes": (*gradient("w3")[:2], gradient("w3")[2].model_copy(update={"names": ("grad_w3",)}))},
        {"boxes": (*gradient("w3")[:2], gradient("w3")[2].model_copy(update={"symbolic": "2*h1"}))},
        {
            "boxes": (
                *gradient("w3")[:2],
                gradient("w3")[2].model_copy(update={"formula": "1/0", "symbolic": "1/0"}),
            )
        },
    ],
)
def test_a_job_that_contradicts_itself_is_a_fault_and_no_verdict(changes: Mapping[str, object]) -> None:
    with pytest.raises(JobError):
        mark(job(**changes))


@pytest.mark.parametrize(
    ("boxes", "answers"),
    [((LABEL,), ["other"]), ((LABEL,), [["meaning"]]), ((PICK,), [["z"]]), ((CLAIM,), ["agency"])],
)
def test_an_option_that_is_not_there_is_a_fault(boxes: tuple[ChoiceBox, ...], answers: list[str]) -> None:
    with pytest.raises(JobError):
        verdict_on(boxes, *answers, equations={}, values={})


def test_marking_is_a_function_of_the_job_alone() -> None:
    assert mark(job()) == mark(job())
    assert mark(job(token="a")).token == "a"


def test_the_right_value_with_too_few_digits_costs_no_try() -> None:
    network = jobs.Network.from_equations(SEED)
    box = jobs.answer_box(
        network, "yhat_new", "0.851128 + 0*w1", tolerance=Tolerance(mode="rounded", decimals=4)
    )
    found = verdict_on((box,), "0.85")
    assert (found.outcome, found.counts, last(found).code) == (Outcome.FEW_DIGITS, False, "few-digits")
    assert verdict_on((box,), "0.8511").outcome is C
    assert verdict_on((box,), "0.86").outcome is W
