"""Broken loops: the sixteen cases to the digits that TEACHING.md gives, the triage, and cases from a seed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

import pytest

from exercises.bank import Exercise, load
from exercises.debugging.cases import NoCase, accepted, alike, draw, lab, readings, rivals, solve
from exercises.debugging.faults import BY_ID, FAULTS, HEALTHY
from exercises.debugging.instruments import Lab, instruments
from exercises.debugging.roles import links
from exercises.debugging.trainer import Run, fitting, train
from exercises.examples import batch
from exercises.structure import network_of
from grader.network import Network

SEED = {
    "x1": "0.5",
    "x2": "0.8",
    "w1": "1.2",
    "w2": "0.5",
    "w3": "2",
    "w4": "-1.25",
    "y": "1",
    "alpha": "0.1",
}
TANH = SEED | {"w1": "1.4", "w2": "-0.9", "w3": "1.1", "w4": "-0.8"}
FLAT = SEED | {"w1": "16", "w2": "12", "w3": "0.9", "w4": "0.7"}
BIASES = {
    "w1": "1.4",
    "b1": "-0.1",
    "w2": "0.3",
    "b2": "0.16",
    "w3": "0.4",
    "w4": "0.7",
    "b3": "0.18",
    "alpha": "0.1",
}
THREE = BIASES | {
    f"{name}_{letter}": number
    for name, row in (("x1", "0.5 0.8 0.4"), ("x2", "0.8 0.7 0.5"), ("y", "1 0.9 1"))
    for letter, number in zip("abc", row.split(), strict=True)
}
CASES: dict[str, tuple[str, Mapping[str, str]]] = {
    "sign": ("relu", SEED),
    "adds": ("relu", SEED),
    "half": ("relu", SEED),
    "slope": ("tanh", TANH),
    "partner": ("tanh", TANH),
    "detached": ("relu", SEED),
    "stale": ("relu", SEED),
    "fast": ("relu", SEED | {"alpha": "0.6"}),
    "dead": ("relu", SEED | {"w2": "-0.5"}),
    "saturated": ("sigmoid", FLAT),
    "target": ("relu", SEED),
    "unstored": ("relu", SEED),
    "accumulated": ("relu", SEED),
    "sequential": ("relu", SEED),
    "bias": ("three", THREE),
    "swapped": ("relu", SEED),
}
SLOWEST = 0.1  # seconds of CPU for a generated case


@cache
def exercise(name: str) -> Exercise:
    return load()[name]


@cache
def network(kind: str) -> Network:
    if kind == "three":
        return network_of(batch(exercise("biases-loss").network, 3))
    equations = exercise("seed-loss").network.items()
    return network_of({node: right.replace("relu", kind) for node, right in equations})


def start(fault: str) -> dict[str, Decimal]:
    return {name: Decimal(number) for name, number in CASES[fault][1].items()}


@cache
def case(fault: str) -> Lab:
    return lab(network(CASES[fault][0]), start(fault), fault)


def losses(run: Run, count: int = 3) -> list[float]:
    return [round(step.loss, 4) for step in run[:count]]


def ratios(fault: str, step: int = 0) -> dict[str, str]:
    return case(fault).read(f"check-{step}").column("ratio")


def same(ratio: str, *weights: str) -> dict[str, str]:
    return dict.fromkeys(weights or ("w1", "w2", "w3", "w4"), ratio)


def test_a_sound_loop_from_the_seed_learns_as_the_lesson_says() -> None:
    run = lab(network("relu"), start("sign"), HEALTHY).run
    assert losses(run, 4) == [0.09, 0.0222, 0.0055, 0.0013]
    assert all(
        step.gradient[name] == pytest.approx(step.central[name]) for step in run for name in step.after
    )


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("sign", [0.09, 0.2036, 0.4627, 1.0673, 2.5742]),
        ("adds", [0.09, 0.2036, 0.4627, 1.0673, 2.5742]),
        ("half", [0.09, 0.0504, 0.0282, 0.0158]),
        ("slope", [0.0251, 0.0146, 0.0086]),
        ("detached", [0.09, 0.0723, 0.0580, 0.0466]),
        ("stale", [0.09, 0.0222, 0.0055]),
        ("fast", [0.09, 0.3656, 1.2519, 1.0217, 0.5109]),
        ("target", [0.09, 0.4267, 0.6907]),
        ("unstored", [0.09] * 8),
        ("accumulated", [0.09, 0.0222, 0.0060, 0.0697, 0.0993, 0.0428, 0.0000, 0.0401]),
        ("sequential", [0.09, 0.0222, 0.0054]),
        ("swapped", [0.09, 0.1609, 0.2821]),
    ],
)
def test_the_loss_of_a_case_is_that_of_the_teaching_notes(fault: str, expected: list[float]) -> None:
    assert losses(case(fault).run, len(expected)) == expected


@pytest.mark.parametrize(
    ("fault", "step", "expected"),
    [
        ("sign", 0, same("-1.000")),
        ("adds", 0, same("1.000")),
        ("half", 0, same("0.500")),
        ("slope", 0, {"w1": "1.575", "w2": "1.614", "w3": "1.000", "w4": "1.000"}),
        ("partner", 0, {"w1": "1.000", "w2": "1.000", "w3": "0.827", "w4": "-1.297"}),
        ("detached", 0, {"w1": "0.000", "w2": "0.000", "w3": "1.000", "w4": "1.000"}),
        ("stale", 0, same("1.000")),
        ("stale", 1, {"w1": "1.000", "w2": "1.000", "w3": "0.952", "w4": "1.136"}),
        ("fast", 0, same("1.000")),
        ("dead", 0, {"w1": "1.000", "w2": "0/0", "w3": "1.000", "w4": "0/0"}),
        ("saturated", 0, same("1.000")),
        ("target", 0, same("-2.333")),
        ("target", 1, same("-0.531")),
        ("unstored", 0, same("1.000")),
        ("accumulated", 0, same("1.000")),
        ("accumulated", 1, {"w1": "2.980", "w2": "3.055", "w3": "2.919", "w4": "3.290"}),
        ("sequential", 0, {"w1": "1.018", "w2": "0.981", "w3": "1.000", "w4": "1.000"}),
        ("swapped", 0, {"w1": "-0.625", "w2": "-1.600", "w3": "1.000", "w4": "1.000"}),
        ("bias", 0, same("1.000", "w1", "w2", "w3", "w4") | same("0.000", "b1", "b2", "b3")),
    ],
)
def test_the_numeric_check_of_a_case_is_that_of_the_teaching_notes(
    fault: str, step: int, expected: dict[str, str]
) -> None:
    assert ratios(fault, step) == expected


def test_the_predictions_that_the_teaching_notes_give_come_out() -> None:
    told = {
        fault: [round(step.values["yhat"], 3) for step in case(fault).run[:4]] for fault in ("sign", "fast")
    }
    assert told["sign"][:3] == [0.7, 0.549, 0.320]
    assert [round(value, 2) for value in told["fast"]] == [0.7, 1.6, -0.12, 2.01]


def test_without_its_slopes_a_tanh_net_learns_faster_than_a_sound_one() -> None:
    sound = lab(network("tanh"), start("slope"), HEALTHY).run
    assert losses(sound) == [0.0251, 0.0159, 0.0102]
    assert case("slope").run[2].loss < sound[2].loss


def test_a_wrong_target_is_seen_in_the_loss_that_the_loop_prints() -> None:
    printed = [float(row[1]) for row in case("target").read("printed").rows]
    assert printed == sorted(printed, reverse=True)
    assert case("target").run[2].loss > case("target").run[0].loss


def test_too_fast_a_loop_is_cured_by_half_its_alpha() -> None:
    at_035 = lab(network("relu"), start("fast") | {"alpha": Decimal("0.7")}, "fast").half
    assert losses(at_035) == [0.09, 0.0521, 0.0304]


def test_a_saturated_unit_hardly_learns_and_its_gradients_are_right() -> None:
    check = case("saturated").read("check-0")
    assert check.column("code")["w1"] == "1.8e-4"
    assert check.column("numeric")["w1"] == "1.8e-4"
    assert float(check.column("code")["w2"]) == pytest.approx(5e-5, abs=5e-6)
    assert check.column("code")["w3"] == "1.1989"
    assert case("saturated").read("units-0").column("slope") == {"h1": "3.4e-4", "h2": "6.8e-5"}


def test_a_dead_unit_has_no_gradient_on_either_side_of_the_check_in_any_step() -> None:
    run = case("dead").run
    assert all(step.gradient["w2"] == step.gradient["w4"] == step.central["w2"] == 0 for step in run)
    assert run[3].loss < run[0].loss


def test_weights_that_are_not_stored_stay_while_the_gradients_do_not_vanish() -> None:
    run = case("unstored").run
    assert {tuple(step.after.items()) for step in run} == {
        tuple({"w1": 1.2, "w2": 0.5, "w3": 2, "w4": -1.25}.items())
    }
    assert [round(run[7].gradient[name], 2) for name in ("w1", "w2", "w3", "w4")] == [-0.6, 0.6, -0.36, -0.24]


def test_biases_that_never_move_cost_the_three_examples_more_than_half_of_what_they_learn() -> None:
    numbers = {name: float(number) for name, number in start("bias").items()}
    runs = train(network("three"), numbers, [HEALTHY, "bias"], steps=41)
    assert [round(runs[name][40].loss, 4) for name in (HEALTHY, "bias")] == [0.0149, 0.0334]
    assert runs["bias"][40].values["b1"] == -0.1


@pytest.mark.parametrize("fault", CASES)
def test_the_triage_names_the_broken_link_of_every_published_case(fault: str) -> None:
    found = solve(case(fault))
    assert (found.fault, found.link) == (fault, BY_ID[fault].link)


def test_the_triage_says_of_a_sound_loop_that_nothing_is_broken() -> None:
    assert solve(lab(network("relu"), start("sign"), HEALTHY)).link == 0


@pytest.mark.parametrize("fault", [name for name in CASES if name != "saturated"])
def test_no_two_faults_look_alike_on_the_numbers_of_a_published_case(fault: str) -> None:
    graph, numbers = network(CASES[fault][0]), {name: float(each) for name, each in start(fault).items()}
    assert not list(alike(readings(graph, train(graph, numbers, rivals(graph, fault)))))


def test_numbers_on_which_two_faults_look_alike_are_refused() -> None:
    equal = {"w1": Decimal(1), "w2": Decimal(1), "w3": Decimal("0.6"), "w4": Decimal("0.6")}
    assert accepted(network("relu"), start("sign"), "sign")
    assert not accepted(network("relu"), start("sign") | equal, "sign")  # swapped weights change nothing


@pytest.mark.parametrize("name", ["seed-loss", "tanh-loss", "full-loss", "biases-loss", "batch-loss"])
def test_generated_cases_are_stable_quick_and_found_by_the_triage(name: str) -> None:
    one = exercise(name)
    faults = [fault for fault in fitting(network_of(one.network)) if not BY_ID[fault].start]
    draw(one, faults, 2)  # the rules of this network are made ready
    for seed in range(3, 9):
        began = time.process_time()
        drawn = draw(one, faults, seed)
        assert time.process_time() - began < SLOWEST * 2
        assert drawn == draw(one, faults, seed)
        numbers, fault = drawn
        assert solve(lab(network_of(one.network), numbers, fault)).fault == fault


@pytest.mark.parametrize("fault", ["fast", "dead"])
def test_a_start_can_be_what_is_wrong(fault: str) -> None:
    numbers, _ = draw(exercise("biases-loss"), [fault], 4)
    run = lab(network_of(exercise("biases-loss").network), numbers, fault).run
    assert run[1].loss > run[0].loss if fault == "fast" else run[0].values["h2"] == 0


def test_a_fault_that_no_numbers_show_is_said_to_have_no_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exercises.debugging.cases.MOST_TRIED", 0)
    with pytest.raises(NoCase, match="'sequential'"):
        draw(exercise("seed-loss"), ["sequential"], 2)


def test_each_fault_needs_a_part_that_the_network_has() -> None:
    assert "bias" not in fitting(network("relu"))
    assert "slope" not in fitting(network("relu"))
    assert {"bias", "overwritten"} <= set(fitting(network("three")))
    assert links(network("tanh"), "neighbours") == (("yhat", "h1"), ("yhat", "h2"))
    assert {fault.id for fault in FAULTS} >= CASES.keys()


def test_the_gradients_of_one_weight_are_an_instrument_of_their_own() -> None:
    assert "gradient-w1" in instruments(network("relu"))
    assert case("unstored").read("gradient-w1").rows == (
        ("0", "-0.6"),
        ("1", "-0.6"),
        ("2", "-0.6"),
        ("3", "-0.6"),
    )
