"""Diagnosis on the seed network: every misconception is found again from its number or its formula."""

import json
import time
from itertools import combinations
from pathlib import Path

import pytest

from grader.diagnosis import settled
from grader.job import AnswerBox, BoxVerdict, Outcome
from grader.misconceptions import EDITS, RULES, SHARED, USUAL_EDITS, named
from tests.grader import jobs
from tests.grader.diagnosing import LEAKY, boxes_up_to, explained_by, right, told
from tests.grader.jobs import last, verdict_on
from tests.grader.test_network import SEED
from tests.grader.test_references import SEED_VALUES

TABLE = json.loads((Path(__file__).parent.parent / "tables" / "misconceptions.json").read_text())
INSTANCES = TABLE["instances"]
LATER = {"P-drop", "B-pool", "N-mean", "N-avgfirst", "S-twice", "S-diag", "O-vel"}  # test_diagnosis_several
OWN = {"S-norm"}  # not in the catalogue
S, R1 = (INSTANCES[name]["values"] for name in ("S", "R1"))
CASES = [(case["id"], case["box"], name, *case[name]) for case in TABLE["cases"] for name in INSTANCES]


@pytest.mark.parametrize(("misconception", "box", "instance", "answer", "expected"), CASES)
def test_a_misconception_is_found_again_from_its_number(
    misconception: str, box: str, instance: str, answer: str, expected: str
) -> None:
    equations = LEAKY if INSTANCES[instance]["activation"] == "leaky" else SEED
    values = INSTANCES[instance]["values"]
    verdict = told(box, answer, equations, values)
    if expected == "right":
        assert verdict.outcome is Outcome.CORRECT
    else:
        assert misconception in expected.split()
        assert explained_by(box, answer, equations, values) == set(expected.split())
        assert verdict.outcome is Outcome.WRONG
        assert verdict.params.get("id") == named(frozenset(expected.split()))


def test_every_misconception_of_the_catalogue_has_a_rule_or_a_reason() -> None:
    asked = {case["id"] for case in TABLE["cases"]}
    ruled = {misconception for rules in RULES.values() for misconception in rules}
    assert asked | {"B-zero"} | LATER | OWN == ruled
    assert not ruled & TABLE["without a rule"].keys()
    assert len(ruled - OWN) + len(TABLE["without a rule"]) == 70


def test_the_fewest_edits_are_told_first() -> None:
    assert explained_by("w1_new", "1.14", SEED, S) == {"U-ascent", "U-other"}
    assert told("w1_new", "1.14", SEED, S).params == {"id": "U-ascent"}


@pytest.mark.parametrize(
    ("box", "answer", "shared"),
    [
        ("w3_new", "-1.1568", "U-direction"),  # uphill, or every weight raised
        ("yhat_new", "0.73968", "U-old"),  # old hidden values, or only the last layer moved
        ("grad_w1", "0.216", "H-between"),  # the two-factor answer, or w1 for w3
        ("grad_w1", "-0.05184", "H-link"),  # the value for the slope, or the value besides the slope
        ("grad_w3", "0.0432", None),  # the learning rate, or the input besides the hidden value
        ("grad_w1", "17.3", None),
    ],
)
def test_a_tie_is_told_as_what_is_shared_or_not_at_all(box: str, answer: str, shared: str | None) -> None:
    verdict = told(box, answer, SEED, R1)
    assert verdict.outcome is Outcome.WRONG
    assert (verdict.code, verdict.params) == (("misconception", {"id": shared}) if shared else (None, {}))


def test_a_tie_that_only_a_shared_part_is_told_of_has_the_same_edits() -> None:
    for one, other in (("H-two", "H-wrongw"), ("U-stale", "U-half"), ("H-hforx", "H-extra")):
        assert EDITS.get(one, USUAL_EDITS) == EDITS.get(other, USUAL_EDITS)
        assert any({one, other} <= members for members in SHARED.values())


def update(**answers: str) -> dict[str, str | None]:
    """The new weights of the seed network, right where no answer is given; what is told of each."""
    boxes = jobs.update_boxes(SEED, "w1", "w2", "w3", "w4")
    right = {"w1": "1.26", "w2": "0.44", "w3": "2.036", "w4": "-1.226"} | answers
    verdict = verdict_on(boxes, *right.values(), values=SEED_VALUES)
    return {box.id[:-4]: box.params.get("id") for box in verdict.boxes if box.outcome is Outcome.WRONG}


def test_the_other_boxes_of_a_submission_decide_a_tie() -> None:
    ascent = {"w1": "1.14", "w2": "0.56", "w3": "1.964", "w4": "-1.274"}
    assert update(w2="0.56") == {"w2": "U-direction"}
    assert update(**ascent) == dict.fromkeys(ascent, "U-ascent")
    assert update(w1="1.14", w3="2.06") == {"w1": "U-ascent", "w3": "U-step"}
    assert update(w1="1.14", w3="2.024") == {"w1": "U-other", "w3": "U-other"}


def test_one_box_alone_is_no_evidence_for_itself() -> None:
    tied = BoxVerdict(id="a", outcome=Outcome.WRONG, code="misconception", params={"id": "G-sum G-div"})
    sure = tied.model_copy(update={"id": "b", "params": {"id": "G-div"}})
    assert [box.code for box in settled([tied])] == [None]
    assert [box.params for box in settled([tied, sure])] == [{"id": "G-div"}, {"id": "G-div"}]
    assert settled([tied.model_copy(update={"code": None})])[0].params == tied.params


