"""Broken loops from a seed: numbers and a fault, such that no two faults look alike to the digits shown.

Legend
------
start    the numbers that a loop begins with, as they are printed: leaves and alpha
rivals   the faults that the network can have in the code, and a sound loop; of a start that is wrong, the
         sound loop is the case itself
alike    two loops of which every instrument shows the same
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, islice, pairwise

import numpy as np

from exercises.bank import Exercise
from exercises.chance import Chance
from exercises.debugging.faults import BY_ID, HEALTHY
from exercises.debugging.instruments import NO_NUMBER, TRIAGE, Lab, Reading
from exercises.debugging.roles import BOUNDED, argument, function, units
from exercises.debugging.trainer import Run, fitting, train
from exercises.debugging.triage import Conclusion, Triage
from exercises.grids import Grid, grids
from exercises.plain import Plain, drawn
from exercises.structure import biases, edges, network_of
from grader.network import RATE, Network

GENERATOR = "1"
MOST_TRIED = 400  # usable rows, each of which is trained with every rival
BATCHES = 60
FALLS = 4  # steps in which a sound loop must lose some of its loss each time
FLAT = {"sigmoid": 9, "tanh": 4}  # how far into its flat part a unit is pushed
Start = Mapping[str, Decimal]
Shown = dict[str, Reading]  # by instrument


class NoCase(ValueError):  # noqa: N818  reads as what happened
    """No numbers keep the faults of a network apart."""


def lab(network: Network, start: Start, fault: str) -> Lab:
    """The loop with this fault, ready to be looked into."""
    own = HEALTHY if BY_ID[fault].start else fault
    numbers = {name: float(value) for name, value in start.items()}
    half = numbers | {RATE: numbers[RATE] / 2}
    return Lab(network, train(network, numbers, [own])[own], train(network, half, [own])[own])


def solve(found: Lab) -> Conclusion:
    """What the triage makes of a lab."""
    network = found.network
    single = len(network.predictions) == 1 and len(network.targets) == 1
    target = found.run[0].values[network.target] if single else None
    return Triage(network, target, found.read).conclude()


def rivals(network: Network, fault: str) -> tuple[str, ...]:
    """The loops that this fault must be told from, its own among them."""
    code = (name for name in fitting(network) if not BY_ID[name].start)
    return (HEALTHY, *code)


def readings(network: Network, runs: Mapping[str, Run]) -> dict[str, Shown]:
    """What each instrument of the triage shows of each loop."""
    labs = {name: Lab(network, run, run) for name, run in runs.items()}
    return {name: {each: found.read(each) for each in TRIAGE} for name, found in labs.items()}


def alike(shown: Mapping[str, Shown]) -> Iterator[tuple[str, str]]:
    """The pairs of loops that no instrument tells apart."""
    for one, other in combinations(shown, 2):
        if shown[one] == shown[other]:
            yield one, other


def draw(exercise: Exercise, faults: Sequence[str], seed: int) -> tuple[dict[str, Decimal], str]:
    """The start and the fault of a seed; raises NoCase. ``faults``: those that may be drawn."""
    network, fault = network_of(exercise.network), fault_of(exercise, faults, seed)
    chance = Chance("debugging numbers", GENERATOR, repr(sorted(exercise.network.items())), seed)
    choices = grids(exercise, chance)
    rules = _rules(exercise.model_dump_json(), tuple(choices.items()))
    rows = (row for _ in range(BATCHES) for row in _usable(rules, choices, chance))
    for start in islice(rows, MOST_TRIED):
        ready = prepared(network, start, fault)
        if ready is not None and accepted(network, ready, fault):
            return ready, fault
    raise NoCase(f"no numbers show the fault '{fault}' plainly and apart from all others")


def _usable(rules: Plain, choices: Mapping[str, Grid], chance: Chance) -> Iterator[dict[str, Decimal]]:
    """The rows of a batch that keep the plain rules of a good variant."""
    picks, leaves = drawn(choices, chance)
    for row in np.flatnonzero(rules.usable(leaves)):
        yield {name: choices[name][picks[name][row]] for name in choices}


def fault_of(exercise: Exercise, faults: Sequence[str], seed: int) -> str:
    """The fault that a seed draws."""
    chance = Chance("debugging fault", GENERATOR, exercise.id, seed)
    return faults[chance.below(len(faults))]


@lru_cache(maxsize=64)
def _rules(exercise: str, choices: tuple[tuple[str, tuple[Decimal, ...]], ...]) -> Plain:
    return Plain(Exercise.model_validate_json(exercise), dict(choices))


def accepted(network: Network, start: Start, fault: str) -> bool:
    """Whether all rivals look different, a sound loop learns, and the triage finds this fault."""
    numbers = {name: float(value) for name, value in start.items()}
    runs = train(network, numbers, rivals(network, fault))
    sound, own = runs[HEALTHY], BY_ID[fault]
    if not own.start and not _learns(sound):
        return False
    shown = readings(network, runs)
    if any(NO_NUMBER in row for one in shown[HEALTHY if own.start else fault].values() for row in one.rows):
        return False
    if next(alike(_told(shown, own.start)), None):
        return False
    run = sound if own.start else runs[fault]
    return solve(Lab(network, run, run)).fault == fault


def _told(shown: Mapping[str, Shown], start: str) -> dict[str, Shown]:
    """The rivals. Where the start is wrong, a fault of the code that changes nothing shown is none."""
    sound = shown[HEALTHY]
    return {name: each for name, each in shown.items() if not start or name == HEALTHY or each != sound}


def _learns(run: Run) -> bool:
    """Whether the loss falls step by step."""
    return all(run[at + 1].loss < 0.98 * run[at].loss for at in range(FALLS))


def prepared(network: Network, start: Start, fault: str) -> dict[str, Decimal] | None:
    """The start as the fault has it; None where it cannot have it so."""
    match BY_ID[fault].start:
        case "off":
            return _off(network, start)
        case "flat":
            return _flat(network, start)
        case "fast":
            return _fast(network, start)
        case _:
            return dict(start)


def _feeding(network: Network, unit: str) -> list[str]:
    """The weights and biases that enter a unit."""
    return [
        *(weight for _, target, weight in edges(network) if target == unit and weight),
        *(bias for bias, target in biases(network).items() if target == unit),
    ]


def _off(network: Network, start: Start) -> dict[str, Decimal] | None:
    """The last relu unit turned off: the signs of what enters it are turned round. It stays off."""
    known = [unit for unit in units(network) if function(network, unit) == "relu"]
    turned = dict(start) | {name: -start[name] for name in _feeding(network, known[-1])}
    run = train(network, {name: float(value) for name, value in turned.items()})[HEALTHY]
    others = (step.values[unit] > 0 for step in run for unit in known[:-1])
    is_off = all(step.values[known[-1]] == 0 for step in run)
    return turned if is_off and all(others) and _learns(run) else None


def _flat(network: Network, start: Start) -> dict[str, Decimal] | None:
    """Bounded units pushed into their flat parts by weights that are many times too large."""
    found = dict(start)
    run = train(network, {name: float(value) for name, value in start.items()}, steps=1)[HEALTHY]
    for unit in units(network):
        kind = function(network, unit)
        if kind not in BOUNDED:
            continue
        inside = abs(run[0].values[argument(network, unit) or unit])
        times = Decimal(max(2, round(FLAT[kind] / inside)))
        found |= {name: start[name] * times for name in _feeding(network, unit)}
    return found


def _fast(network: Network, start: Start) -> dict[str, Decimal] | None:
    """The smallest multiple of alpha with which the prediction jumps over the target in each step."""
    if len(network.targets) != 1:
        return None
    target = float(start[network.target])
    for times in range(2, 21):
        found = dict(start) | {RATE: start[RATE] * times}
        run = train(network, {name: float(value) for name, value in found.items()}, steps=FALLS)[HEALTHY]
        gaps = [step.values[network.prediction] - target for step in run]
        jumps = all(one * other < 0 for one, other in pairwise(gaps))
        if jumps and run[1].loss > run[0].loss:
            return found
    return None
