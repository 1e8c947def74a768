"""The self-tests of a revision: asked of the checking worker, and what comes back from it.

The row is the truth. A message that is lost leaves a check that waits; the page then offers to ask again.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from pydantic import ValidationError

from course.authoring.models import Check, CheckState, Revision
from course.authoring.revisions import read_text
from course.work import sending
from exercises.finding import Finding

log = logging.getLogger(__name__)
CHECKING = "checking"  # the queue of exercises.worker
SALT = "course.authoring.check"
SILENT = timedelta(seconds=300)  # after which a check that says nothing may be begun anew
LONGEST_FAULT = 4000  # characters
OPEN = (CheckState.QUEUED, CheckState.RUNNING)


def newest_check(revision: Revision) -> Check | None:
    """The last check of a revision, if it was ever checked."""
    return revision.checks.order_by("-pk").first()


def begin(revision: Revision) -> Check:
    """Have the revision checked; a check that is under way or has passed is not begun a second time.

    A text that cannot be read fails at once, with what is wrong with it.
    """
    last = newest_check(revision)
    if last is not None and (last.state == CheckState.PASSED or not is_over(last)):
        return last
    text = read_text(revision.text)
    if text.problems:
        fault = "\n".join(f"line {each.line}: {each.words}" for each in text.problems)
        return Check.objects.create(
            revision=revision, state=CheckState.FAILED, fault=fault[:LONGEST_FAULT], ended_at=timezone.now()
        )
    check = Check.objects.create(revision=revision, total=len(text.exercises))
    token = Signer(salt=SALT).sign(str(check.pk))
    arguments = [token, revision.text]
    transaction.on_commit(partial(sending_now, "exercises.check", arguments))
    return check


def sending_now(task: str, arguments: list[Any]) -> bool:
    """Whether the broker took the message."""
    return sending.sender.send(task, arguments, CHECKING)


def is_over(check: Check) -> bool:
    """Whether nothing more will come: it has ended, or has been silent for too long."""
    return check.state not in OPEN or timezone.now() - check.begun_at > SILENT


def record(token: str, place: int, total: int, finding: dict[str, Any]) -> bool:
    """Store what was found of one exercise; whether it was. A forged, late or repeated one: no."""
    pk = _read_token(token)
    try:
        Finding.model_validate(finding)
    except ValidationError as error:
        log.error("Check %s: what the checker sent is no finding: %s", pk, error)
        return False
    with transaction.atomic():
        check = Check.objects.select_for_update().filter(pk=pk or 0, state__in=OPEN).first()
        if check is None or total != check.total or not 1 <= place <= total:
            log.info("Check %s waits for no such finding.", pk)
            return False
        check.found[str(place)] = finding
        check.state = _state(check)
        check.ended_at = None if check.state in OPEN else timezone.now()
        check.save(update_fields=["found", "state", "ended_at"])
    return True


def _state(check: Check) -> CheckState:
    if len(check.found) < check.total:
        return CheckState.RUNNING
    found = (Finding.model_validate(one) for one in check.found.values())
    return CheckState.PASSED if all(one.passed for one in found) else CheckState.FAILED


def record_failure(token: str, reason: str) -> bool:
    """The checker could not go on: the check has failed, with the reason."""
    pk = _read_token(token)
    failed = Check.objects.filter(pk=pk or 0, state__in=OPEN)
    return bool(failed.update(state=CheckState.FAILED, fault=str(reason)[:LONGEST_FAULT], ended_at=Now()))


def _read_token(token: str) -> int | None:
    try:
        return int(Signer(salt=SALT).unsign(token))
    except BadSignature:
        log.warning("A finding with a token that is not ours was thrown away.")
        return None


def findings_of(check: Check) -> list[Finding]:
    """What was found so far, in the order of the file."""
    return [Finding.model_validate(check.found[place]) for place in sorted(check.found, key=int)]
