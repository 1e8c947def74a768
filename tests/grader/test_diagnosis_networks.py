"""Diagnosis on other networks: biases, a full layer, tanh, a deep chain, a weight on two ways."""

from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.job import AnswerBox, BoxVerdict, Outcome
from grader.matrix_slips import MATRIX_PRODUCT, TRANSPOSED
from grader.misconceptions import RULES, SHARED
from grader.network import Network
from tests.grader import jobs
from tests.grader.diagnosing import DEEP, DEEP_VALUES, TANH, TANH_VALUES, explained_by, number, told
from tests.grader.test_network import SEED
from tests.grader.test_references import BIASES, FULL, SEED_VALUES

TEXTS = yaml.safe_load(
    (Path(__file__).parents[2] / "exercises" / "texts" / "misconceptions.yaml").read_text(encoding="utf-8")
)
BIAS_VALUES = {
    "x1": "0.3", "x2": "0.8", "w1": "1.4", "b1": "0.2", "w2": "0.7", "b2": "0.16", "w3": "0.9", "w4": "-0.6",
    "b3": "0.25", "y": "1.1", "alpha": "0.1",
}  # fmt: skip
FULL_VALUES = {
    "x1": "0.3", "x2": "0.8", "w11": "0.4", "w12": "0.5", "w21": "0.64", "w22": "0.1", "v1": "1.3",
    "v2": "-0.7", "y": "1.1", "alpha": "0.1",
}  # fmt: skip
OUT = {**TANH, "yhat": "sigmoid(w3*h1 + w4*h2)"}
TWO_WAYS = {
    "h1": "tanh(w1*x1)", "h2": "tanh(w2*h1)", "h3": "tanh(w3*h1)", "yhat": "w4*h2 + w5*h3",
    "L": "(y - yhat)^2",
}  # fmt: skip
TWO_WAYS_VALUES = {
    "x1": "0.7", "w1": "1.3", "w2": "-0.8", "w3": "1.6", "w4": "0.9", "w5": "-0.5", "y": "0.4",
    "alpha": "0.5",
}  # fmt: skip
NETWORKS: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "seed": (SEED, SEED_VALUES),
    "biases": (BIASES, BIAS_VALUES),
    "full": (FULL, FULL_VALUES),
    "tanh": (TANH, TANH_VALUES),
    "out": (OUT, TANH_VALUES),
    "deep": (DEEP, DEEP_VALUES),
    "two ways": (TWO_WAYS, TWO_WAYS_VALUES),
}


