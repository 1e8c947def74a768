"""``manage.py lms_keys``: this site's own keys for LMSs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from course.lms import own_keys
from course.lms.models import Key
from course.management.base import SiteCommand


class Command(SiteCommand):
    """Lists the keys, or turns them over."""

    help = (
        "Lists the key pairs with which this site signs what it says to LMSs. With --rotate, makes a new "
        "one; the old public key stays published for two days, since platforms keep what they have read."
    )
    example = "manage.py lms_keys --rotate"
    writes = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--rotate`` besides what every command has."""
        super().add_arguments(parser)
        parser.add_argument("--rotate", action="store_true", help="make a new key and retire the old ones")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rotate"] and not options["dry_run"]:
            own_keys.rotate()
        rows = [
            {"kid": key.kid, "made": key.made_at, "retired": key.retired_at}
            for key in Key.objects.order_by("pk")
        ]
        lines = [
            f"{row['kid']}  made {row['made']:%Y-%m-%d}{'  retired' if row['retired'] else ''}"
            for row in rows
        ]
        if options["rotate"] and options["dry_run"]:
            lines.append("A new key would be made, and the others retired.")
        self.tell({"keys": rows}, "\n".join(lines) or "There is no key yet.", form=options["format"])
