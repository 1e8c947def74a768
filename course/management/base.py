"""What the site's commands have in common: what they print, where, and how they end.

Results go to stdout, as text or with ``--format json``; progress goes to stderr, and only to a terminal.
Exit status: 0 done, 1 something did not go through (said on stderr), 2 called wrongly.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

Row = TypeVar("Row")


class NotDoneError(CommandError):
    """What was asked for could not be done, wholly or in part; exit status 1."""

    def __init__(self, words: str) -> None:
        super().__init__(words, returncode=1)


class WrongCallError(CommandError):
    """The command was given something that makes no sense; exit status 2."""

    def __init__(self, words: str) -> None:
        super().__init__(words, returncode=2)


class SiteCommand(BaseCommand):
    """A command with an ``example`` in its help, ``--format``, and ``--dry-run`` if it ``writes``."""

    example: ClassVar[str] = ""
    writes: ClassVar[bool] = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """The parser, with the example under the options."""
        if self.example:
            kwargs |= {
                "epilog": f"example:\n  {self.example}",
                "formatter_class": RawDescriptionHelpFormatter,
            }
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds ``--format`` and, for one that writes, ``--dry-run``; call this from an override."""
        parser.add_argument(
            "--format", choices=("text", "json"), default="text", help="how to print the result"
        )
        if self.writes:
            parser.add_argument(
                "--dry-run", action="store_true", help="say what would change, and change nothing"
            )

    def tell(self, result: dict[str, Any], words: str, *, form: str) -> None:
        """Print the result: as JSON, or in ``words``."""
        self.stdout.write(json.dumps(result, ensure_ascii=False, default=str) if form == "json" else words)

    def counted(self, rows: Iterable[Row], total: int, what: str) -> Iterator[Row]:
        """The rows, with ``what 412/1,300`` on a terminal while they go by."""
        shown = sys.stderr.isatty()
        for number, row in enumerate(rows, start=1):
            yield row
            if shown and (number % 100 == 0 or number == total):
                self.stderr.write(f"\r{what} {number:,}/{total:,}", ending="\n" if number == total else "")


def undo_if(dry_run: bool) -> None:
    """Inside a transaction: take everything back at its end if this is only a dry run."""
    if dry_run:
        transaction.set_rollback(True)
