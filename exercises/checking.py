"""The whole check of some exercises: references, marking and diagnosis on many variants, on all cores.

On every variant: its numbers are drawn; NumPy, central differences and the stored formulas agree in every
box; the right numbers are marked right; and of every wrong rule it is worked out how it is told (``audit``).
On a few, spread evenly: SymPy agrees; right expressions are marked right; and the number of every wrong rule
is typed into its box, marked in full, and must be told as the audit says.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, reduce
from multiprocessing import get_context

from exercises.audit import Audit, audit
from exercises.bank import Exercise
from exercises.published import Published
from exercises.publishing import derived
from exercises.question import TOLD, Step, Variant
from exercises.selftest import agree, marked_wrong
from exercises.steps import faults as own_faults
from exercises.students import students
from exercises.variants import NoVariant, choices_of, key_of, rules_of, variant

CHUNK = 250  # seeds of one piece of work
MOST_FAULTS = 20  # that are kept of one exercise


@dataclass(frozen=True)
class Part:
    """What some variants of an exercise showed. ``slowest``: seconds of CPU to draw the slowest of them."""

    exercise: str
    variants: int = 0
    exact: int = 0  # of them, with SymPy
    mutated: int = 0  # wrong answers that were marked in full
    gap: float = 0.0
    slowest: float = 0.0
    audit: Audit = field(default_factory=Audit)
    faults: tuple[str, ...] = ()

    def __add__(self, other: Part) -> Part:
        return Part(
            self.exercise,
            self.variants + other.variants,
            self.exact + other.exact,
            self.mutated + other.mutated,
            max(self.gap, other.gap),
            max(self.slowest, other.slowest),
            self.audit + other.audit,
            (self.faults + other.faults)[:MOST_FAULTS],
        )


@dataclass(frozen=True)
class Work:
    """Exercises that share their numbers, and some seeds; on ``exact`` and ``mutated`` more is done."""

    exercises: tuple[Exercise, ...]
    seeds: range
    exact: frozenset[int]
    mutated: frozenset[int]


def examine(exercises: Sequence[Exercise], seeds: int, jobs: int) -> Iterator[Part]:
    """The check of these exercises on seeds 1, 2 ... ``seeds``, piece by piece, as they are ready."""
    work = list(_pieces(exercises, seeds))
    if jobs == 1 or len(work) == 1:
        for each in work:
            yield from done(each)
        return
    for exercise in exercises:
        published_of(exercise.model_dump_json())  # once, before the processes are forked
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        for parts in pool.map(done, work):
            yield from parts


def _pieces(exercises: Sequence[Exercise], seeds: int) -> Iterator[Work]:
    sets: dict[str, list[Exercise]] = {}
    for exercise in exercises:
        sets.setdefault(_together(exercise), []).append(exercise)
    exact, mutated = spread(seeds, 5 + seeds // 100), spread(seeds, 1 + seeds // 250)
    for start in range(1, seeds + 1, CHUNK):
        for together in sets.values():
            chunk = range(start, min(start + CHUNK, seeds + 1))
            yield Work(tuple(together), chunk, exact & {*chunk}, mutated & {*chunk})


def _together(exercise: Exercise) -> str:
    """What those exercises have in common that share their variants."""
    if exercise.step is Step.TRAP:
        return ""
    return exercise.id if exercise.step in TOLD else key_of(exercise)


def spread(seeds: int, wanted: int) -> frozenset[int]:
    """``wanted`` of the seeds 1, 2 ... ``seeds``, evenly, the last among them."""
    count = min(seeds, wanted)
    return frozenset(seeds - place * seeds // count for place in range(count))


@cache
def published_of(text: str) -> Published:
    """The exercise that is written there as JSON, with its references."""
    return derived(Exercise.model_validate_json(text))


def done(work: Work) -> list[Part]:
    """One piece of work."""
    slowest, variants, faults = _drawn(work)
    return [
        reduce(
            Part.__add__,
            _shown(published_of(exercise.model_dump_json()), variants, work),
            Part(exercise.id, slowest=slowest, faults=faults),
        )
        for exercise in work.exercises
    ]


def _drawn(work: Work) -> tuple[float, list[Variant], tuple[str, ...]]:
    """The slowest draw, once the rules are ready; the variants; and why some seeds have none."""
    slowest, found, faults = 0.0, [], []
    first = published_of(work.exercises[0].model_dump_json())
    if first.exercise.step not in TOLD:
        rules_of(key := key_of(first.exercise), choices_of(key, work.seeds[0])[0])
    for seed in work.seeds:
        started = time.process_time()
        try:
            found.append(variant(first, seed))
        except NoVariant as error:
            faults.append(f"seed {seed}: {error}")
        slowest = max(slowest, time.process_time() - started)
    return slowest, found, tuple(faults)


def _shown(published: Published, variants: Sequence[Variant], work: Work) -> Iterator[Part]:
    """What the variants show of one exercise."""
    exercise, exact = published.exercise, [each for each in variants if each.seed in work.exact]
    audited = audit(exercise, variants) if exercise.step not in TOLD else Audit()
    part = Part(exercise.id, len(variants), len(exact), audit=audited)
    compared = (
        [agree(published, variants, exactly=False), agree(published, exact, exactly=True)]
        if exact
        else [agree(published, variants, exactly=False)]
    )
    faults = [fault for each in compared for fault in each.faults]
    faults += [str(each) for each in audited.too_wide]
    faults += own_faults(published, variants)
    for each in variants:
        wrong = marked_wrong(published, each, in_symbols=each.seed in work.exact)
        faults += [f"seed {each.seed}, {fault}" for fault in wrong]
    yield replace(part, gap=max(each.gap for each in compared), faults=tuple(faults[:MOST_FAULTS]))
    for each in variants:
        if each.seed in work.mutated and exercise.step not in TOLD:
            tried = list(students(published, each))
            yield Part(exercise.id, mutated=len(tried), faults=tuple(one.fault for one in tried if one.fault))
