"""The self-test of an exercise: three references must agree, and right answers be marked right.

NumPy works backwards through the graph, SymPy differentiates the equations, central differences nudge one
quantity and look. Each fills in the names of a box's formula in its own way; the three values must be equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from exercises.published import Published
from exercises.question import Question, Step, Variant
from exercises.steps import formulas, job, question
from exercises.structure import folded, network_of
from exercises.variants import variant
from grader import numeric, symbolic
from grader.expression import BOUNDS, read
from grader.formula import DERIVATIVE
from grader.job import MatrixBox, Outcome, PickBox
from grader.marking import JobError, mark
from grader.network import Network
from grader.tree import names

NUDGE = 1e-5
AGREE = 1e-6  # relative to the larger of 1 and the value; a central difference is good to about 1e-9 here

Floats = dict[str, float]


@dataclass(frozen=True)
class Tried:
    """What one variant showed: ``gap`` is the largest relative difference between two references."""

    exercise: str
    seed: int
    boxes: int
    gap: float
    faults: tuple[str, ...]


def failures(published: Published, seeds: Iterable[int]) -> Iterator[str]:
    """Every fault on these seeds, in words; none when the exercise checks out."""
    for seed in seeds:
        yield from try_out(published, seed).faults


def try_out(published: Published, seed: int) -> Tried:
    """One variant through all references and through marking."""
    numbers = variant(published, seed)
    asked = question(published, numbers)
    gap, faults = 0.0, []
    for box, values in references(published, numbers).items():
        apart = max(values.values()) - min(values.values())
        relative = apart / max(1.0, *map(abs, values.values()))
        gap = max(gap, relative)
        if relative > AGREE:
            told = ", ".join(f"{who} says {value:.10g}" for who, value in values.items())
            faults.append(f"seed {seed}, box {box}: {told}")
    faults += [f"seed {seed}, {fault}" for fault in _marked_wrong(published, numbers, asked)]
    return Tried(asked.exercise, seed, len(asked.boxes), gap, tuple(faults))


def references(published: Published, numbers: Variant) -> dict[str, dict[str, float]]:
    """Box (or given gradient) -> who -> value. A trap has no numbers."""
    exercise = published.exercise
    if exercise.step is Step.TRAP:
        return {}
    network = network_of(exercise.network)
    leaves = {name: float(text) for name, text in numbers.values.items()}
    links = {name for formula in formulas(exercise).values() for name in DERIVATIVE.findall(formula)}
    every = numeric.quantities(network, leaves, links)
    backwards = {name: float(value) for name, value in every.items()} | leaves
    nudged, stored = _forward(network, leaves), published.symbolic
    found: dict[str, dict[str, float]] = {}
    exact: dict[str, Fraction | str] = dict(numbers.values)
    for name, formula in formulas(exercise).items():
        tree = read(formula, backwards)
        for used in names(tree) - nudged.keys():
            nudged[used] = central(network, nudged, used)
        found[name] = {
            "NumPy": float(numeric.evaluate(tree, backwards)),
            "SymPy": float(symbolic.evaluate(network, formula, exact)),
            "central difference": float(numeric.evaluate(tree, nudged)),
            "the stored reference": float(numeric.evaluate(read(stored[name], backwards), backwards)),
        }
        if name.startswith("grad_"):
            found[name]["the nudged loss"] = central(network, nudged, name)
        backwards.setdefault(name, found[name]["NumPy"])
        nudged.setdefault(name, found[name]["central difference"])
        exact[name] = Fraction(found[name]["SymPy"])
    return found


def central(network: Network, values: Floats, name: str) -> float:
    """The derivative ``grad_B`` or ``dA_dB`` by nudging B up and down."""
    if name.startswith("grad_"):
        leaf = name.removeprefix("grad_")
        leaves = {each: values[each] for each in (*network.leaves, "alpha")}
        high, low = (_forward(network, leaves | {leaf: leaves[leaf] + by}) for by in (NUDGE, -NUDGE))
        return (high[network.loss] - low[network.loss]) / (2 * NUDGE)
    output, input = _ends(network, name)
    high_value, low_value = (
        _nudged(network, output, input, values | {input: values[input] + by}) for by in (NUDGE, -NUDGE)
    )
    return (high_value - low_value) / (2 * NUDGE)


def _nudged(network: Network, output: str, input: str, values: Floats) -> float:
    """``output`` with ``input`` held at its value in ``values``: the others too if it is an operand."""
    own = network.equations[output]
    if input in names(own) or input in network.operands(output):
        tree = own if input in names(own) else folded(network, output)
        return float(numeric.evaluate(tree, values))
    leaves = {name: value for name, value in values.items() if name not in network.equations}
    return _forward(network, leaves, {input: values[input]})[output]


def _ends(network: Network, link: str) -> tuple[str, str]:
    """A and B of ``dA_dB``."""
    known = (*network.order, *network.leaves)
    return next((a, b) for a in network.order for b in known if link == f"d{a}_d{b}")


def _forward(network: Network, leaves: Floats, held: Mapping[str, float] = {}) -> Floats:
    """All values; a name in ``held`` has the value that it has there."""
    values = {**leaves, **held}
    for node in network.order:
        if node not in held:
            values[node] = float(numeric.evaluate(network.equations[node], values))
    return values


def right_answers(asked: Question) -> dict[str, str | list[str]]:
    """The right answers as the site would send them."""
    return {
        box.id: list(box.right) if isinstance(box, PickBox) else asked.solution[box.id] for box in asked.boxes
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


def _marked_wrong(published: Published, numbers: Variant, asked: Question) -> Iterator[str]:
    """Right numbers, and right expressions where a box has one, that marking does not accept."""
    in_numbers = right_answers(asked)
    for answers in (in_numbers, in_numbers | dict(_in_symbols(published, asked))):
        try:
            verdict = mark(job(asked, published, numbers, answers))
        except JobError as error:
            yield str(error)
            return
        for box in verdict.boxes:
            if box.outcome is not Outcome.CORRECT:
                yield f"box {box.id}: '{answers[box.id]}' is right but marked {box.outcome} ({box.code})"
