"""Taking answers in: what the form may hold, whether it may be handed in, and the row that it becomes.

A form has one field for each box of the question, under the box's id, and beside them:

``key``       of the page that sends it; the same answers under the same key are one submission, not two
``attempt``   number of the attempt that the page shows; left out: the newest one
``hint``      number of the hint that is asked for, where one is
``reading``   the instrument of the lab that is read, where one is
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from course.errors import Refused
from course.people.models import Enrolment
from course.work.gate import refuse_closed
from course.work.models import Attempt, Submission
from course.work.policies import policy_for
from course.work.sending import digest_of, job_of, send_on_commit
from course.work.standing import standing_of
from exercises.question import Question
from grader.expression import BOUNDS, canonical
from grader.job import AnswerBox, Box, MatrixBox, PickBox, SlotsBox
from grader.unreadable import Unreadable

Answers = dict[str, str | list[str]]
BESIDE = {"csrfmiddlewaretoken", "key", "attempt", "hint", "reading"}
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
    if is_empty(answers):
        detail = _("Every box is empty. Nothing was handed in and no try was used.")
        raise Refused(422, _("Nothing to check"), detail)
    return Form(hashlib.sha256(json.dumps([key, answers]).encode()).hexdigest(), answers)


def is_empty(answers: Answers) -> bool:
    """Whether nothing was typed or chosen in any box."""
    return not any(typed.strip() if isinstance(typed, str) else any(typed) for typed in answers.values())


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
    if isinstance(box, SlotsBox):
        return _placed(box, typed)
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


def _placed(box: SlotsBox, typed: list[str]) -> list[str]:
    """An option for every place, or nothing there; no place at all is all of them empty."""
    _picked(box.id, box.options, [option for option in typed if option])
    if typed and len(typed) != len(box.right):
        values = {"name": box.id, "places": len(box.right), "sent": len(typed)}
        raise _bad(_("The field '%(name)s' has %(places)d places, and %(sent)d were sent.") % values)
    return typed or [""] * len(box.right)


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
    refuse_closed(standing_of(enrolment, attempt.item.assignment), enrolment)
    _refuse_too_many(so_far, policy_for(attempt.item).allowed)
    return store(attempt, question, form, number=so_far.last + 1)


def store(
    attempt: Attempt, question: Question, form: Form, *, number: int | None = None, at: datetime | None = None
) -> Submission:
    """The row, without asking whether it is taken; ``at``: when it was handed in, if not now."""
    if number is None:
        number = _so_far(attempt, form.key).last + 1
    submission = Submission(attempt=attempt, number=number, key=form.key, answers=form.answers)
    if at is not None:
        submission.queued_at = at
    job = job_of(submission, question)
    submission.digest = digest_of(job)
    submission.save(force_insert=True)
    send_on_commit(submission, job)
    return submission


def used_up(attempt: Attempt) -> bool:
    """Whether no try is left on this variant, those that wait for their verdict among the used ones."""
    allowed = policy_for(attempt.item).allowed
    so_far = _so_far(attempt, "")
    return allowed is not None and so_far.used + so_far.pending >= allowed


# Plain SQL, as it is on the way of every answer, and Django takes longer to write it than it takes to run.
LOCK = "SELECT id FROM work_result WHERE user_id = %s AND item_id = %s FOR UPDATE"
SO_FAR = """
    SELECT (SELECT COUNT(*) FROM work_submission WHERE attempt_id = %s AND counts),
           (SELECT COUNT(*) FROM work_submission WHERE attempt_id = %s AND state = 'queued'),
           (SELECT COUNT(*) FROM work_submission WHERE state = 'queued' AND attempt_id IN
               (SELECT id FROM work_attempt WHERE user_id = %s AND item_id = %s)),
           (SELECT COALESCE(MAX(number), 0) FROM work_submission WHERE attempt_id = %s),
           (SELECT COUNT(*) FROM work_submission WHERE attempt_id = %s AND key = %s)
"""


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a student has handed in: tries used on this variant and submissions there without a verdict; such
    submissions in the whole item; the number of the variant's last submission, and how many have this key."""

    used: int
    pending: int
    waiting: int
    last: int
    same: int


def _so_far(attempt: Attempt, key: str) -> SoFar:
    """Locks the student's result, so that one submission is let in at a time."""
    here, this = (attempt.user_id, attempt.item_id), attempt.pk
    with connection.cursor() as cursor:
        if connection.features.has_select_for_update:  # SQLite has locked everything by then
            cursor.execute(LOCK, here)
        cursor.execute(SO_FAR, (this, this, *here, this, this, key))
        return SoFar(*cursor.fetchone())


def _refuse_too_many(so_far: SoFar, tries: int | None) -> None:
    if so_far.waiting >= MOST_QUEUED:
        detail = _("Many of your answers here still wait to be marked. All are kept; please wait a little.")
        raise Refused(429, _("Please wait"), detail)
    if tries is None:
        return
    if so_far.used >= tries:
        raise Refused(409, _("No try left"), _("All your tries for this variant are used."))
    if so_far.used + so_far.pending >= tries:
        detail = _("Your last try is still being marked. It is kept; its verdict will be here soon.")
        raise Refused(409, _("Being marked"), detail)
