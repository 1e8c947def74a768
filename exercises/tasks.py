"""The one task of the checking worker: an author's text comes in, a finding an exercise goes out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from exercises.bank import BankError, read
from exercises.findings import findings
from exercises.worker import RECORDS, app

log = logging.getLogger(__name__)


@app.task(name="exercises.check")  # type: ignore[untyped-decorator]
def check(token: str, text: str) -> None:
    """Send ``course.checked(token, place, of, finding)`` for each, or ``course.check_failed(token, why)``."""
    for task, arguments in messages(token, text):
        app.send_task(task, arguments, queue=RECORDS, ignore_result=True)


def messages(token: str, text: str) -> Iterator[tuple[str, list[Any]]]:
    """The messages that go to the site, one after the other, as the self-tests find them."""
    try:
        exercises = read(text)
        for place, finding in enumerate(findings(exercises), start=1):
            yield "course.checked", [token, place, len(exercises), finding.model_dump(mode="json")]
    except BankError as error:
        yield "course.check_failed", [token, str(error)]
    except Exception as error:  # the one logged boundary of this process
        log.exception("A file could not be checked.")
        yield "course.check_failed", [token, f"The checker stopped: {type(error).__name__}."]
