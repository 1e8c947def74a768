"""Synthetic students: one a misconception, who answers one box by its wrong rule and all others right.

Each is marked in full, as a student is. The mark is right when it is *wrong* or *partly right*, and tells the
misconception that the audit says it must tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from exercises.audit import USUAL, explained, measured, members, typed_numbers
from exercises.published import Published
from exercises.question import Question, Variant
from exercises.selftest import right_answers
from exercises.steps import job, question
from grader.job import Outcome, answer_boxes
from grader.marking import mark
from grader.misconceptions import named

FAULTY = {Outcome.WRONG, Outcome.PARTIAL}


@dataclass(frozen=True, slots=True)
class Student:
    """One synthetic student. ``told``: the misconception that the verdict names; empty: none."""

    box: str
    misconception: str
    typed: str
    outcome: str
    told: str
    fault: str  # empty: the mark and the message are right


def students(published: Published, numbers: Variant) -> Iterator[Student]:
    """Everyone whose wrong rule gives a wrong number on this variant.

    How earlier boxes are rounded decides two things, so they are left open: whether a faint one within the
    margin is right, and which one is told of those that are equal for all numbers around.
    """
    asked = question(published, numbers)
    answers = right_answers(asked)
    for slips, each, weak, _ in measured(published.exercise, [numbers]):
        masks, alike = explained(slips, each)
        texts = typed_numbers(slips, each.wrong)[:, 0]
        ids = tuple(dict.fromkeys(name for name, _ in slips.wrong))
        decimals = slips.box.tolerance.decimals or USUAL
        for at, (name, _) in enumerate(slips.wrong):
            if not each.distance[at, 0] > each.allowed[0] or (weak[at] and each.near[at, 0]):
                continue
            typed, tied = f"{texts[at]:.{decimals}f}", members(ids, int(masks[at, 0]))
            box, wrong = exchanged(asked, answers, slips.box.id, typed)
            marked = mark(job(asked, published, numbers, wrong)).boxes
            verdict = next(each for each in marked if each.id == box)
            told = verdict.params.get("id", "") if verdict.code == "misconception" else ""
            is_open = len(tied) > 1 and masks[at, 0] == alike[at, 0]
            expected = named(tied) or ""
            holds = verdict.outcome in FAULTY and (told == expected or (is_open and told in tied))
            fault = (
                ""
                if holds
                else (
                    f"seed {numbers.seed}, box '{slips.box.id}': {typed}, as '{name}' gives it, is marked "
                    f"{verdict.outcome} ({told or verdict.code}), not wrong ({expected or 'unexplained'})"
                )
            )
            yield Student(slips.box.id, name, typed, verdict.outcome.value, told, fault)


def exchanged(
    asked: Question, answers: dict[str, str | list[str]], entry: str, typed: str
) -> tuple[str, dict[str, str | list[str]]]:
    """The box that asks for ``entry``, and the answers with another number there."""
    for box in asked.boxes:
        ids = [each.id for each in answer_boxes([box])]
        if entry in ids:
            parts = re.split(r"([^\[\]; ,]+)", str(answers[box.id]))
            parts[2 * ids.index(entry) + 1] = typed
            return box.id, answers | {box.id: "".join(parts)}
    raise KeyError(entry)
