"""Tables for spreadsheets: one function for every CSV of the site, in which no cell can become a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

BOM = "\ufeff"  # with it Excel reads UTF-8 as such
_FORMULA = re.compile(r"^[\s]*[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"^-?[0-9]+([.,][0-9]+)?$")


def cell(value: object) -> object:
    """A value as it may stand in a spreadsheet: text that would be taken for a formula gets an apostrophe.

    >>> cell("=1+1"), cell("-0.5"), cell("- 2*w"), cell(-3), cell(None)
    ("'=1+1", '-0.5', "'- 2*w", -3, '')
    """
    if value is None:
        return ""
    if not isinstance(value, str) or _NUMBER.match(value):
        return value
    return f"'{value}" if _FORMULA.match(value) else value


class _Echo:
    """What the csv module writes to: hands back each line."""

    def write(self, line: str) -> str:
        """The line."""
        return line


def csv_lines(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The table line by line, the head first."""
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow([cell(value) for value in head])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def csv_reply(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The table as a file to keep, sent as it is made."""
    return StreamingHttpResponse(
        csv_lines(head, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