@pytest.mark.parametrize(
    ("network", "box", "formula", "misconception"),
    [
        # Values of the forward pass.
        ("tanh", "h1", "w1*x1", "F-act"),
        ("tanh", "h1", "tanh(w1*x2)", "F-crossin"),
        ("tanh", "h1", "tanh(w1 + x1)", "F-add"),
        ("tanh", "h1", "h2", "F-stop"),
        ("biases", "h1", "w1*x1", "F-path"),
        ("biases", "h1", "w1*x1 - b1", "F-sign"),
        ("full", "h1", "w11*x1", "F-path"),
        ("full", "h1", "w11*x2 + w12*x1", "F-crossin"),
        ("tanh", "yhat", "w3*w1*x1 + w4*w2*x2", "F-act"),
        ("out", "yhat", "w3*h1 + w4*h2", "F-act"),
        ("tanh", "yhat", "tanh(w3*h1 + w4*h2)", "F-outact"),
        ("full", "yhat", "v1*x1 + v2*x2", "F-skip"),
        ("full", "yhat", "v1*h2 + v2*h1", "F-cross"),
        ("biases", "yhat", "h1 + h2", "F-noout"),
        ("biases", "yhat", "h1 + h2 + b3", "F-noout"),
        ("biases", "yhat", "w3*h1 + w4*h2", "F-path"),
        ("biases", "yhat", "w3*h1 + w4*h2 - b3", "F-sign"),
        ("deep", "yhat", "w4*h2", "F-skip"),
        ("deep", "yhat", "h3", "F-noout"),
        ("deep", "h3", "w3*h2", "F-act"),
        ("out", "L", "2*(y - yhat)", "L-double"),
        # Links.
        ("out", "dL_dyhat", "2*(y - yhat)", "G-sign"),
        ("biases", "dyhat_dw3", "w3", "G-wforh"),
        ("full", "dyhat_dv1", "x2", "G-xforh"),
        ("full", "dyhat_dv1", "h2", "G-neigh"),
        ("biases", "dyhat_db3", "0", "B-zero"),
        ("biases", "dyhat_db3", "h1", "B-zero"),
        ("out", "dyhat_dw3", "h1", "H-noact"),
        ("full", "dyhat_dh1", "h1", "H-fwdback"),
        ("full", "dyhat_dh1", "v2", "H-wrongw"),
        ("tanh", "dh1_dz1", "1", "H-noact"),
        ("tanh", "dh1_dz1", "h1", "H-actval"),
        ("tanh", "dh1_dz1", "1 - tanh(h1)^2", "H-actarg"),
        ("tanh", "dh1_dz1", "1 - (w1*x1)^2", "H-actarg"),
        ("tanh", "dh1_dw1", "x1", "H-noact"),
        ("tanh", "dh1_dw1", "h1*x1", "H-actval"),
        ("deep", "dh2_dh1", "w2", "H-noact"),
        ("deep", "dh2_dw2", "h1", "H-noact"),
        ("full", "dh1_dw12", "w12", "H-wforx"),
        ("full", "dh1_dw12", "x1", "G-neigh"),
        ("biases", "dh1_db1", "x1", "B-zero"),
        # Gradients.
        ("biases", "grad_b3", "dL_dyhat*h1", "B-zero"),
        ("biases", "grad_b1", "dL_dyhat*w3*x1", "B-zero"),
        ("tanh", "grad_w1", "dL_dyhat*w3*x1", "H-noact"),
        ("tanh", "grad_w1", "dL_dyhat*w3*h1*x1", "H-actval"),
        ("tanh", "grad_w1", "dL_dyhat*w3*(1 - (w1*x1)^2)*x1", "H-actarg"),
        ("tanh", "grad_w1", "dL_dyhat*dh1_dw1", "H-now3"),
        ("tanh", "grad_w1", "dL_dyhat*w4*dh1_dw1", "H-wrongw"),
        ("tanh", "grad_w1", "dL_dyhat*w3*dh1_dz1", "H-nox"),
        ("tanh", "grad_w3", "2*(y - yhat)*h1", "G-sign"),
        ("tanh", "grad_w3", "2*(yhat - y)*h1*(1 - h1^2)", "G-extra"),
        ("tanh", "grad_w3", "2*(yhat - y)*h1*yhat*(1 - yhat)", "G-outder"),
        ("out", "grad_w3", "dL_dyhat*h1", "H-noact"),
        ("full", "grad_w12", "dL_dyhat*v2*x2", "H-wrongw"),
        ("full", "grad_w12", "dL_dyhat*(v1 + v2)*x2", "H-paths"),
        ("deep", "grad_w4", "dL_dyhat", "G-stop"),
        ("deep", "grad_w1", "dL_dyhat*w4*w3*w2*x1", "H-noact"),
        ("deep", "grad_w1", "dL_dyhat*dyhat_dh3*dh2_dh1*dh1_dw1", "H-now3"),
        ("deep", "grad_w1", "dL_dyhat*dyhat_dh3*dh3_dh2*dh2_dh1", "H-nox"),
        ("deep", "grad_w1", "dL_dyhat*dyhat_dh3*dh3_dh2*w2*dh1_dw1", "H-noact"),
        ("deep", "grad_w2", "dL_dyhat*dyhat_dh3*dh3_dh2*dh2_dw2/2", "G-two"),
        ("two ways", "grad_w1", "dL_dyhat*dyhat_dh2*dh2_dh1*dh1_dw1", "H-paths"),
        ("two ways", "grad_w1", "dL_dyhat*(w4*w2 + w5*w3)*x1", "H-noact"),
        ("two ways", "grad_w1", "-grad_w1", "G-sign"),
        ("two ways", "grad_w1", "2*yhat*dyhat_dw1", "G-yhat"),
        # After the step.
        ("biases", "b1_new", "b1 + 0.1*grad_b1", "U-ascent"),
        ("full", "w12_new", "w12 - grad_w12", "U-noalpha"),
        ("deep", "w1_new", "w1 - 0.5*grad_w2", "U-other"),
        ("deep", "w1_new", "w1*(1 - 0.5*grad_w1)", "U-scale"),
        ("tanh", "yhat_new", "yhat - 0.1*dL_dyhat", "U-pred"),
        ("tanh", "L_new", "L - 0.1*(grad_w1^2 + grad_w2^2 + grad_w3^2 + grad_w4^2)", "U-lin"),
    ],
)
def test_a_wrong_rule_is_found_on_any_network(
    network: str, box: str, formula: str, misconception: str
) -> None:
    equations, values = NETWORKS[network]
    typed = number(formula, equations, values)
    verdict = told(box, typed, equations, values)
    assert (verdict.outcome, verdict.code) == (Outcome.WRONG, "misconception"), explained_by(
        box, typed, equations, values
    )
    assert verdict.params["id"] == misconception, explained_by(box, typed, equations, values)


@pytest.mark.parametrize("formula", ["dL_dyhat*w3*x1", "dL_dyhat*w3*h1*x1", "dL_dyhat*dh1_dz1*dz1_dw1"])
def test_a_chain_that_is_opened_at_its_activation_has_the_same_rules(formula: str) -> None:
    network = Network.from_equations(TANH)
    links = ("dL_dyhat", "dyhat_dh1", "dh1_dz1", "dz1_dw1")
    boxes = [jobs.answer_box(network, link, link, role="link") for link in links]
    boxes.append(jobs.answer_box(network, "grad_w1", "*".join(links), names=(*boxes[0].names, *links)))
    typed = [number(link, TANH, TANH_VALUES) for link in (*links, formula)]
    verdict = jobs.last(jobs.verdict_on(tuple(boxes), *typed, equations=TANH, values=TANH_VALUES))
    expected = {"dL_dyhat*w3*x1": "H-noact", "dL_dyhat*w3*h1*x1": "H-actval"}
    assert verdict.params == {"id": expected.get(formula, "H-now3")}


