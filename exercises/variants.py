"""Variants: an exercise's numbers from a seed, by rejection sampling in NumPy batches.

Legend
------
seed        the same (generator, exercise, seed) gives the same numbers for ever; seed 1 is the lesson's
            numbers where the exercise has them. All exercises of a set share their numbers.
batch       rows of candidate numbers, drawn from ``exercises.grids`` and tried at once
usable      a row that keeps the plain rules of ``exercises.plain``
safe        a usable row on which no wrong rule of ``exercises.mutations`` gives a right answer
clashes     how many pairs of wrong rules give the same number: a row without is taken at once, else the best

Source of the rules: TEACHING.md section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from exercises import mutations
from exercises.bank import Exercise
from exercises.chance import Chance
from exercises.grids import Grid, grids, numbers_of
from exercises.mutations import MARGIN, SHARP, Trial
from exercises.plain import BATCH, Plain, drawn, probes
from exercises.prose import plain as written
from exercises.published import Published
from exercises.question import TOLD, Step, Variant
from exercises.steps import debugging
from grader.network import RATE

GENERATOR = "2"
BATCHES = 240  # at most; a network that needs more is refused
TOGETHER = 256  # usable rows that are judged at once, or as many as TURN batches have
TURN = 16
TURNS = (
    5  # after which the best safe row is taken, even if the asked digits do not part all wrong rules in it
)

Choices = tuple[tuple[str, Grid], ...]
Picks = dict[str, NDArray[np.intp]]  # which number of its grid each name has, row by row


class NoVariant(ValueError):  # noqa: N818  reads as what happened
    """No numbers keep the rules; the message says which rule was hardest."""


def variant(published: Published, seed: int, *, batches: int = BATCHES) -> Variant:
    """The numbers of ``published`` for ``seed`` (1, 2, 3 ...); raises ValueError and NoVariant.

    ``batches``: how long to look; fewer give the same numbers or none.
    """
    if seed < 1:
        raise ValueError(f"a seed is 1 or more, not {seed}")
    exercise = published.exercise
    if exercise.step is Step.TRAP or not exercise.network:
        return Variant(seed, GENERATOR, {})
    if exercise.step is Step.DEBUGGING:
        return _broken(exercise, seed)
    if seed == 1 and exercise.numbers:
        found = {name: exercise.numbers[name] for name in numbers_of(exercise)}
    else:
        found = _draw(key_of(exercise), seed, batches)
    return Variant(seed, GENERATOR, {name: written(number, 6) for name, number in found.items()})


def _broken(exercise: Exercise, seed: int) -> Variant:
    """The start of a broken loop."""
    try:
        return Variant(seed, debugging.GENERATOR, debugging.printed(debugging.numbers(exercise, seed)))
    except debugging.NoCase as error:
        raise NoVariant(str(error)) from None


def key_of(exercise: Exercise) -> str:
    """What the numbers of an exercise depend on, as JSON: the same for all exercises of its set."""
    asked = exercise.together or (exercise.asked,)
    blank = {"id": "", "name": "", "numbers": None, "step": asked[0].step, "asked": asked[0]}
    return exercise.model_copy(update={**blank, "together": asked}).model_dump_json()


@dataclass(frozen=True)
class Rules:
    """Everything that a set's numbers are judged by, on one choice of its one-hot targets."""

    plain: Plain
    trial: Trial
    faint: list[mutations.Rows]

    @property
    def fixed(self) -> frozenset[str]:
        """The one-hot targets."""
        return self.plain.fixed


@lru_cache(maxsize=64)
def exercise_of(key: str) -> Exercise:
    """The exercise without its own name and question."""
    return Exercise.model_validate_json(key)


@lru_cache(maxsize=64)
def trial_of(key: str) -> Trial:
    """Every box of the set, with what the wrong rules give there."""
    exercise = exercise_of(key)
    asked = (each for each in exercise.together if each.step not in TOLD)
    return Trial(
        exercise.model_copy(update={"id": each.id, "step": each.step, "asked": each}) for each in asked
    )


@lru_cache(maxsize=256)
def rules_of(key: str, choices: Choices) -> Rules:
    """The rules of a set for these grids."""
    plain, trial = Plain(exercise_of(key), dict(choices)), trial_of(key)
    faint = mutations.faint_slips(trial, probes(dict(choices), plain.fixed), plain.fixed)
    return Rules(plain, trial, faint)


def choices_of(key: str, seed: int) -> tuple[Choices, Chance]:
    """The grids of a seed, and the chance that goes on to draw from them."""
    exercise = exercise_of(key)
    chance = Chance("variant", GENERATOR, repr(sorted(exercise.network.items())), seed)
    return tuple(grids(exercise, chance).items()), chance


def _draw(key: str, seed: int, batches: int) -> dict[str, Decimal]:
    """The best row of the first few that are usable; if not all its wrong rules are parted, of some more."""
    choices, chance = choices_of(key, seed)
    rules, grid = rules_of(key, choices), dict(choices)
    best: tuple[int, dict[str, Decimal]] | None = None
    for turn, picks in enumerate(_usable(rules, grid, chance, batches), start=1):
        leaves = {name: np.array(grid[name], float)[column] for name, column in picks.items()}
        if not rules.trial.slips:  # nothing is asked that a wrong rule could answer
            return {name: grid[name][column[0]] for name, column in picks.items()}
        measured = rules.trial.measure(leaves, rules.fixed)
        safe, clashes = mutations.judged(rules.trial, measured, rules.faint)
        for row in np.flatnonzero(safe):
            if best is None or clashes[row] < best[0]:
                best = int(clashes[row]), {name: grid[name][picks[name][row]] for name in grid}
        if best and (best[0] < SHARP or turn >= TURNS):
            return best[1]
    if best and batches == BATCHES:
        return best[1]
    raise NoVariant(_hardest(rules, grid, chance, batches))


def _usable(rules: Rules, grid: Mapping[str, Grid], chance: Chance, batches: int) -> Iterator[Picks]:
    """The usable rows of so many batches, some TOGETHER."""
    found: list[Picks] = []
    for batch in range(1, batches + 1):
        picks, leaves = drawn(grid, chance)
        kept = np.flatnonzero(rules.plain.usable(leaves))
        found.append({name: column[kept] for name, column in picks.items()})
        rows = sum(len(each[RATE]) for each in found)
        if rows and (rows >= TOGETHER or batch % TURN == 0):
            yield {name: np.concatenate([each[name] for each in found]) for name in grid}
            found = []


def _hardest(rules: Rules, grid: Mapping[str, Grid], chance: Chance, batches: int) -> str:
    """Why there is no variant: the plain rules, or the wrong rule that most often gives a right answer."""
    tried = f"({BATCH * batches} were tried)"
    picks = next(_usable(rules, grid, chance, batches), None)
    if picks is None:
        return f"no numbers keep the plain rules of a good variant {tried}"
    leaves = {name: np.array(grid[name], float)[column] for name, column in picks.items()}
    box, misconception, share = mutations.hardest(rules.trial, leaves, rules.fixed, rules.faint)
    return (
        f"no numbers keep the rules of a good variant {tried}: in box '{box}' the misconception "
        f"'{misconception}' is within {MARGIN:g} times the tolerance of what is right in {share:.0%} of them"
    )
