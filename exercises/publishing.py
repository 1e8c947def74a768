"""Publishing: derive every symbolic reference once, and refuse an exercise that does not check out."""

from __future__ import annotations

from exercises.bank import Exercise
from exercises.optimiser import extras
from exercises.published import Published
from exercises.selftest import failures
from exercises.steps import formulas
from exercises.structure import network_of
from grader.symbolic import derive

__all__ = ["Published", "PublishingError", "publish"]

SEEDS = range(1, 4)  # the variants on which the self-test tries an exercise


class PublishingError(ValueError):
    """An exercise that must not reach students; the message says why."""


def publish(exercise: Exercise) -> Published:
    """The exercise with its references derived by SymPy and checked on a few variants.

    Raises PublishingError, in words, when a reference cannot be derived or when NumPy, SymPy and central
    differences do not agree.
    """
    published = derived(exercise)
    for failure in failures(published, SEEDS):
        raise PublishingError(f"{exercise.id}: {failure}")
    return published


def derived(exercise: Exercise) -> Published:
    """The exercise with its symbolic references, not yet checked."""
    network = network_of(exercise.network)
    also = extras(exercise.update, network)
    symbolic = {name: derive(network, formula, also=also) for name, formula in formulas(exercise).items()}
    return Published(exercise=exercise, symbolic=symbolic)
