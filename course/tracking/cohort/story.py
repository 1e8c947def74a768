"""What one student does at one item: which variants, which tries, what is typed, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from random import Random

from course.tracking.cohort.key import Answer, Key, Wrong
from course.tracking.cohort.learner import Learner
from exercises.question import Field
from grader.job import AnswerBox, Box, PickBox, SlotsBox

Answers = dict[str, Answer]
IsRight = Callable[[Key, Answers], bool]
MOST_HINTS = 3
MOST_TRIES = 7  # after which even the stubborn stop for the day
DIFFICULTY = {"prediction": -1.2, "loss": -1.0, "two-factor": -0.4, "three-factor": 0.3, "update": 0.2}


@dataclass(frozen=True, slots=True)
class Try:
    """One handing-in."""

    at: datetime
    answers: Answers


@dataclass(frozen=True, slots=True)
class Visit:
    """One variant that was opened, and the tries at it."""

    number: int
    key: Key
    opened: datetime
    tries: tuple[Try, ...]
    hints: tuple[datetime, ...] = ()


class Mind:
    """What a student thinks while working on one item; given up misconceptions stay given up, mostly."""

    def __init__(self, learner: Learner, chance: Random, given_up: set[str]) -> None:
        self.learner, self.chance, self.given_up = learner, chance, given_up

    def answers(self, key: Key, tried: int) -> Answers:
        """The whole form, box after box."""
        mine: Answers = {}
        fields = {field.id: field for field in key.question.fields}
        for place, box in enumerate(key.question.boxes):
            if isinstance(box, AnswerBox):
                mine[box.id] = self._typed(key, box, mine, tried, place)
            else:
                mine[box.id] = self._chosen(key, box, fields[box.id])
        return mine

    def listen(self, key: Key) -> None:
        """After a wrong try: what was pointed out may be given up."""
        rules = {wrong.rule for each in key.wrong.values() for wrong in each}
        for rule in sorted(rules & self.learner.held - self.given_up):
            if self.chance.random() < self.learner.learns:
                self.given_up.add(rule)

    def _typed(self, key: Key, box: AnswerBox, mine: Answers, tried: int, place: int) -> Answer:
        held = [wrong for wrong in key.wrong.get(box.id, ()) if self._holds(wrong, key, box)]
        in_symbols = self.chance.random() < self.learner.symbolic
        if held and self.chance.random() < 0.75:
            return _said(held[0], in_symbols)
        slips = _logistic(DIFFICULTY.get(key.question.step.value, 0) + 0.12 * place - self.learner.skill)
        if self.chance.random() < 0.42 * slips * 0.8**tried:
            return self._slipped(key, box, in_symbols)
        if in_symbols and box.id in key.symbols:
            return key.symbols[box.id]
        own = key.follows(box.id, mine) if box.role in {"product", "new"} else None
        return own or key.right[box.id]

    def _holds(self, wrong: Wrong, key: Key, box: AnswerBox) -> bool:
        if not wrong.rule:  # an idea of many, which no rule knows
            return Random(f"folk:{self.learner.number}:{box.id}").random() < 0.09
        return wrong.rule in self.learner.held and wrong.rule not in self.given_up

    def _slipped(self, key: Key, box: AnswerBox, in_symbols: bool) -> str:
        """A slip of the moment: some wrong rule, a digit, a bracket, too few decimals, or nothing."""
        rules, right, kind = key.wrong.get(box.id, ()), str(key.right[box.id]), self.chance.random()
        if rules and kind < 0.68:
            return _said(self.chance.choice(rules[:6]), in_symbols)
        if kind < 0.82:
            return _misread(right, self.chance)
        if kind < 0.89:
            return right[: max(2 + right.startswith("-"), len(right) - 2)].rstrip(".")
        return "2*(" + right if kind < 0.96 else ""

    def _chosen(self, key: Key, box: Box, field: Field) -> Answer:
        slips = _logistic(-0.6 - self.learner.skill)
        right, options = key.right[box.id], [option.id for option in field.options]
        if isinstance(box, SlotsBox):
            return (
                self.chance.sample(list(right), len(right)) if self.chance.random() < slips else list(right)
            )
        if isinstance(box, PickBox):
            return [each for each in options if (each in right) != (self.chance.random() < 0.35 * slips)]
        return self.chance.choice(options) if self.chance.random() < 0.6 * slips else right


def visits(
    mind: Mind, keys: Sequence[Key], start: datetime, end: datetime, is_right: IsRight, most: int | None
) -> tuple[Visit, ...]:
    """What happens at an item from ``start``; nothing after ``end``. ``most``: tries that are allowed."""
    chance, pace = mind.chance, mind.learner.pace
    found: list[Visit] = []
    now, left = start, most or MOST_TRIES
    more = 1 if most or chance.random() < 0.7 else 2  # some take new numbers after a right answer
    for number in range(1, more + 1):
        key, opened = keys[0 if number == 1 else 1 + chance.randrange(len(keys) - 1)], now
        tries: list[Try] = []
        hints: list[datetime] = []
        while left and now < end:
            now += timedelta(seconds=round(pace * chance.lognormvariate(4.6 if tries else 5.2, 0.55)))
            if now >= end:
                break
            answers = mind.answers(key, len(tries))
            if any(each if isinstance(each, list) else each.strip() for each in answers.values()):
                tries.append(Try(now, answers))
                left -= 1
            if tries and is_right(key, tries[-1].answers):
                break
            mind.listen(key)
            hints += _hint(len(hints), now, chance)
            if len(tries) > 2 and chance.random() < 0.12:
                break  # gives up for now
        if opened < end:
            found.append(Visit(number, key, opened, tuple(tries), tuple(hints)))
        left = most or 2
    return tuple(found)


def _hint(opened: int, now: datetime, chance: Random) -> list[datetime]:
    """After a wrong try some open the next hint."""
    wanted = opened < MOST_HINTS and chance.random() < 0.3
    return [now + timedelta(seconds=15)] if wanted else []


def _logistic(at: float) -> float:
    return 1 / (1 + exp(-1.4 * at))


def _said(wrong: Wrong, in_symbols: bool) -> str:
    return wrong.symbols if in_symbols and wrong.symbols else wrong.number


def _misread(right: str, chance: Random) -> str:
    """Two digits in each other's places, or one that is off by one."""
    digits = [at for at, sign in enumerate(right) if sign.isdigit()]
    if not digits:
        return right + "+1"
    at = digits[min(len(digits) - 1, chance.choice((0, 0, 1)))]
    return right[:at] + str((int(right[at]) + chance.choice((1, 2, 9))) % 10) + right[at + 1 :]
