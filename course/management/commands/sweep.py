"""``manage.py sweep``: sends again what waits too long for its verdict."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from course.work.models import State, Submission
from course.work.sweeping import mark_failed_again, overdue, sweep


class Command(BaseCommand):
    """The sweeper by hand, and the way back for what was parked."""

    help = (
        "Sends again what was handed in and waits too long for its verdict. The site's worker does so by "
        "itself; this is for after a repair. Example: manage.py sweep --failed"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--failed", action="store_true", help="mark again what could not be marked before"
        )
        parser.add_argument("--dry-run", action="store_true", help="count only, send nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            failed = Submission.objects.filter(state=State.FAILED).count()
            self.stdout.write(f"{overdue().count()} wait too long, {failed} could not be marked")
            return
        if options["failed"]:
            sent, found = mark_failed_again()
            self.stdout.write(f"{sent} of {found} sent again")
            if sent < found:
                self.stdout.write("The site's worker sends the others by itself, some at a time.")
            return
        swept = sweep(overdue())
        self.stdout.write(f"{swept.sent} sent again, {swept.parked} parked for a person")
