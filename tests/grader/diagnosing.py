"""Boxes and answers for the tests of diagnosis: any box of any network, answered as a wrong rule has it."""

from collections.abc import Iterable, Mapping
from functools import cache

from grader.diagnosis import candidates
from grader.expression import read
from grader.job import AnswerBox, BoxVerdict, Job, Tolerance
from grader.network import Network
from grader.paper import paper
from grader.symbolic import evaluate
from tests.grader.jobs import answer_box, last, update_boxes, verdict_on
from tests.grader.test_network import SEED

LEAKY = {name: text.replace("relu", "leaky") for name, text in SEED.items()}
LEAKY_VALUES = {
    "x1": "1.5", "x2": "0.2", "w1": "-2", "w2": "2", "w3": "0.9", "w4": "1.8", "y": "0.4", "alpha": "0.25",
}  # fmt: skip
TANH = {name: text.replace("relu", "tanh") for name, text in SEED.items()}
TANH_VALUES = {
    "x1": "0.5", "x2": "0.8", "w1": "1.386", "w2": "0.53", "w3": "2.35", "w4": "-1.775", "y": "1",
    "alpha": "0.1",
}  # fmt: skip
DEEP = {
    "h1": "tanh(w1*x1)", "h2": "sigmoid(w2*h1)", "h3": "leaky(w3*h2)", "yhat": "w4*h3", "L": "(y - yhat)^2",
}  # fmt: skip
DEEP_VALUES = {"x1": "0.7", "w1": "1.3", "w2": "-0.8", "w3": "-1.6", "w4": "0.9", "y": "0.4", "alpha": "0.5"}


@cache
def _boxes(equations: tuple[tuple[str, str], ...], box: str) -> tuple[AnswerBox, ...]:
    network = Network.from_equations(dict(equations))
    if box.startswith("grad_"):
        return _gradient(network, box[5:])
    if box[:-4] in network.weights:
        return tuple(new for new in update_boxes(dict(equations), *network.weights) if new.id == box)
    if box.endswith("_new"):
        return (*update_boxes(dict(equations), *network.weights), *_after(network, dict(equations)))
    formula = dict(equations).get(box, box)
    for inner in network.inner if box in network.order else ():
        formula = formula.replace(inner, f"({dict(equations)[inner]})")
    return (answer_box(network, box, formula),)


def _gradient(network: Network, weight: str) -> tuple[AnswerBox, ...]:
    """A box a link, then the sum over all ways."""
    ways = [[link.name for link in chain.links] for chain in network.chains(weight)]
    links = dict.fromkeys(link for way in ways for link in way)
    boxes = [answer_box(network, link, link, role="link") for link in links]
    formula = " + ".join("*".join(way) for way in ways)
    names = (*boxes[0].names, *links)
    return (*boxes, answer_box(network, f"grad_{weight}", formula, role="product", names=names))


def _after(network: Network, equations: Mapping[str, str]) -> tuple[AnswerBox, ...]:
    """The prediction and the loss after the step, of a network without biases and with one hidden layer."""
    formula = f"({equations['yhat']})"
    for unit, inner in (("h1", "z1"), ("h2", "z2")):
        formula = formula.replace(unit, equations[unit].replace(inner, equations[inner]))
    for weight in network.weights:
        formula = formula.replace(weight, f"{weight}_new")
    names = (*network.leaves, *(f"{weight}_new" for weight in network.weights))
    return tuple(
        AnswerBox(id=id, formula=right, names=names, tolerance=Tolerance(decimals=4, scale=scale))
        for id, right, scale in (
            ("yhat_new", formula, f"{formula} - yhat"),
            ("L_new", "(y - yhat_new)^2", f"(y - {formula})^2 - L"),
        )
    )


def boxes_up_to(box: str, equations: Mapping[str, str] = SEED) -> tuple[AnswerBox, ...]:
    """The boxes of the question that asks for ``box``, which is the last of them."""
    found = _boxes(tuple(equations.items()), box)
    return found[: [each.id for each in found].index(box) + 1]


def right(boxes: Iterable[AnswerBox]) -> list[str]:
    """Right answers, as expressions."""
    return [box.symbolic or box.formula if box.role == "link" else box.formula for box in boxes]


def told(box: str, answer: str, equations: Mapping[str, str], values: Mapping[str, str]) -> BoxVerdict:
    """The verdict on one answer, all the boxes before it being right."""
    asked = boxes_up_to(box, equations)
    return last(verdict_on(asked, *right(asked[:-1]), answer, equations=equations, values=values))


def explained_by(
    box: str, answer: str, equations: Mapping[str, str], values: Mapping[str, str]
) -> frozenset[str]:
    """Every misconception that explains this answer, before one of them is told."""
    asked = boxes_up_to(box, equations)
    answers = dict.fromkeys([each.id for each in asked], "")
    ready = paper(Job(network=dict(equations), values=dict(values), boxes=asked, answers=answers))
    tree = read(answer, asked[-1].names)
    return candidates(tree, ready.asked[box], ready.world, ready)


def number(formula: str, equations: Mapping[str, str], values: Mapping[str, str]) -> str:
    """What a formula is worth, as a student would type it: to six decimals."""
    return f"{float(evaluate(Network.from_equations(equations), formula, values)):.6f}"
