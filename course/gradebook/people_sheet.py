"""The spreadsheet for people: names, scores, totals, letters. Not for import: cells are made harmless."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from course.gradebook.book import Assigned, Book, Row, all_rows
from course.gradebook.identifying import IDENTIFIERS, harmless, plain, valid
from course.gradebook.machine import BOM, Sheet, cell, columns_of, whom
from course.gradebook.options import Options
from course.gradebook.rounding import shown
from course.gradebook.totals import State
from course.people.models import Enrolment

BLOCK = 1 << 16  # characters that are sent at once
Cell = str | Decimal | None


def _texts(row: Row) -> list[str]:
    one = row.student
    return [one.last_name, one.first_name, one.username, one.email, one.number, one.section]


def head(columns: Iterable[Assigned]) -> list[str]:
    """The first line; what can be reached stands behind a title."""
    named = [_("Last name"), _("First name"), _("Username"), _("E-mail"), _("Student number"), _("Section")]
    scored = [f"{one.title} / {shown(one.possible)}" for one in columns]
    return [*named, *scored, _("Total %"), _("Letter")]


def cells(row: Row, columns: Iterable[Assigned], options: Options) -> list[Cell]:
    """A student's line: texts as they are, numbers rounded, None where there is none."""
    scored: list[Cell] = []
    for one in columns:
        entry = row.entries[one.id]
        text = cell(entry, options.missing)
        scored.append(_("excused") if entry.state is State.EXCUSED else Decimal(text) if text else None)
    return [*(plain(text) for text in _texts(row)), *scored, row.total.percent, row.total.letter]


def chosen_rows(book: Book, found: QuerySet[Enrolment], options: Options) -> Iterator[Row]:
    """The rows; only those on the roster of the LMS if that is asked."""
    for row in all_rows(book, found):
        if row.student.lms_id or not options.roster:
            yield row


def csv_of(book: Book, found: QuerySet[Enrolment], options: Options) -> Iterator[bytes]:
    """The file as CSV, a block at a time, with a BOM so that spreadsheets read it as UTF-8."""
    columns = columns_of(book, options)
    comma = options.comma

    def written(value: Cell) -> str:
        if isinstance(value, Decimal):
            return str(value).replace(".", ",") if comma else str(value)
        return harmless(value or "")

    lines = (
        [written(value) for value in cells(row, columns, options)]
        for row in chosen_rows(book, found, options)
    )
    first = [[harmless(plain(text)) for text in head(columns)]]
    separator = ";" if comma else ","
    return chain([BOM.encode()], blocks(first, separator), blocks(lines, separator))


def generic(
    book: Book, found: QuerySet[Enrolment], options: Options
) -> tuple[list[str], Iterator[list[str]]]:
    """Head and lines, one for each score: identifier, e-mail, assignment, points, possible."""
    columns = [(one, harmless(plain(one.title)), shown(one.possible)) for one in columns_of(book, options)]
    told = whom(found, options)
    key, email = IDENTIFIERS[options.key], IDENTIFIERS["email"]

    def lines() -> Iterator[list[str]]:
        for row in chosen_rows(book, found, options):
            if told(row.student):
                continue
            who = [key.read(row.student), valid(email, row.student)]
            for one, title, possible in columns:
                points = cell(row.entries[one.id], options.missing)
                if points is not None:
                    yield [*who, title, points.replace(".", ",") if options.comma else points, possible]

    return ["identifier", "email", "assignment", "points", "possible"], lines()


def blocks(lines: Iterable[list[str]], separator: str = ",") -> Iterator[bytes]:
    """Lines as CSV, gathered into blocks of bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    for line in lines:
        writer.writerow(line)
        if text.tell() > BLOCK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def xlsx_of(book: Book, found: QuerySet[Enrolment], options: Options) -> Sheet:
    """The file as XLSX: texts are text cells whatever they begin with, numbers are numbers."""
    columns = columns_of(book, options)
    made = Sheet()
    workbook = Workbook(made.stream, {"constant_memory": True})
    bold, two = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "0.00"})
    sheet = workbook.add_worksheet(_("Grades")[:31])
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 5, 18)
    sheet.set_column(6, 7 + len(columns), 12)
    for place, text in enumerate(head(columns)):
        sheet.write_string(0, place, plain(text), bold)
    for number, row in enumerate(chosen_rows(book, found, options), start=1):
        _write(sheet.write_string, sheet.write_number, number, cells(row, columns, options), two)
    workbook.close()
    return made


def _write(
    text: Callable[..., Any], numeric: Callable[..., Any], number: int, values: list[Cell], two: Any
) -> None:
    for place, value in enumerate(values):
        if isinstance(value, Decimal):
            numeric(number, place, float(value), two)
        elif value:
            text(number, place, value)