@cache
def questions(network: str) -> list[tuple[AnswerBox, ...]]:
    equations, _ = NETWORKS[network]
    graph = Network.from_equations(equations)
    nodes = [node for node in graph.order if node not in graph.inner]
    found = [jobs.forward_boxes(equations, *nodes), jobs.update_boxes(equations, *graph.weights)]
    return found + [
        jobs.gradient_boxes(equations, weight) for weight in graph.weights if len(graph.chains(weight)) == 1
    ]


def every_box() -> list[tuple[str, int, int]]:
    return [
        (network, question, box)
        for network in NETWORKS
        for question, boxes in enumerate(questions(network))
        for box in range(len(boxes))
    ]


def verdict_on_one(network: str, question: int, box: int, answer: str) -> BoxVerdict:
    """The verdict on one box, with the right numbers in all the boxes before it."""
    equations, values = NETWORKS[network]
    asked = questions(network)[question][: box + 1]
    before = [number(each.formula, equations, values) for each in asked[:-1]]
    return jobs.last(jobs.verdict_on(asked, *before, answer, equations=equations, values=values))


@pytest.mark.parametrize(("network", "question", "box"), every_box())
def test_a_right_answer_is_never_diagnosed(network: str, question: int, box: int) -> None:
    equations, values = NETWORKS[network]
    asked = questions(network)[question][box]
    typed = number(asked.formula, equations, values)
    assert verdict_on_one(network, question, box, typed).outcome is Outcome.CORRECT
    assert not explained(asked, typed, network)


def explained(asked: AnswerBox, typed: str, network: str) -> bool:
    equations, values = NETWORKS[network]
    verdict = jobs.last(jobs.verdict_on((asked,), typed, equations=equations, values=values))
    return verdict.code == "misconception"


@given(
    st.sampled_from(every_box()),
    st.one_of(
        st.decimals(-3, 3, places=2).map(str),
        st.sampled_from(["w1", "2*y", "-alpha", "y*y", "1e9", "0", "alpha*y", "y/alpha"]),
    ),
)
@settings(max_examples=150, deadline=None)
def test_any_wrong_answer_is_left_alone_or_told_by_a_text(place: tuple[str, int, int], answer: str) -> None:
    verdict = verdict_on_one(*place, answer)
    if verdict.code == "misconception":
        assert verdict.outcome is Outcome.WRONG
        assert verdict.params["id"] in TEXTS
    assert verdict.outcome not in {Outcome.UNDECIDED, Outcome.PARTIAL}


def test_every_rule_and_everything_shared_has_a_question_that_gives_nothing_away() -> None:
    ruled = {misconception for rules in RULES.values() for misconception in rules}
    assert TEXTS.keys() == ruled | SHARED.keys() | {TRANSPOSED, MATRIX_PRODUCT}
    for text in TEXTS.values():
        assert "?" in text
        assert len(text) <= 160
        assert not any(f"{letter}{digit}" in text for letter, digit in product("xwbhz", "0123456789"))


@pytest.mark.parametrize("width", [2, 9])
def test_a_large_network_is_diagnosed_too(width: int) -> None:
    units = range(1, width + 1)
    equations = {f"ha{u}": " + ".join(f"wa{u}i{i}*x{i}" for i in units) for u in units}
    equations |= {f"hb{u}": f"tanh({' + '.join(f'wb{u}i{i}*ha{i}' for i in units)})" for u in units}
    equations |= {"yhat": " + ".join(f"v{u}*hb{u}" for u in units), "L": "(y - yhat)^2"}
    graph = Network.from_equations(equations)
    values = {leaf: f"0.{place % 7 + 2}" for place, leaf in enumerate(graph.leaves)} | {"alpha": "0.1"}
    boxes = (
        AnswerBox(id="yhat", formula=equations["yhat"], names=("y",)),
        AnswerBox(id="grad_v1", formula="grad_v1", names=("y",)),
        AnswerBox(id="grad_wa1i1", formula="grad_wa1i1", names=("y",)),
        AnswerBox(id="v1_new", formula="v1 - alpha*grad_v1", names=("y",)),
        AnswerBox(id="yhat_new", formula="yhat - alpha", names=("y",)),
    )
    verdict = jobs.verdict_on(
        boxes, "-7.25", "-7.25", "-7.25", "-7.25", "-7.25", equations=equations, values=values
    )
    assert {box.outcome for box in verdict.boxes} == {Outcome.WRONG}
