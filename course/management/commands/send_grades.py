"""``manage.py send_grades``: brings the gradebooks of connected LMSs up to date."""

from __future__ import annotations

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.db import DatabaseError, close_old_connections

from course.lms import comparing, pushing
from course.lms.models import Context, Push, PushState
from course.management.base import SiteCommand

log = logging.getLogger(__name__)
PAUSE = 5.0  # seconds between two rounds


class Command(SiteCommand):
    """One round, or round after round as a program of its own: a slow LMS then holds up nothing else."""

    help = (
        "Compares the scores of courses that send grades to an LMS with what was sent, and sends what "
        "differs. `make run` keeps it running with --forever; a production site has a service for it."
    )
    example = "manage.py send_grades --dry-run --format json"
    writes = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--forever`` besides what every command has."""
        super().add_arguments(parser)
        parser.add_argument("--forever", action="store_true", help="go on until it is stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        while options["forever"]:
            self._round()
            time.sleep(PAUSE)
        if options["dry_run"]:
            self._preview(options["format"])
            return
        sent = pushing.round_trip()
        waiting = Push.objects.filter(state=PushState.WAITING).count()
        self.tell(
            {"sent": sent, "waiting": waiting}, f"{sent} sent, {waiting} still wait", form=options["format"]
        )

    def _round(self) -> None:
        """A database that is away for a while ends nothing."""
        close_old_connections()
        try:
            pushing.round_trip()
        except DatabaseError:
            log.exception("No grades could be sent just now")

    def _preview(self, form: str) -> None:
        """What the next round would put on its way."""
        counts = {
            str(context): comparing.behind(context)
            for context in Context.objects.filter(sends=True).select_related("course").order_by("pk")
        }
        lines = [f"{number:5} to send  {name}" for name, number in counts.items()]
        self.tell({"to_send": counts}, "\n".join(lines) or "No course sends grades.", form=form)
