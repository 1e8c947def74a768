"""Diagnosis: a wrong number is explained by one misconception, or by none."""

from collections.abc import Mapping
from functools import cache

import pytest

from grader.job import AnswerBox, BoxVerdict, Outcome
from grader.misconceptions import RULES
from tests.grader import jobs
from tests.grader.jobs import last, verdict_on
from tests.grader.test_network import SEED
from tests.grader.test_references import BIASES, CASES, FULL

VALUES = {
    "x1": "0.2", "x2": "0.6", "w1": "1.5", "w2": "2", "w3": "-1.2", "w4": "1.1", "y": "0.6", "alpha": "0.2",
}  # fmt: skip
LEAKY = {name: text.replace("relu", "leaky") for name, text in SEED.items()}
LEAKY_VALUES = {
    "x1": "1.5", "x2": "0.2", "w1": "-2", "w2": "2", "w3": "0.9", "w4": "1.8", "y": "0.4", "alpha": "0.25",
}  # fmt: skip


@cache
def boxes(kind: str) -> tuple[AnswerBox, ...]:
    match kind.split("-"):
        case ["gradient", weight]:
            return jobs.gradient_boxes(SEED, weight)
        case ["new", weight]:
            return jobs.update_boxes(SEED, weight)
        case ["leaky", weight]:
            return jobs.gradient_boxes(LEAKY, weight)
        case _:
            return jobs.forward_boxes(SEED, "h1", "h2", "yhat", "L")


def found(kind: str, box: str, answer: str) -> BoxVerdict:
    """The verdict on one wrong answer, all the boxes before it being right."""
    asked = boxes(kind)
    network, values = (LEAKY, LEAKY_VALUES) if kind.startswith("leaky") else (SEED, VALUES)
    place = [each.id for each in asked].index(box)
    answers = [each.symbolic or each.formula for each in asked[:place]] + [answer]
    offered = tuple(
        each.model_copy(update={"names": (*each.names, *jobs.Network.from_equations(network).inner)})
        for each in asked[: place + 1]
    )
    return last(verdict_on(offered, *answers, equations=network, values=values))


@pytest.mark.parametrize(
    ("kind", "box", "answer", "misconception"),
    [
        ("forward", "yhat", "-0.36", "F-path"),
        ("forward", "yhat", "-1.68", "F-sign"),
        ("forward", "yhat", "1.5", "F-noout"),
        ("forward", "yhat", "-1.11", "F-cross"),
        ("forward", "L", "0.36", "L-nosq"),
        ("forward", "L", "-0.36", "L-nosq"),
        ("forward", "L", "0.0648", "L-half"),
        ("forward", "L", "0.72", "L-double"),
        ("forward", "L", "-0.1296", "L-neg"),
        ("forward", "L", "0.9216", "L-target"),
        ("gradient-w3", "dL_dyhat", "-0.72", "G-sign"),
        ("gradient-w3", "dL_dyhat", "0.36", "G-two"),
        ("gradient-w3", "dL_dyhat", "1.92", "G-yhat"),
        ("gradient-w3", "dyhat_dw3", "-1.2", "G-wforh"),
        ("gradient-w3", "dyhat_dw3", "1.2", "G-neigh"),
        ("gradient-w3", "dyhat_dw3", "0.2", "G-xforh"),
        ("gradient-w3", "grad_w3", "0.72", "G-stop"),
        ("gradient-w3", "grad_w3", "1.02", "G-sum"),
        ("gradient-w3", "grad_w3", "2.4", "G-div"),
        ("gradient-w1", "dyhat_dh1", "1.1", "H-wrongw"),
        ("gradient-w1", "dh1_dw1", "1.5", "H-wforx"),
        ("gradient-w1", "dh1_dw1", "0.3", "H-hforx"),
        ("gradient-w1", "grad_w1", "0.144", "H-now3"),
        ("gradient-w1", "grad_w1", "-0.864", "H-nox"),
        ("leaky-w1", "dh1_dw1", "1.5", "H-noact"),
        ("new-w3", "w3_new", "-1.416", "U-noalpha"),
        ("new-w3", "w3_new", "-0.0432", "U-part"),
        ("new-w3", "w3_new", "-2.28", "U-div"),
        ("new-w1", "w1_new", "1.46544", "U-ascent"),
    ],
)
def test_a_wrong_number_is_explained_by_its_misconception(
    kind: str, box: str, answer: str, misconception: str
) -> None:
    verdict = found(kind, box, answer)
    assert verdict.outcome is Outcome.WRONG
    assert (verdict.code, verdict.params) == ("misconception", {"id": misconception})


@pytest.mark.parametrize(
    ("kind", "box", "answer"),
    [
        (
            "gradient-w1",
            "grad_w1",
            "0.216",
        ),  # the two-factor answer, or w1 for w3
        (
            "new-w3",
            "w3_new",
            "-1.1568",
        ),  # uphill, or every weight raised
        ("gradient-w1", "grad_w1", "17.3"),
    ],
)
def test_a_number_that_several_misconceptions_or_none_explain_is_left_alone(
    kind: str, box: str, answer: str
) -> None:
    verdict = found(kind, box, answer)
    assert (verdict.outcome, verdict.code) == (Outcome.WRONG, None)


def test_the_diagnosis_is_made_with_the_students_own_earlier_answers() -> None:
    answers = ["-0.72", "0.3", "-0.42"]  # the sign is wrong, then the factors are added
    verdict = last(verdict_on(boxes("gradient-w3"), *answers, values=VALUES))
    assert verdict.params == {"id": "G-sum"}


@pytest.mark.parametrize("case", CASES)
def test_right_answers_are_never_diagnosed(case: str) -> None:
    equations, values, _, _ = CASES[case]
    network = jobs.Network.from_equations(equations)
    nodes = [node for node in network.order if node not in network.inner]
    questions = [jobs.forward_boxes(equations, *nodes), jobs.update_boxes(equations, *network.weights)]
    questions += [jobs.gradient_boxes(equations, weight) for weight in network.weights]
    for asked in questions:
        right = [value_of(equations, values, box) for box in asked]
        assert verdict_on(asked, *right, equations=equations, values=values).outcome is Outcome.CORRECT


def value_of(equations: Mapping[str, str], values: Mapping[str, str], box: AnswerBox) -> str:
    from grader.symbolic import evaluate

    return str(evaluate(jobs.Network.from_equations(equations), box.formula, values))


@pytest.mark.parametrize(("equations", "weight"), [(FULL, "w11"), (BIASES, "b3"), (BIASES, "b1")])
def test_any_wrong_number_on_any_network_gets_a_verdict(equations: Mapping[str, str], weight: str) -> None:
    values = next(case[1] for case in CASES.values() if case[0] is equations)
    asked = jobs.gradient_boxes(equations, weight)
    for wrong in ("3.21", "-7", "0"):
        verdict = verdict_on(asked, *[wrong] * len(asked), equations=equations, values=values)
        assert Outcome.UNDECIDED not in jobs.outcomes(verdict)


def test_without_a_network_nothing_is_diagnosed() -> None:
    box = AnswerBox(id="sum", formula="1 + 1", names=())
    assert last(verdict_on((box,), "3", equations={}, values={})).code is None


def test_every_rule_is_known_by_an_id_of_the_catalogue() -> None:
    ids = {misconception for rules in RULES.values() for misconception in rules}
    assert all(name[0] in "FLGHU" and name[1] == "-" for name in ids)
