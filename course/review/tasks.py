"""The tasks of marking again in the site's worker, and what makes them go on when something was lost."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from course.celery import RECORDS, app
from course.review import comparing, marking, preparing
from course.review.models import UNDER_WAY, Regrade, Stage
from course.tracking.rebuilding import rebuild_items
from course.work import sending
from course.work.signals import alive

RUN = 0.5  # seconds of one message; then other messages come first


def step(regrade: Regrade) -> bool:
    """One chunk of whatever stage a regrade is at; whether there is more to do at once."""
    if regrade.stage == Stage.PREPARING:
        preparing.prepare_chunk(regrade)
        return True
    if regrade.stage == Stage.MARKING:
        marking.pump(regrade)
        return marking.finish(regrade)
    if regrade.stage == Stage.COMPARING:
        comparing.compare_chunk(regrade)
        return True
    return False


def advance(pk: int) -> None:
    """Take a regrade on for a while, then ask for more."""
    end = time.monotonic() + RUN
    while time.monotonic() < end:
        regrade = Regrade.objects.filter(pk=pk, stage__in=UNDER_WAY).first()
        if regrade is None or not step(regrade):
            return
    go_on(pk)


def go_on(pk: int) -> None:
    """Ask the site's worker to take a regrade on. Only a nudge: one that stands still is found."""
    sending.sender.send("course.regrade", [pk], RECORDS)


def record_many(results: list[list[Any]]) -> None:
    """Verdicts from the grader on jobs of regrades."""
    for pk in sorted(marking.record(results)):
        advance(pk)


def on_alive(sender: object, since: datetime, **_rest: Any) -> None:
    """The grader lives: what it was sent before and did not answer is sent again."""
    for pk in marking.sweep(since):
        go_on(pk)


app.task(advance, name="course.regrade")
app.task(record_many, name="course.record_many")
app.task(rebuild_items, name="course.recount")
alive.connect(on_alive, dispatch_uid="review")
