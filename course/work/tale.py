"""One submission told to an instructor: what was typed in each box and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from course.work import feedback
from course.work.mathml import prose
from course.work.models import State, Submission
from course.work.presentation import sheet_of
from course.work.sheet import chosen
from exercises.question import Field
from grader.job import Outcome, Verdict

CHIPS: dict[feedback.State, str] = {
    "ok": "ok",
    "bad": "bad",
    "warn": "warn",
    "unread": "warn",
    "wait": "warn",
    "": "",
}


@dataclass(frozen=True, slots=True)
class Tale:
    """What a row of the instructor's list says."""

    student: str
    title: SafeString
    when: datetime
    icon: str
    chip: str
    word: str
    points: str
    answers: tuple[dict[str, Any], ...]


def tale(submission: Submission) -> Tale:
    """Tell a submission; its attempt, user and exercise are already read."""
    attempt = submission.attempt
    verdict = Verdict.model_validate(submission.verdict) if submission.verdict else None
    state, word = _state(submission, verdict)
    question = sheet_of(attempt).question
    marks = feedback.marks(question, verdict, submission.answers) if verdict else {}
    return Tale(
        student=attempt.user.get_full_name() or attempt.user.get_username(),
        title=prose(question.title),
        when=submission.queued_at,
        icon=feedback.ICONS[state],
        chip=CHIPS[state],
        word=word,
        points=feedback.points(verdict) if verdict else "",
        answers=tuple(
            _answer(field, head, submission, marks.get(field.id))
            for field, head in zip(question.fields, feedback.table_heads(question), strict=True)
        ),
    )


def _state(submission: Submission, verdict: Verdict | None) -> tuple[feedback.State, str]:
    if verdict is None:
        return "wait", str(State(submission.state).label)
    word = _("all right") if verdict.outcome is Outcome.CORRECT else _(feedback.WORDS[verdict.outcome])
    return feedback.STATES[verdict.outcome], word


def _answer(
    field: Field, head: dict[str, str], submission: Submission, mark: feedback.Mark | None
) -> dict[str, Any]:
    return {
        "label": prose(f"`{field.symbol}`") if field.symbol else head["label"],
        "words": field.words if field.symbol else head["words"],
        "prompt": prose(field.prompt),
        "free": not field.options,
        "typed": _typed(field, submission.answers.get(field.id, "")),
        "state": mark.state if mark else "",
        "icon": mark.icon if mark else feedback.ICONS[""],
        "word": mark.word if mark else "",
        "say": mark.say if mark else "",
        "read": mark.read if mark else "",
        "value": mark.value if mark else None,
    }


def _typed(field: Field, answer: str | list[str]) -> str:
    """An answer as it was given: the text of options, not their ids."""
    return chosen(field, answer) if field.options else str(answer)