@pytest.mark.parametrize(
    ("box", "answer", "tied", "told_apart"),
    [
        ("grad_w1", "2*(yhat - y)*w1*x1", "0.216", "H-wrongw"),
        ("grad_w1", "2*(yhat - y)*h1", "0.216", "H-two"),
        ("grad_w1", "2*(yhat - y)*w3*x1*h1", "-0.05184", "H-extra"),
        ("w3_new", "w3 + alpha*grad_w3", "-1.1568", "U-ascent"),
        ("w3_new", "w3 + alpha*abs(grad_w3)", "-1.1568", "U-abs"),
        ("w3_new", "w3 + alpha*2*(yhat - y)*h1", "-1.1568", "U-ascent"),
        ("grad_w3", "alpha*2*(yhat - y)*h1", "0.0432", "G-step"),
        ("grad_w3", "2*(yhat - y)*h1*x1", "0.0432", "G-extra"),
        ("dL_dyhat", "2*(y - yhat)", "-0.72", "G-sign"),
    ],
)
def test_an_expression_decides_where_its_number_does_not(
    box: str, answer: str, tied: str, told_apart: str
) -> None:
    asked = tuple(each.model_copy(update={"names": (*each.names, "h1", "yhat")}) for each in boxes_up_to(box))
    verdict = last(verdict_on(asked, *right(asked[:-1]), answer, values=R1))
    assert told_apart in explained_by(box, tied, SEED, R1)
    assert verdict.params == {"id": told_apart}


def test_an_expression_that_has_the_number_of_a_rule_by_chance_is_not_explained() -> None:
    assert told("grad_w3", "0.0432", SEED, S | {"alpha": "0.12"}).outcome is Outcome.WRONG
    assert told("grad_w1", "0.6", SEED, S).params == {"id": "G-sign"}
    assert told("grad_w1", "y - w2*x2", SEED, S).code is None  # 0.6 as well
    assert told("grad_w1", "-2*(0.7 - 1)*w3*x1", SEED, S).params == {"id": "G-sign"}


def test_inside_a_structural_class_nothing_is_diagnosed() -> None:
    # The slope of an active relu is 1: without it, or with it at the wrong place, the answer is right.
    for answer in ("2*(yhat - y)*w3*x1", "dL_dyhat*w3*x1", "-0.1728"):
        verdict = told("grad_w1", answer, SEED, R1)
        assert (verdict.outcome, verdict.code) == (Outcome.CORRECT, None)
    for box in ("grad_w1", "dh1_dw1"):
        assert not {"H-noact", "H-actarg"} & explained_by(box, "0.9", SEED, R1)
        assert not {"H-noact", "H-actarg"} & explained_by(box, told_right(box), SEED, R1)


def told_right(box: str) -> str:
    return {"grad_w1": "-0.1728", "dh1_dw1": "0.2"}[box]


@pytest.mark.parametrize(
    ("box", "answers", "slips"),
    [
        ("grad_w3", ["-0.72", "0.3", "-0.42"], ["G-sign", None, "G-sum"]),
        ("grad_w1", ["-0.72", "-1.2", "0.2", "0.864"], ["G-sign", None, None, "H-nox"]),
        ("grad_w1", ["0.36", "-1.2", "0.3", "0.36"], ["G-two", None, "H-hforx", "G-stop"]),
        ("grad_w3", ["-0.72", "0.3", "0.144"], ["G-sign", None, "G-xforh"]),  # with the right first link
    ],
)
def test_two_slips_in_one_submission_are_both_named(
    box: str, answers: list[str], slips: list[str | None]
) -> None:
    verdict = verdict_on(boxes_up_to(box), *answers, values=R1)
    assert [each.params.get("id") for each in verdict.boxes] == slips


def test_a_right_answer_and_one_that_follows_are_not_diagnosed() -> None:
    verdict = verdict_on(boxes_up_to("grad_w3"), "-0.72", "0.3", "-0.216", values=R1)
    assert jobs.outcomes(verdict) == [Outcome.WRONG, Outcome.CORRECT, Outcome.FOLLOW_THROUGH]
    assert [box.code for box in verdict.boxes] == ["misconception", None, "follow-through"]


def test_without_a_network_nothing_is_diagnosed() -> None:
    box = AnswerBox(id="sum", formula="1 + 1", names=())
    assert last(verdict_on((box,), "3", equations={}, values={})).code is None


def test_what_is_shared_is_shared_by_rules_and_by_more_than_one() -> None:
    ruled = {misconception for rules in RULES.values() for misconception in rules}
    assert all(members <= ruled and len(members) > 1 for members in SHARED.values())
    assert EDITS.keys() <= ruled
    assert not ruled & SHARED.keys()
    assert all(
        not (SHARED[late] < SHARED[early]) for early, late in combinations(SHARED, 2)
    )  # the narrowest come first


@pytest.mark.parametrize("answer", ["7.7", "2*(yhat - y)*w3*w1"])
def test_a_diagnosis_takes_less_than_five_milliseconds(answer: str) -> None:
    asked = boxes_up_to("grad_w1")
    spent = []
    for _ in range(9):
        started = time.thread_time()
        verdict_on(asked, "0.72", "-1.2", "0.2", answer, values=R1)
        marked = time.thread_time()
        verdict_on(asked, "0.72", "-1.2", "0.2", "-0.1728", values=R1)
        spent.append((marked - started) - (time.thread_time() - marked))
    assert sorted(spent)[4] < 0.005
