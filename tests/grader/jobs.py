"""Jobs for tests: the steps of the lesson on any network, with references derived as publishing does it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from grader.job import AnswerBox, Box, BoxVerdict, Job, MarkingPolicy, Outcome, Tolerance, Verdict
from grader.marking import mark
from grader.network import Network
from grader.symbolic import derive
from tests.grader.test_network import SEED
from tests.grader.test_references import SEED_VALUES

TANH = {name: text.replace("relu", "tanh") for name, text in SEED.items()}
TANH_VALUES = SEED_VALUES | {"w1": "1.386", "w2": "0.53", "w3": "2.35", "w4": "-1.775"}


def answer_box(network: Network, id: str, formula: str, **more: Any) -> AnswerBox:
    """A box with its derived reference; it offers leaves, alpha and drawn nodes unless told otherwise."""
    outer = [node for node in network.order if node not in network.inner and node != id]
    names = more.pop("names", (*network.leaves, "alpha", *outer))
    tolerance = more.pop("tolerance", Tolerance(decimals=4))
    symbolic = more.pop("symbolic", derive(network, formula))
    return AnswerBox(id=id, formula=formula, symbolic=symbolic, names=names, tolerance=tolerance, **more)


def gradient_boxes(equations: Mapping[str, str], weight: str) -> tuple[AnswerBox, ...]:
    """A box a link, then the product."""
    network = Network.from_equations(equations)
    links = [link.name for chain in network.chains(weight) for link in chain.links]
    boxes = [answer_box(network, link, link, role="link") for link in links]
    offered = (*boxes[0].names, *links)
    product = answer_box(network, f"grad_{weight}", "*".join(links), role="product", names=offered)
    return (*boxes, product)


def update_boxes(equations: Mapping[str, str], *weights: str) -> tuple[AnswerBox, ...]:
    """A box for each new weight."""
    network = Network.from_equations(equations)
    gradients = tuple(f"grad_{weight}" for weight in network.weights)
    return tuple(
        answer_box(
            network,
            f"{weight}_new",
            f"{weight} - alpha*grad_{weight}",
            role="new",
            names=(*network.leaves, "alpha", *gradients),
            tolerance=Tolerance(relative=Decimal("0.025"), decimals=4, scale=f"alpha*grad_{weight}"),
        )
        for weight in weights
    )


def forward_boxes(equations: Mapping[str, str], *nodes: str) -> tuple[AnswerBox, ...]:
    """A box a node, each over the leaves and the nodes before it."""
    network = Network.from_equations(equations)
    unfolded = {node: text for node, text in equations.items() if node not in network.inner}
    for inner in network.inner:
        unfolded = {node: text.replace(inner, f"({equations[inner]})") for node, text in unfolded.items()}
    leaves = tuple(name for name in network.leaves)
    return tuple(
        answer_box(network, node, unfolded[node], names=(*leaves, *nodes[:place]))
        for place, node in enumerate(nodes)
    )


def verdict_on(
    boxes: tuple[Box, ...],
    *answers: str | list[str],
    equations: Mapping[str, str] = SEED,
    values: Mapping[str, str] = SEED_VALUES,
    **policy: bool,
) -> Verdict:
    """The verdict on these answers, one a box, in the order of the boxes."""
    given = dict(zip([box.id for box in boxes], answers, strict=True))
    return mark(
        Job(
            token="token",
            network=dict(equations),
            values=dict(values),
            boxes=boxes,
            answers=given,
            policy=MarkingPolicy(**policy),
        )
    )


def outcomes(verdict: Verdict) -> list[Outcome]:
    return [box.outcome for box in verdict.boxes]


def last(verdict: Verdict) -> BoxVerdict:
    return verdict.boxes[-1]
