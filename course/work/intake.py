"""Taking answers in: what the form may hold, whether it may be handed in, and the row that it becomes.

A form has one field for each box of the question, under the box's id, and beside them:

``key``       of the page that sends it; the same answers under the same key are one submission, not two
``attempt``   number of the attempt that the page shows; left out: the newest one
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from django.db import connection, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from course.errors import Refused
from course.people.models import Enrolment
from course.work import policy
from course.work.models import Attempt, Submission
from course.work.sending import digest_of, job_of, send_on_commit
from exercises.question import Question
from grader.expression import BOUNDS, canonical
from grader.job import AnswerBox, Box, MatrixBox, PickBox
from grader.unreadable import Unreadable

Answers = dict[str, str | list[str]]
BESIDE = {"csrfmiddlewaretoken", "key", "attempt"}
KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
MOST_QUEUED = 20  # submissions of one student to one item that wait for their verdict


def _bad(detail: str) -> Refused:
    return Refused(400, _("Not taken"), detail)


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent, checked: every box of the question, and a key that is another for other answers."""

    key: str
    answers: Answers


def read_form(data: QueryDict, question: Question) -> Form:
    """The whole form of a submission; raises Refused (400, 422) naming the field."""
    key = data.get("key", "")
    if not KEY.fullmatch(key):
        raise _bad(_("The field 'key' is missing or is no key. Reload the page and send it again."))
    answers = read_answers(data, question)
    if not any(typed.strip() if isinstance(typed, str) else typed for typed in answers.values()):
        detail = _("Every box is empty. Nothing was handed in and no try was used.")
        raise Refused(422, _("Nothing to check"), detail)
    return Form(hashlib.sha256(json.dumps([key, answers]).encode()).hexdigest(), answers)


def read_answers(data: QueryDict, question: Question, *, partly: bool = False) -> Answers:
    """The boxes' answers; a draft may be sent ``partly``. Raises Refused (400) naming the field."""
    boxes = {box.id: box for box in question.boxes}
    for name in data:
        if name not in boxes and name not in BESIDE:
            raise _bad(_("There is no field '%(name)s' in this exercise.") % {"name": _shown(name)})
    return {box.id: _read(box, data) for box in question.boxes if not partly or box.id in data}


def _read(box: Box, data: QueryDict) -> str | list[str]:
    typed = data.getlist(box.id)
    if isinstance(box, PickBox):
        return _picked(box.id, box.options, typed)
    if len(typed) > 1:
        raise _bad(_("The field '%(name)s' was sent more than once.") % {"name": box.id})
    if isinstance(box, AnswerBox | MatrixBox):
        if not typed:
            raise _bad(_("The field '%(name)s' is missing.") % {"name": box.id})
        return _text(box.id, typed[0])
    return "".join(_picked(box.id, box.options, [option for option in typed if option]))


def _picked(name: str, options: tuple[str, ...], typed: list[str]) -> list[str]:
    for option in typed:
        if option not in options:
            values = {"name": name, "option": _shown(option)}
            raise _bad(_("The field '%(name)s' has no option '%(option)s'.") % values)
    return [option for option in options if option in typed]


def _text(name: str, typed: str) -> str:
    """The typed text in its one form; what no keyboard types is refused."""
    if len(typed) > BOUNDS.characters:
        values = {"name": name, "length": len(typed), "limit": BOUNDS.characters}
        raise _bad(
            _("The field '%(name)s' holds %(length)d characters; at most %(limit)d can be read.") % values
        )
    if "\ufffd" in typed:  # what undecodable bytes became
        raise _bad(_("The field '%(name)s' holds something that is not text (UTF-8).") % {"name": name})
    try:
        return canonical(typed)
    except Unreadable as error:
        raise _bad(_("The field '%(name)s': %(problem)s") % {"name": name, "problem": error}) from None


def _shown(text: str) -> str:
    """Foreign text for a message: short, and printable."""
    return "".join(c if c.isprintable() else "?" for c in text[:40])


@transaction.atomic
def hand_in(enrolment: Enrolment, attempt: Attempt, question: Question, form: Form) -> Submission:
    """Store the submission, then nudge the grader. What was taken before is given back, closed or not.

    Raises Refused (403, 409, 429) where nothing more is taken.
    """
    so_far = _so_far(attempt, form.key)
    if so_far.same:
        return attempt.submissions.get(key=form.key)
    policy.refuse_closed(attempt.item, enrolment)
    _refuse_too_many(so_far, attempt.item.tries)
    submission = Submission(attempt=attempt, number=so_far.last + 1, key=form.key, answers=form.answers)
    job = job_of(submission, question)
    submission.digest = digest_of(job)
    submission.save(force_insert=True)
    send_on_commit(submission, job)
    return submission


# Plain SQL, as it is on the way of every answer, and Django takes longer to write it than it takes to run.
USED = "SELECT tries FROM work_result WHERE user_id = %s AND item_id = %s"
LOCKED = " FOR UPDATE"  # not on SQLite, which has locked everything by then
SO_FAR = """
    SELECT (SELECT COUNT(*) FROM work_submission WHERE state = 'queued' AND attempt_id IN
               (SELECT id FROM work_attempt WHERE user_id = %s AND item_id = %s)),
           (SELECT COALESCE(MAX(number), 0) FROM work_submission WHERE attempt_id = %s),
           (SELECT COUNT(*) FROM work_submission WHERE attempt_id = %s AND key = %s)
"""


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a student has handed in to an item: tries used, submissions that wait for a verdict, the number of
    the attempt's last submission, and how many have this key."""

    used: int
    waiting: int
    last: int
    same: int


def _so_far(attempt: Attempt, key: str) -> SoFar:
    """Locks the student's result, so that one submission is let in at a time."""
    lock = LOCKED if connection.features.has_select_for_update else ""
    here = (attempt.user_id, attempt.item_id)
    with connection.cursor() as cursor:
        cursor.execute(USED + lock, here)
        (used,) = cursor.fetchone()
        cursor.execute(SO_FAR, (*here, attempt.pk, attempt.pk, key))
        return SoFar(used, *cursor.fetchone())


def _refuse_too_many(so_far: SoFar, tries: int | None) -> None:
    if so_far.waiting >= MOST_QUEUED:
        detail = _("Many of your answers here still wait to be marked. All are kept; please wait a little.")
        raise Refused(429, _("Please wait"), detail)
    if tries is None:
        return
    if so_far.used >= tries:
        raise Refused(409, _("No try left"), _("All your tries for this exercise are used."))
    if so_far.used + so_far.waiting >= tries:
        detail = _("Your last try is still being marked. It is kept; its verdict will be here soon.")
        raise Refused(409, _("Being marked"), detail)
