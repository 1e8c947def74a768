"""Marking: boxes with options, answers with too few digits, jobs that contradict themselves."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from grader.job import AnswerBox, BoxVerdict, ChoiceBox, Job, Outcome, PickBox, Tolerance
from grader.marking import JobError, mark
from grader.wording import sentence
from tests.grader import jobs
from tests.grader.diagnosing import boxes_up_to, right
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


HIDDEN = {"h1": "tanh(w1*x1)", "yhat": "w2*h1", "L": "(y - yhat)^2"}
NUMBERS = {"w1": "0.5", "x1": "0.7", "w2": "2.3", "y": "1"}


def on_hidden(*answers: str, **numbers: str) -> BoxVerdict:
    boxes = jobs.forward_boxes(HIDDEN, "h1", "yhat")
    return last(verdict_on(boxes, *answers, equations=HIDDEN, values=NUMBERS | numbers))


def test_a_number_rounded_on_the_way_is_told_apart() -> None:
    """tanh(0.35) is 0.33638, and 2.3 times that 0.77366."""
    assert on_hidden("0.3364", "0.7737").outcome is C
    for early in ("0.782", "0.69"):  # from 0.34 and from 0.3
        assert (on_hidden("0.3364", early).outcome, on_hidden("0.3364", early).code) == (W, "rounded-early")
    assert on_hidden("0.3364", "0.83").code is None
    assert on_hidden("0.3364", "0.7691").code is None  # near 0.7728 from 0.336, which itself is right
    assert on_hidden("0.0350", "0", x1="0.07").code is None  # nothing is left of 0.035 to one decimal
    assert sentence("rounded-early", {})


@pytest.mark.parametrize(
    ("answer", "code"),
    [("0.7737", None), ("0.782", "rounded-early"), ("0.92", "rounded-early"), ("0.83", None), ("0.69", None)],
)
def test_steps_that_are_no_boxes_may_have_been_rounded_too(answer: str, code: str | None) -> None:
    """2.3*tanh(0.35) is 2.3*0.34 to two decimals, and to one tanh(0.4) or 0.4 times 2.3."""
    box = AnswerBox(id="yhat", formula="w2*tanh(w1*x1)", names=())
    assert last(verdict_on((box,), answer, equations=HIDDEN, values=NUMBERS)).code == code


def test_a_value_after_the_step_is_right_within_a_share_of_its_change() -> None:
    """The loss falls from 0.09 to 0.0221629: 0.5 % of the fall is 0.00034, of the new loss 0.00011."""
    boxes = boxes_up_to("L_new")
    marked = lambda text: last(verdict_on(boxes, *right(boxes[:-1]), text)).outcome  # noqa: E731
    assert [marked(text) for text in ("0.02250", "0.02251", "0.02183", "0.02182")] == [C, W, C, W]


@pytest.mark.parametrize(
    ("carried", "later"), [("1e-30", "0"), ("1.001", "1"), ("-1.001", "-1"), ("1e-30", "1e-30")]
)
def test_a_value_that_the_tolerance_cannot_tell_from_a_trivial_one_is_not_carried(
    carried: str, later: str
) -> None:
    found = last(verdict_on(gradient("w1"), carried, "2", "0.5", later))
    assert (found.outcome, found.code) == (W, "carried-trivial")


@pytest.mark.parametrize(
    ("prediction", "code"),
    [("0.5", "follow-through"), ("0", "carried-trivial"), ("2", "carried-trivial"), ("1", "carried-trivial")],
)
def test_a_value_that_makes_a_bracket_trivial_is_not_carried(prediction: str, code: str) -> None:
    """The target is 1: the loss (y - yhat)^2 of these is 0.25, 1, 1 and 0."""
    boxes = jobs.forward_boxes(SEED, "yhat", "L")
    loss = str((1 - Decimal(prediction)) ** 2)
    assert last(verdict_on(boxes, prediction, loss)).code == code


def test_a_value_that_makes_a_sum_vanish_is_not_carried() -> None:
    boxes = jobs.forward_boxes(SEED, "h1", "h2", "yhat")
    assert last(verdict_on(boxes, "0.25", "0.4", "0")).code == "carried-trivial"
    assert last(verdict_on(boxes, "0.5", "0.4", "0.5")).code == "follow-through"


def test_a_value_that_leaves_the_next_box_without_one_is_named() -> None:
    network = {"yhat": "w1*x1", "L": "1/(y - yhat)"}
    values = {"w1": "0.7", "x1": "1", "y": "1"}
    first = AnswerBox(id="yhat", formula="w1*x1", names=(), tolerance=Tolerance(relative="0.5"))
    boxes = (first, AnswerBox(id="L", formula="1/(y - yhat)", names=()))
    found = last(verdict_on(boxes, "1.6", "3", equations=network, values=values))
    assert (found.outcome, found.code) == (W, None)
    found = last(verdict_on(boxes, "1", "3", equations=network, values=values))
    assert (found.outcome, found.code) == (W, None)  # the earlier box is right as far as it is asked
    found = last(
        verdict_on(
            (first.model_copy(update={"tolerance": Tolerance()}), boxes[1]),
            "1",
            "3",
            equations=network,
            values=values,
        )
    )
    assert (found.code, found.params) == ("carried-not-finite", {"name": "yhat"})


def test_an_answer_of_very_many_rounded_decimals_is_looked_at() -> None:
    tolerance = Tolerance(mode="rounded", decimals=2)
    box = jobs.answer_box(jobs.Network.from_equations(SEED), "yhat", "yhat", tolerance=tolerance)
    found = last(verdict_on((box,), "+".join(["0.03"] * 23)))
    assert (found.outcome, found.code) == (Outcome.UNDECIDED, "undecided")
    assert last(verdict_on((box,), "0.35 + 0.35")).outcome is C
    assert last(verdict_on((box,), "0.30 + 0.35")).outcome is W


def test_a_value_near_1_that_does_matter_is_carried() -> None:
    assert last(verdict_on(gradient("w1"), "1.2", "2", "0.5", "1.2")).outcome is Outcome.FOLLOW_THROUGH


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        ("exp(10^8)", W, "too-large"),
        ("exp(1e17)*w1", W, "too-large"),
        ("exp(-1e17)", W, None),
        ("exp(exp(exp(exp(9))))", Outcome.UNDECIDED, "undecided"),
        ("w3/(sqrt(4*x1)^2 - 2)", W, None),
    ],
)
def test_a_huge_number_is_wrong_and_one_that_cannot_be_told_is_looked_at(
    answer: str, outcome: Outcome, code: str | None
) -> None:
    found = last(verdict_on(gradient("w1"), "-0.6", "2", "0.5", answer))
    assert (found.outcome, found.code, found.value) == (outcome, code, None)


def test_a_network_of_too_many_chains_is_marked_without_a_diagnosis() -> None:
    rungs = {"a0": "w1*x1", "c0": "w2*x1"}
    for at in range(1, 15):
        rungs |= {f"a{at}": f"a{at - 1}*c{at - 1}", f"c{at}": f"a{at - 1} + c{at - 1}"}
    box = AnswerBox(id="grad_w1", formula="grad_w1", names=())
    values = {"w1": "0.5", "w2": "0.7", "x1": "0.5", "y": "1"}
    network = {**rungs, "yhat": "a14 + c14", "L": "(y - yhat)^2"}
    assert verdict_on((box,), "7", equations=network, values=values).outcome is W
