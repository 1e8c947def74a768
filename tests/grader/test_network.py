"""Networks from equations: order, roles, chains, and errors in words."""

import time

import pytest

from grader.network import Network, NetworkError

SEED = {
    "z1": "w1*x1",
    "h1": "relu(z1)",
    "z2": "w2*x2",
    "h2": "relu(z2)",
    "yhat": "w3*h1 + w4*h2",
    "L": "(y - yhat)^2",
}


def chains(network: Network, weight: str) -> list[str]:
    return ["*".join(link.name for link in chain.links) for chain in network.chains(weight)]


def refusal(equations: dict[str, str], roles: dict[str, str] | None = None) -> str:
    with pytest.raises(NetworkError) as caught:
        Network.from_equations(equations, roles)
    return str(caught.value)


def test_roles_follow_from_names() -> None:
    network = Network.from_equations(SEED)
    assert network.inputs == ("x1", "x2")
    assert network.weights == ("w1", "w2", "w3", "w4")
    assert (network.target, network.prediction, network.loss) == ("y", "yhat", "L")
    assert network.inner == ("z1", "z2")
    assert network.leaves == ("x1", "x2", "w1", "w2", "w3", "w4", "y")


def test_the_forward_order_does_not_depend_on_how_the_equations_are_written() -> None:
    shuffled = Network.from_equations(dict(reversed(SEED.items())))
    place = {node: at for at, node in enumerate(shuffled.order)}
    assert all(place[used] < place[node] for node in place for used in shuffled.uses(node) if used in place)


def test_equations_in_forward_order_keep_it() -> None:
    assert Network.from_equations(SEED).order == tuple(SEED)


def test_operands_have_inner_nodes_folded_in() -> None:
    network = Network.from_equations(SEED)
    assert network.uses("h1") == ("z1",)
    assert network.operands("h1") == ("w1", "x1")


def test_a_weight_with_k_hidden_units_behind_it_has_two_plus_k_links() -> None:
    network = Network.from_equations(SEED)
    assert chains(network, "w3") == ["dL_dyhat*dyhat_dw3"]
    assert chains(network, "w1") == ["dL_dyhat*dyhat_dh1*dh1_dw1"]


def test_a_shared_weight_has_a_chain_for_every_way() -> None:
    network = Network.from_equations({**SEED, "z2": "w1*x2"})
    assert chains(network, "w1") == ["dL_dyhat*dyhat_dh1*dh1_dw1", "dL_dyhat*dyhat_dh2*dh2_dw1"]


def test_a_skipping_edge_is_a_way_of_its_own() -> None:
    network = Network.from_equations({"h": "tanh(w1*x)", "yhat": "w2*h + w1*x", "L": "(y - yhat)^2"})
    assert chains(network, "w1") == ["dL_dyhat*dyhat_dh*dh_dw1", "dL_dyhat*dyhat_dw1"]


def test_roles_may_be_given() -> None:
    equations = {"p": "sigmoid(q*x1)", "L": "(goal - p)^2"}
    network = Network.from_equations(equations, {"q": "weight", "goal": "target", "p": "prediction"})
    assert (network.weights, network.target, network.prediction) == (("q",), "goal", "p")


def test_an_index_is_part_of_a_name() -> None:
    network = Network.from_equations({"yhat": "w_out*x1 + b2", "L": "(t1 - yhat)^2"})
    assert network.weights == ("w_out", "b2")
    assert network.target == "t1"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"z1": "w1*h1"}, "equation 1, 'z1': a cycle, z1 -> h1 -> z1"),
        ({"h1": "relu(z3)"}, "equation 2, 'h1', character 6: "),
        ({"h2": "relu(z2"}, "equation 4, 'h2', character 5: "),
        ({"h2": "alpha*z2"}, "equation 4, 'h2': the learning rate 'alpha'"),
        ({"h3": "x1"}, "equation 7, 'h3': the loss 'L' does not use 'h3'"),
        ({"sigmoid": "x1"}, "equation 7, 'sigmoid': this name is taken"),
        ({"pi": "x1"}, "equation 7, 'pi': this name is taken"),
        ({"w3_new": "x1"}, "equation 7, 'w3_new': names like"),
        ({"h_1": "x1"}, "equation 7, 'h_1': this is 'h1' in another spelling"),
        ({"h-1": "x1"}, "equation 7, 'h-1': a name is a letter"),
        ({"L": "yhat^2"}, "the network has no target"),
    ],
)
def test_what_is_wrong_with_a_network_is_said_in_words(change: dict[str, str], words: str) -> None:
    assert refusal({**SEED, **change}).startswith(words)


