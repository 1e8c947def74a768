"""Chains over chosen stations: every link a total derivative, every way counted once."""

from __future__ import annotations

import numpy as np
import pytest

from grader.network import Link, Network, NetworkError
from grader.numeric import derivatives, trace
from grader.stations import between, chains_through

BATCH = {
    "h_a": "tanh(w1*x_a)",
    "yhat_a": "w2*h_a",
    "L_a": "(y_a - yhat_a)^2",
    "h_b": "tanh(w1*x_b)",
    "yhat_b": "w2*h_b",
    "L_b": "(y_b - yhat_b)^2",
    "L": "(L_a + L_b)/2",
}
SCORES = {
    "o1": "w1*x",
    "o2": "w2*x",
    "yhat1": "exp(o1)/(exp(o1) + exp(o2))",
    "yhat2": "exp(o2)/(exp(o1) + exp(o2))",
    "y2": "1 - y1",
    "L": "-(y1*ln(yhat1) + y2*ln(yhat2))",
}
SKIP = {"h": "w1*x", "g": "w2*h", "yhat": "g + w3*h", "L": "(y - yhat)^2"}


def named(network: Network, weight: str, *stations: str) -> list[str]:
    return [
        "*".join(link.name for link in chain.links) for chain in chains_through(network, weight, stations)
    ]


def test_a_link_may_lead_over_several_nodes() -> None:
    assert named(Network.from_equations(SCORES), "w2", "o2") == ["dL_do2*do2_dw2"]


def test_each_example_may_be_a_station() -> None:
    network = Network.from_equations(BATCH)

    assert named(network, "w1", "L_a", "L_b") == ["dL_dL_a*dL_a_dw1", "dL_dL_b*dL_b_dw1"]


@pytest.mark.parametrize(
    ("equations", "weight", "stations"),
    [
        (BATCH, "w1", ("L_a", "L_b")),
        (BATCH, "w1", ("h_a", "h_b")),
        (BATCH, "w2", ("yhat_a", "L_b")),
        (SCORES, "w2", ("o2",)),
        (SKIP, "w1", ("h",)),
    ],
)
def test_the_sum_over_the_chains_is_the_gradient(
    equations: dict[str, str], weight: str, stations: tuple[str, ...]
) -> None:
    network = Network.from_equations(equations)
    values = {name: 0.3 + 0.2 * at for at, name in enumerate(network.leaves)}
    chains = chains_through(network, weight, stations)
    wanted = {link.name for chain in chains for link in chain.links} | {f"grad_{weight}"}
    found = derivatives(network, trace(network, values), wanted)

    total = sum(np.prod([found[link.name] for link in chain.links]) for chain in chains)

    assert total == pytest.approx(found[f"grad_{weight}"], rel=1e-12)


@pytest.mark.parametrize(
    ("weight", "stations", "message"),
    [
        ("w1", ("h", "g"), "'L' reaches 'h' in one link and through 'g' too"),
        ("w1", ("yhat", "h"), "'yhat' reaches 'h' in one link and through 'g' too"),
        ("w3", ("h",), "'h' does not depend on 'w3'"),
        ("w1", ("x",), "'x' is not a node between the loss and a weight"),
        ("w1", ("L",), "'L' is not a node between the loss and a weight"),
        ("w1", ("nowhere",), "'nowhere' is not a node"),
    ],
)
def test_stations_that_would_miscount_a_way_are_refused(
    weight: str, stations: tuple[str, ...], message: str
) -> None:
    with pytest.raises(NetworkError, match=message):
        chains_through(Network.from_equations(SKIP), weight, stations)


def test_the_nodes_on_a_link_are_those_between_its_ends() -> None:
    network = Network.from_equations(SCORES)

    assert between(network, Link("L", "o2")) == ["L", "yhat2", "yhat1"]
    assert between(network, Link("o2", "w2")) == ["o2"]


def test_more_chains_than_are_counted_are_refused_before_they_are_made() -> None:
    equations = {"p0": "tanh(w1*x)", "q0": "tanh(w1*x + 1)"}
    for layer in range(1, 28):  # 2^27 chains
        equations |= {
            f"p{layer}": f"tanh(p{layer - 1} + 2*q{layer - 1})",
            f"q{layer}": f"tanh(p{layer - 1} - 3*q{layer - 1})",
        }
    network = Network.from_equations({**equations, "yhat": "p27 + q27", "L": "(y - yhat)^2"})
    stations = [node for node in network.order if node not in ("L", "yhat")]

    with pytest.raises(NetworkError, match="more than 1000 chains"):
        chains_through(network, "w1", stations)
