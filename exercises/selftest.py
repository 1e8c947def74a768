"""The self-test of an exercise: its references must agree, and right answers be marked right.

NumPy works backwards through the graph, SymPy differentiates the equations, central differences nudge one
quantity and look. Each fills in the names of a box's formula in its own way; their values must be equal, and
so must that of the reference that was stored. All but SymPy take many variants at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from exercises.columns import Array
from exercises.published import Published
from exercises.question import TOLD, Question, Variant
from exercises.steps import faults, formulas, job, question
from exercises.structure import folded, network_of
from exercises.variants import variant
from grader import numeric, symbolic
from grader.expression import BOUNDS, read
from grader.formula import DERIVATIVE
from grader.job import MatrixBox, Outcome, PickBox, SlotsBox
from grader.marking import JobError, mark
from grader.network import Network
from grader.tree import names

NUDGE = 1e-5
AGREE = 1e-6  # relative to the larger of 1 and the value; a central difference is good to about 1e-9 here

Values = dict[str, Array]
References = dict[
    str, dict[str, Array]
]  # box, or gradient that is given -> who -> its value on every variant


@dataclass(frozen=True)
class Tried:
    """What some variants showed: ``gap`` is the largest relative difference between two references."""

    gap: float
    faults: tuple[str, ...]


def failures(published: Published, seeds: Iterable[int]) -> Iterator[str]:
    """Every fault on these seeds, in words; none when the exercise checks out."""
    for seed in seeds:
        yield from try_out(published, seed).faults


def try_out(published: Published, seed: int) -> Tried:
    """One variant through all references and through marking."""
    numbers = variant(published, seed)
    compared = agree(published, [numbers], exactly=True)
    wrong = (f"seed {seed}, {fault}" for fault in marked_wrong(published, numbers))
    return Tried(compared.gap, (*compared.faults, *wrong, *faults(published, [numbers])))


def agree(published: Published, variants: Sequence[Variant], *, exactly: bool) -> Tried:
    """Whether the references agree on these variants; ``exactly``: SymPy is one of them."""
    if published.exercise.step in TOLD or not variants:
        return Tried(0.0, ())
    found = references(published, variants)
    if exactly:
        derived = zip(found.items(), _derived(published, variants), strict=True)
        found = {box: {"SymPy": value, **by_whom} for (box, by_whom), value in derived}
    gap, faults = 0.0, []
    for box, by_whom in found.items():
        values = np.array(list(by_whom.values()))
        apart = np.ptp(values, axis=0) / np.maximum(1.0, np.max(np.abs(values), axis=0))
        gap = max(gap, float(np.max(apart)))
        for at in np.flatnonzero(~(apart <= AGREE)).tolist():
            told = ", ".join(f"{who} says {value[at]:.10g}" for who, value in by_whom.items())
            faults.append(f"seed {variants[at].seed}, box {box}: {told}")
    return Tried(gap, tuple(faults))


def references(published: Published, variants: Sequence[Variant]) -> References:
    """What NumPy, central differences and the stored formulas give in every box."""
    exercise, network = published.exercise, network_of(published.exercise.network)
    leaves: Values = {
        name: np.array([float(each.values[name]) for each in variants]) for name in variants[0].values
    }
    asked = formulas(exercise)
    links = {name for formula in asked.values() for name in DERIVATIVE.findall(formula)}
    backwards = numeric.quantities(network, leaves, links) | leaves
    nudged = _forward(network, leaves)
    found: References = {}
    for name, formula in asked.items():
        tree = read(formula, backwards)
        for used in names(tree) - nudged.keys():
            nudged[used] = central(network, nudged, used)
        found[name] = {
            "NumPy": numeric.evaluate(tree, backwards),
            "central difference": numeric.evaluate(tree, nudged),
            "the stored reference": numeric.evaluate(read(published.symbolic[name], backwards), backwards),
        }
        if name.startswith("grad_"):
            found[name]["the nudged loss"] = central(network, nudged, name)
        found[name] = {who: np.broadcast_to(value, len(variants)) for who, value in found[name].items()}
        backwards.setdefault(name, found[name]["NumPy"])
        nudged.setdefault(name, found[name]["central difference"])
    return found


def _derived(published: Published, variants: Sequence[Variant]) -> Iterator[Array]:
    """What SymPy gives, box after box."""
    network = network_of(published.exercise.network)
    known: list[dict[str, Fraction | str]] = [dict(each.values) for each in variants]
    for name, formula in formulas(published.exercise).items():
        values = [float(symbolic.evaluate(network, formula, each)) for each in known]
        for each, value in zip(known, values, strict=True):
            each[name] = Fraction(value)
        yield np.array(values)


def central(network: Network, values: Mapping[str, Array], name: str) -> Array:
    """The derivative ``grad_B`` or ``dA_dB`` by nudging B up and down."""
    if name.startswith("grad_"):
        leaf = name.removeprefix("grad_")
        leaves = {each: values[each] for each in network.leaves}
        high, low = (_forward(network, leaves | {leaf: leaves[leaf] + by}) for by in (NUDGE, -NUDGE))
        return (high[network.loss] - low[network.loss]) / (2 * NUDGE)
    output, input = _ends(network, name)
    above, below = (
        _nudged(network, output, input, {**values, input: values[input] + by}) for by in (NUDGE, -NUDGE)
    )
    return (above - below) / (2 * NUDGE)


def _nudged(network: Network, output: str, input: str, values: Values) -> Array:
    """``output`` with ``input`` held at its value in ``values``: the others too if it is an operand."""
    own = network.equations[output]
    if input in names(own) or input in network.operands(output):
        tree = own if input in names(own) else folded(network, output)
        return numeric.evaluate(tree, values)
    leaves = {name: value for name, value in values.items() if name not in network.equations}
    return _forward(network, leaves, {input: values[input]})[output]


def _ends(network: Network, link: str) -> tuple[str, str]:
    """A and B of ``dA_dB``."""
    known = (*network.order, *network.leaves)
    return next((a, b) for a in network.order for b in known if link == f"d{a}_d{b}")


def _forward(network: Network, leaves: Values, held: Mapping[str, Array] = {}) -> Values:
    """All values; a name in ``held`` has the value that it has there."""
    values = {**leaves, **held}
    for node in network.order:
        if node not in held:
            values[node] = numeric.evaluate(network.equations[node], values)
    return values


def right_answers(asked: Question) -> dict[str, str | list[str]]:
    """The right answers as the site would send them."""
    return {
        box.id: list(box.right) if isinstance(box, PickBox | SlotsBox) else asked.solution[box.id]
        for box in asked.boxes
    }


def _in_symbols(published: Published, asked: Question) -> Iterator[tuple[str, str]]:
    """The right expressions as the site would send them, where there is one of a length that is read."""
    for box in asked.boxes:
        if isinstance(box, MatrixBox):
            parts = [published.symbolic[entry.id] for entry in box.entries]
            rows = (", ".join(parts[at : at + box.columns]) for at in range(0, len(parts), box.columns))
            if len(text := f"[{'; '.join(rows)}]") <= BOUNDS.characters:
                yield box.id, text
        elif box.id in published.symbolic:
            yield box.id, published.symbolic[box.id]


def marked_wrong(published: Published, numbers: Variant, *, in_symbols: bool = True) -> Iterator[str]:
    """Right numbers, and right expressions where a box has one, that marking does not accept."""
    asked = question(published, numbers)
    ways = [right_answers(asked)]
    if in_symbols:
        ways.append(ways[0] | dict(_in_symbols(published, asked)))
    for answers in ways:
        try:
            verdict = mark(job(asked, published, numbers, answers))
        except JobError as error:
            yield str(error)
            return
        for box in verdict.boxes:
            if box.outcome is not Outcome.CORRECT:
                yield f"box {box.id}: '{answers[box.id]}' is right but marked {box.outcome} ({box.code})"
