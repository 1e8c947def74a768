"""Publishing: derive every symbolic reference once, and refuse an exercise that does not check out."""

from __future__ import annotations

from collections.abc import Iterator

from exercises.audit import audit
from exercises.bank import Exercise
from exercises.optimiser import extras
from exercises.published import Published
from exercises.question import TOLD, Step
from exercises.selftest import failures
from exercises.steps import debugging, formulas
from exercises.structure import network_of
from exercises.variants import NoVariant, variant
from grader.symbolic import derive

__all__ = ["Published", "PublishingError", "publish"]

SEEDS = range(1, 4)  # the variants on which the self-test tries an exercise


class PublishingError(ValueError):
    """An exercise that must not reach students; the message says why."""


def publish(exercise: Exercise) -> Published:
    """The exercise with its references derived by SymPy and checked on a few variants.

    Raises PublishingError, in words, when no numbers keep the rules of a good variant; when NumPy, SymPy and
    central differences do not agree; when a right answer is not marked right; or when a tolerance is so wide
    that a misconception is marked right.
    """
    published = derived(exercise)
    for fault in _faults(published):
        raise PublishingError(f"{exercise.id}: {fault}")
    return published


def _faults(published: Published) -> Iterator[str]:
    if published.exercise.step is Step.DEBUGGING:
        yield from debugging.undrawable(published.exercise)
    variants = []
    for seed in SEEDS:
        try:
            variants.append(variant(published, seed))
        except NoVariant as error:
            yield f"seed {seed}: {error}"
            return
        if published.exercise.step not in TOLD:
            yield from map(str, audit(published.exercise, variants[-1:]).too_wide)
    yield from failures(published, SEEDS)


def derived(exercise: Exercise) -> Published:
    """The exercise with its symbolic references, not yet checked."""
    if exercise.step in TOLD:
        return Published(exercise=exercise)
    network = network_of(exercise.network)
    also = extras(exercise.update, network)
    symbolic = {name: derive(network, formula, also=also) for name, formula in formulas(exercise).items()}
    return Published(exercise=exercise, symbolic=symbolic)
