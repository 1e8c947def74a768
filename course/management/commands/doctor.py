"""``manage.py doctor``: whether the site is well, check by check."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from course.doctor import marking, site, storing
from course.doctor.finding import State, look
from course.management.base import NotDoneError, SiteCommand

CHECKS = (*storing.CHECKS, *marking.CHECKS, *site.CHECKS)
SIGNS = {State.OK: "ok  ", State.WARN: "warn", State.FAIL: "FAIL"}


class Command(SiteCommand):
    """Looks and tells; changes nothing."""

    help = (
        "Looks at the database, the broker, the workers, what waits, the clocks, pages and exercises, "
        "and says what to do where something is wrong. Exit status 1 when a check fails."
    )
    example = "manage.py doctor --format json"
    requires_system_checks = ()  # a site that is ill is looked at all the same
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--strict`` besides what every command has."""
        super().add_arguments(parser)
        parser.add_argument("--strict", action="store_true", help="a warning counts as a failure")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(look(CHECKS))
        counts = {state: sum(one.state is state for one in findings) for state in State}
        lines = []
        for one in findings:
            lines.append(f"{SIGNS[one.state]}  {one.check:<13} {one.words}")
            if one.remedy:
                lines.append(f"{'':<20}-> {one.remedy}")
        total = ", ".join(f"{number} {state}" for state, number in counts.items() if number)
        result = {"findings": [asdict(one) for one in findings]} | {"counts": dict(counts)}
        self.tell(result, "\n".join([*lines, total]), form=options["format"])
        if counts[State.FAIL] or (options["strict"] and counts[State.WARN]):
            raise NotDoneError(f"The site is not well: {total}.")