def test_a_network_without_a_loss_is_refused() -> None:
    assert "'L'" in refusal({"yhat": "w1*x1"})
    assert "'L'" in refusal({})


def test_roles_must_be_known_and_used() -> None:
    assert "'teacher'" in refusal(SEED, {"w1": "teacher"})
    assert "'w9'" in refusal(SEED, {"w9": "weight"})


def test_chains_to_an_unknown_name_are_refused() -> None:
    with pytest.raises(NetworkError, match="'w9'"):
        Network.from_equations(SEED).chains("w9")


def test_too_many_chains_are_refused_before_they_are_listed() -> None:
    deep = {"a0": "w1*x1"}
    for layer in range(1, 30):
        before = [f"a{layer - 1}", f"c{layer - 1}"] if layer > 1 else ["a0", "a0"]
        deep[f"a{layer}"] = f"w2*{before[0]} + w3*{before[1]}"
        deep[f"c{layer}"] = f"w4*{before[0]} + w5*{before[1]}"
    network = Network.from_equations({**deep, "yhat": "a29 + c29", "L": "(y - yhat)^2"})
    with pytest.raises(NetworkError, match="more than 1000 chains"):
        network.chains("w1")


def test_a_network_is_refused_before_it_is_too_large_to_go_through() -> None:
    deep = {f"h{at}": f"tanh(w1*{f'h{at - 1}' if at else 'x1'})" for at in range(58)}
    fine = {**deep, "yhat": "h57", "L": "(y - yhat)^2"}
    assert len(Network.from_equations(fine).chains("w1")) == 58
    assert "'L' is more than 60" in refusal({**deep, "h58": "h57", "yhat": "h58", "L": "(y - yhat)^2"})
    assert "it may have 1000" in refusal({f"h{at}": "x1" for at in range(1001)})


def test_inner_nodes_that_multiply_when_they_are_folded_are_refused() -> None:
    sums = {f"z{at}": f"z{at - 1} + z{at - 1}" if at else "w1*x1" for at in range(40)}
    assert refusal({**sums, "yhat": "z39", "L": "(y - yhat)^2"}).startswith("'z7' has more than 500 parts")


def test_chains_are_found_soon_in_a_network_of_many_ways() -> None:
    rungs = {"a0": "w1*x1", "c0": "w2*x1"}
    for at in range(1, 28):
        rungs |= {f"a{at}": f"a{at - 1}*c{at - 1}", f"c{at}": f"a{at - 1} + c{at - 1}"}
    network = Network.from_equations({**rungs, "yhat": "a27 + c27", "L": "(y - yhat)^2"})
    start = time.thread_time()
    with pytest.raises(NetworkError, match="more than 1000 chains"):
        network.chains("w1")
    assert time.thread_time() - start < 0.5


def test_examples_and_classes_are_several_predictions_targets_and_losses() -> None:
    network = Network.from_equations(
        {
            "yhat_a": "w1*x_a",
            "L_a": "(y_a - yhat_a)^2",
            "yhat_b": "w1*x_b",
            "L_b": "(y_b - yhat_b)^2",
            "L": "(L_a + L_b)/2",
        }
    )
    assert network.predictions == ("yhat_a", "yhat_b")
    assert network.targets == ("y_a", "y_b")
    assert network.losses == ("L_a", "L_b", "L")
