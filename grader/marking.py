"""Marking a job: each box against the reference, and against the student's own earlier boxes.

``mark`` is pure: the same job gives the same verdict. What is wrong with the job itself is a JobError.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from grader.diagnosis import settled
from grader.expression import Unreadable
from grader.job import AnswerBox, BoxVerdict, Job, MatrixBox, Outcome, Verdict
from grader.marking_answers import Reasons, explain, mark_answer
from grader.marking_choices import mark_choice, mark_pick, mark_slots
from grader.marking_matrix import by_entry, folded, mark_matrix
from grader.matrix import Matrix, read_matrix
from grader.paper import JobError, paper
from grader.working import Working, read_working

__all__ = ["ENGINE", "JobError", "mark"]

ENGINE = "5"  # changes whenever a verdict may change

MARKED = {Outcome.CORRECT, Outcome.FOLLOW_THROUGH, Outcome.PARTIAL, Outcome.WRONG}
FLAWS = {Outcome.PARTIAL, Outcome.WRONG}


def mark(job: Job) -> Verdict:
    """The verdict on a job; raises JobError for a job that contradicts itself."""
    ready = paper(job)
    answers, matrices, problems = _read(job)
    if problems:
        return _verdict(job, [problems.get(box.id) or _held_back(job, box.id) for box in job.boxes])
    found: dict[str, BoxVerdict] = {}
    reasons: Reasons = {}
    for box in job.boxes:
        match box.kind:
            case "answer":
                found[box.id] = mark_answer(ready, job.policy, box.id, answers, found, reasons)
            case "matrix":
                found |= mark_matrix(box, matrices.get(box.id), ready, job.policy, answers, found, reasons)
            case "choice":
                found[box.id] = mark_choice(box, job.answers[box.id], found)
            case "pick":
                found[box.id] = mark_pick(box, job.answers[box.id])
            case "slots":
                found[box.id] = mark_slots(box, job.answers[box.id])
    explain(reasons, found, ready.budget)
    return _verdict(job, folded(job.boxes, settled(list(found.values()))))


def _read(job: Job) -> tuple[dict[str, Working], dict[str, Matrix], dict[str, BoxVerdict]]:
    """The answers (by entry too), the matrices, and verdicts on what could not be read.

    Empty ones are in none of them.
    """
    answers: dict[str, Working] = {}
    matrices: dict[str, Matrix] = {}
    problems: dict[str, BoxVerdict] = {}
    for box in job.boxes:
        text = job.answers[box.id]
        if not isinstance(box, AnswerBox | MatrixBox) or not text:
            continue
        if not isinstance(text, str):
            raise JobError(f"the answer to '{box.id}' is not text")
        if not text.strip():
            continue
        try:
            if isinstance(box, MatrixBox):
                shape = (box.rows, box.columns) if job.policy.decimal_comma else None
                matrices[box.id] = read_matrix(text, box.names, box.id, shape)
                answers |= by_entry(box, matrices[box.id])
            else:
                comma = job.policy.decimal_comma
                answers[box.id] = read_working(text, box.names, box.id, decimal_comma=comma)
        except Unreadable as error:
            problems[box.id] = BoxVerdict(
                id=box.id,
                outcome=Outcome.UNREADABLE,
                code=error.code,
                params=error.params,
                span=error.span,
                fix=error.fix,
            )
    return answers, matrices, problems


def _held_back(job: Job, box: str) -> BoxVerdict:
    answer = job.answers[box]
    is_empty = not (answer.strip() if isinstance(answer, str) else any(answer))
    return BoxVerdict(id=box, outcome=Outcome.EMPTY if is_empty else Outcome.HELD_BACK)


def _verdict(job: Job, boxes: Sequence[BoxVerdict]) -> Verdict:
    outcomes = [box.outcome for box in boxes]
    points = sum((box.points for box in boxes), Decimal(0))
    return Verdict(
        token=job.token,
        engine=ENGINE,
        outcome=_overall(outcomes, points),
        points=points,
        possible=Decimal(sum(box.points for box in job.boxes)),
        counts=_counts(outcomes),
        boxes=tuple(boxes),
    )


def _overall(outcomes: Sequence[Outcome], points: Decimal) -> Outcome:
    """One word for the submission: what needs attention first, then how much of it is right."""
    found = set(outcomes)
    for first in (Outcome.UNREADABLE, Outcome.UNDECIDED):
        if first in found:
            return first
    if len(found) == 1:
        return outcomes[0]
    if found <= {Outcome.CORRECT, Outcome.FOLLOW_THROUGH}:
        return Outcome.FOLLOW_THROUGH
    if found <= {Outcome.CORRECT, Outcome.FOLLOW_THROUGH, Outcome.FEW_DIGITS}:
        return Outcome.FEW_DIGITS
    return Outcome.PARTIAL if points else Outcome.WRONG


def _counts(outcomes: Sequence[Outcome]) -> bool:
    """Whether a try is used: something was marked, and too few digits are not all that is wrong."""
    found = set(outcomes)
    if Outcome.UNREADABLE in found or not found & MARKED:
        return False
    return bool(found & FLAWS) or Outcome.FEW_DIGITS not in found
