"""A network that is chosen and not written: its layers, activation, loss and steps become a file of the bank.

``sketch`` is a pure function from a few choices to YAML text, which an author then goes on to edit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import ValidationError

from exercises.bank import BankError, read
from exercises.question import Step
from exercises.steps import boxes

MOST_LAYERS, WIDEST = 5, 4
SKETCHED = tuple(step for step in Step if step not in {Step.QUIZ, Step.DEBUGGING})  # those have to be written
MOST_NUMBERS = 30  # weights and biases: more are a page full of numbers, and no exercise
FEW = 4  # weights that an update asks for by itself
NARROW = (
    "0.003"  # share that a new value may be off where many weights move: half a percent hides one of them
)


class Activation(StrEnum):
    """What a hidden unit does with its sum."""

    RELU = "relu"
    LEAKY = "leaky"
    TANH = "tanh"
    SIGMOID = "sigmoid"
    NONE = "none"


class Loss(StrEnum):
    """How far off the prediction is: squared, or the cross-entropy of a sigmoid or a softmax."""

    SQUARED = "squared"
    CROSS_ENTROPY = "cross-entropy"


class SketchError(ValueError):
    """Choices that make no network; the message says why."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """The choices. ``layers``: units from the inputs to the predictions; ``prefix``: how the ids begin."""

    name: str
    prefix: str
    layers: tuple[int, ...]
    activation: Activation = Activation.RELU
    loss: Loss = Loss.SQUARED
    biases: bool = False
    steps: tuple[Step, ...] = SKETCHED


def layers_of(text: str) -> tuple[int, ...]:
    """``2-2-1``, or ``2, 2, 1``, as numbers; raises SketchError."""
    parts = re.split(r"[\s,;x–-]+", text.strip())
    if not all(part.isascii() and part.isdigit() and len(part) < 3 for part in parts):
        raise SketchError("Write the layers as numbers of units with dashes between them, as in 2-2-1.")
    layers = tuple(int(part) for part in parts)
    if not 2 <= len(layers) <= MOST_LAYERS:
        raise SketchError(f"A network has 2 to {MOST_LAYERS} layers, from the inputs to the predictions.")
    if not all(1 <= size <= WIDEST for size in layers):
        raise SketchError(f"A layer has 1 to {WIDEST} units.")
    return layers


def sketch(wanted: Sketch) -> str:
    """The YAML of these choices; raises SketchError, in words, for those that make no network."""
    drawn = _drawn(wanted)
    if len(drawn.weights) > MOST_NUMBERS:
        raise SketchError(
            f"These layers have {len(drawn.weights)} weights and biases; {MOST_NUMBERS} are the most."
        )
    asked = [line for step in wanted.steps if (line := _asked(wanted, drawn, step))]
    if not asked:
        raise SketchError("Choose at least one step that this network has.")
    text = _text(wanted, drawn, asked)
    for exercise in read(text):
        try:
            boxes(exercise)
        except ValidationError:
            raise SketchError(
                f"These layers make the step '{exercise.step.value}' too long to be marked. "
                "Choose fewer units, or leave that step out."
            ) from None
    return text


@dataclass
class _Drawn:
    """The equations, and the weights and biases in the order of the network."""

    equations: dict[str, str] = field(default_factory=dict)
    weights: list[str] = field(default_factory=list)
    biases: list[str] = field(default_factory=list)
    outputs: tuple[str, ...] = ()  # the nodes before the loss that a chain may stop at
    first: str = ""  # a weight of the first layer
    last: str = ""  # one of the last
    unit: str = ""  # the hidden unit that ``first`` leads to


def _drawn(wanted: Sketch) -> _Drawn:
    drawn, units = _Drawn(), 0
    before = _numbered("x", wanted.layers[0])
    for size in wanted.layers[1:-1]:
        layer = []
        for _ in range(size):
            units += 1
            _unit(drawn, wanted, before, units)
            layer.append(f"h{units}")
        before = layer
    _predictions(drawn, wanted, before)
    drawn.unit = "h1" if units else ""
    drawn.first = next((name for name in drawn.weights if name != drawn.last), "")
    return drawn


def _numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}{number}" for number in range(1, count + 1)]


def _unit(drawn: _Drawn, wanted: Sketch, before: Sequence[str], number: int) -> None:
    total = _sum(drawn, before, biased=wanted.biases)
    if wanted.activation is Activation.NONE:
        drawn.equations[f"h{number}"] = total
    else:
        drawn.equations[f"z{number}"] = total
        drawn.equations[f"h{number}"] = f"{wanted.activation.value}(z{number})"


def _sum(drawn: _Drawn, before: Sequence[str], *, biased: bool) -> str:
    terms = []
    for value in before:
        drawn.weights.append(f"w{len(drawn.weights) - len(drawn.biases) + 1}")
        terms.append(f"{drawn.weights[-1]}*{value}")
    if biased:
        drawn.biases.append(f"b{len(drawn.biases) + 1}")
        drawn.weights.append(drawn.biases[-1])
        terms.append(drawn.biases[-1])
    return " + ".join(terms)


def _predictions(drawn: _Drawn, wanted: Sketch, before: Sequence[str]) -> None:
    count, start = wanted.layers[-1], len(drawn.weights)
    targets, predictions = _numbered("y", count), _numbered("yhat", count)
    if wanted.loss is Loss.SQUARED:
        for name in predictions:
            drawn.equations[name] = _sum(drawn, before, biased=wanted.biases)
        terms = [f"({target} - {name})^2" for target, name in zip(targets, predictions, strict=True)]
        drawn.equations["L"] = " + ".join(terms)
    else:
        scores = _numbered("o", count)
        for name in scores:
            drawn.equations[name] = _sum(drawn, before, biased=wanted.biases)
        _classes(drawn, scores, targets, predictions)
    drawn.outputs = tuple(_numbered("o", count) if wanted.loss is Loss.CROSS_ENTROPY else predictions)
    drawn.last = drawn.weights[start]


def _classes(drawn: _Drawn, scores: list[str], targets: list[str], predictions: list[str]) -> None:
    """Sigmoid for one prediction, softmax for several, whose last target follows from the others."""
    if len(scores) == 1:
        drawn.equations["yhat"] = "sigmoid(o)"
        drawn.equations["L"] = "-(y*ln(yhat) + (1 - y)*ln(1 - yhat))"
        return
    total = " + ".join(f"exp({score})" for score in scores)
    for name, score in zip(predictions, scores, strict=True):
        drawn.equations[name] = f"exp({score})/({total})"
    drawn.equations[targets[-1]] = " - ".join(["1", *targets[:-1]])
    logs = (f"{target}*ln({name})" for target, name in zip(targets, predictions, strict=True))
    drawn.equations["L"] = f"-({' + '.join(logs)})"


def _asked(wanted: Sketch, drawn: _Drawn, step: Step) -> str:
    """The line of one step; empty where the network has no such step."""
    if step in (Step.TWO_FACTOR, Step.THREE_FACTOR):
        return _gradient(wanted, drawn, step)
    more = ""
    if step is Step.UPDATE and len(drawn.weights) > FEW:
        more = f", weights: [{drawn.first}, {drawn.last}], tolerance: {NARROW}"
    return f"{{id: {wanted.prefix}-{step.value}, step: {step.value}{more}}}"


def _gradient(wanted: Sketch, drawn: _Drawn, step: Step) -> str:
    """The first way of asking for a weight whose chain has as many links as the step says."""
    weight = drawn.last if step is Step.TWO_FACTOR else drawn.first or drawn.last
    if step is Step.THREE_FACTOR and weight == drawn.last and Step.TWO_FACTOR in wanted.steps:
        return ""
    for through in _stations(drawn, step):
        stops = f", through: [{', '.join(through)}]" if through else ""
        line = f"{{id: {wanted.prefix}-{weight}, step: {step.value}, weight: {weight}{stops}}}"
        if _fits(wanted, drawn, line):
            return line
    return ""


def _stations(drawn: _Drawn, step: Step) -> Iterator[tuple[str, ...]]:
    """Where a chain may stop, the plainest first. Of several predictions, that of the first unit."""
    scored = drawn.outputs[:1] if drawn.outputs[0].startswith("o") else ()
    if step is Step.TWO_FACTOR:
        yield scored
        yield ()
        return
    if not drawn.unit:
        yield ()
        return
    if len(drawn.outputs) == 1:
        yield (*drawn.outputs, drawn.unit)
    yield ()


def _fits(wanted: Sketch, drawn: _Drawn, line: str) -> bool:
    try:
        return bool(read(_text(wanted, drawn, [line])))
    except BankError:
        return False


def _text(wanted: Sketch, drawn: _Drawn, asked: Sequence[str]) -> str:
    lines = [f"name: {_quoted(wanted.name)}", "network:"]
    lines += [f"  {node}: {equation}" for node, equation in drawn.equations.items()]
    if wanted.loss is Loss.CROSS_ENTROPY:
        lines += ["draw:", "  target: one-hot" if wanted.layers[-1] > 1 else "  target: [0, 1]"]
    return "\n".join([*lines, "exercises:", *(f"  - {line}" for line in asked), ""])


def _quoted(name: str) -> str:
    """A name as YAML reads it back, whatever is in it."""
    flat = " ".join(name.split())
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'
