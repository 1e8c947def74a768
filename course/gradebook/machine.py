"""Files that another system imports: no blank score, nobody whom it cannot know, each number rounded once.

A blank cell deletes a grade in Moodle, and one unknown student makes it refuse the whole file. So students
are parted by which of the columns they have a score in, a file for each part; and who cannot be in any is
listed with the reason. Rows go to temporary files, so memory does not grow with the course.
"""

from __future__ import annotations

import csv
import io
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import IO, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from course.gradebook.book import Assigned, Book, Row, Student, all_rows
from course.gradebook.identifying import IDENTIFIERS, harmless, plain, problem, shared
from course.gradebook.layouts import LAYOUTS, Layout, Scored, heads, line, titles
from course.gradebook.options import Missing, Options, Unusable
from course.gradebook.rounding import Number, rounded
from course.gradebook.totals import Entry, State
from course.people.models import Enrolment

MOST_FILES = 20  # of one export
IN_MEMORY = 1 << 20  # bytes of a file that are kept in memory before it goes to the disk
BOM = "\ufeff"
TOTAL = Scored("Course total", Decimal(100))


def spool() -> IO[bytes]:
    """A file that goes to the disk when it grows."""
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)


@dataclass
class Sheet:
    """A file that is being written: bytes to read again, and how many students are in it.

    Its stream is closed with it, so nobody has to.
    """

    stream: IO[bytes] = field(default_factory=spool)
    rows: int = 0
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        weakref.finalize(self, self.stream.close)

    def open(self, **dialect: Any) -> Any:
        """A writer of lines; ``close`` it before the bytes are read."""
        self.text = io.TextIOWrapper(self.stream, encoding="utf-8", newline="", write_through=False)
        self.writer = csv.writer(self.text, lineterminator="\r\n", **dialect)
        return self.writer

    def close(self) -> None:
        """From here on everything is in the stream."""
        self.text.flush()
        self.text.detach()


@dataclass
class Export:
    """What came of it: the files, who is left out and why, and columns that could not be written."""

    sheets: list[Sheet]
    left_out: Sheet
    reasons: Counter[str]
    no_column: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Students in the files."""
        return sum(sheet.rows for sheet in self.sheets)


@lru_cache(maxsize=65536)
def number(points: Number) -> str:
    """A number as files have it: two decimals and a point."""
    return str(rounded(points))


def columns_of(book: Book, options: Options) -> list[Assigned]:
    """The chosen assignments; raises Unusable for one that is not there or if there is none."""
    if options.alone:
        return []
    found = [one for one in book.assignments if not one.hidden]
    if options.assignments:
        found = [one for one in book.assignments if one.id in options.assignments]
        if len(found) != len(options.assignments):
            raise Unusable(_("One of the chosen assignments is not in this course."))
    if not found and not options.total:
        raise Unusable(_("There is no assignment to export."))
    return found


def export(book: Book, found: QuerySet[Enrolment], options: Options) -> Export:
    """Write the files of one layout. Raises Unusable."""
    layout, chosen = LAYOUTS[options.layout], columns_of(book, options)
    no_column = [one for one in chosen if layout.needs_column and not one.lms_id.isdecimal()]
    chosen = [one for one in chosen if one not in no_column]
    with_total = options.total and not layout.needs_column
    _check(layout, len(chosen) + with_total)
    plain_columns = [Scored(one.title, one.possible, one.lms_id) for one in chosen]
    columns = titles(layout, [*plain_columns, *([TOTAL] if with_total else [])])
    writing = Writing(layout, options, columns)
    told = whom(found, options, numeric=layout.numeric)
    for row in all_rows(book, found):
        if reason := told(row.student):
            writing.leave_out(row.student, reason)
        else:
            writing.put(row.student, scores(row, chosen, options, layout.excused, total=with_total))
    return writing.finish(tuple(one.title for one in no_column))


def _check(layout: Layout, count: int) -> None:
    if not count:
        words = _("No chosen assignment has its %(layout)s column id yet, so there is nothing to write.")
        raise Unusable(words % {"layout": layout.words})
    if layout.single and count > 1:
        raise Unusable(_("%(layout)s takes one score: choose one assignment.") % {"layout": layout.words})


def whom(
    found: QuerySet[Enrolment], options: Options, *, numeric: Sequence[str] = ()
) -> Callable[[Student], str]:
    """Says why a student cannot be in the file; empty words: nothing is wrong."""
    identifier = IDENTIFIERS[options.key]
    twice, is_number = shared(identifier, found), options.key in numeric

    def told(student: Student) -> str:
        if options.roster and not student.lms_id:
            return _("not on the roster of the LMS: no id there is known")
        return problem(identifier, student, twice, numeric=is_number)

    return told


def scores(
    row: Row, chosen: Iterable[Assigned], options: Options, excused: str, *, total: bool
) -> list[str | None]:
    """The cells of a row; None where there is no score."""
    found = [cell(row.entries[one.id], options.missing, excused) for one in chosen]
    if total:
        found.append(None if row.total.percent is None else str(row.total.percent))
    if options.comma:
        found = [text.replace(".", ",") if text else text for text in found]
    return found


def cell(entry: Entry, missing: Missing, excused: str = "") -> str | None:
    """One score as a file has it; None: none."""
    if entry.state is State.COUNTS:
        return number(entry.score.points)
    if entry.state is State.EXCUSED:
        return excused or None
    has_zero = entry.state is State.MISSING and missing is Missing.DUE
    not_begun = entry.state in {State.MISSING, State.NOT_YET}
    return number(0) if has_zero or (not_begun and missing is Missing.ZERO) else None


class Writing:
    """The files while they are written: one for each set of columns that students have scores in."""

    def __init__(self, layout: Layout, options: Options, columns: Sequence[Scored]) -> None:
        self.layout, self.options, self.columns = layout, options, columns
        self.identifier = IDENTIFIERS[options.key]
        self.dialect = {
            "delimiter": ";" if options.comma else layout.separator,
            "quoting": csv.QUOTE_ALL if layout.quoted else csv.QUOTE_MINIMAL,
        }
        self.sheets: dict[tuple[bool, ...], Sheet] = {}
        self.left_out, self.reasons = Sheet(), Counter[str]()
        self.left_out.open()
        self.left_out.text.write(BOM)
        self.left_out.writer.writerow([_("Name"), _("Username"), _("Why it is in no file")])

    def put(self, student: Student, cells: Sequence[str | None]) -> None:
        """Write a student's line into the file of those who have the same columns."""
        has = tuple(text is not None for text in cells)
        sheet = self.sheets.get(has)
        if sheet is None:
            if not any(has):
                return self.leave_out(student, _("no score in any of the columns"))
            if len(self.sheets) >= MOST_FILES:
                return self.leave_out(student, _("scores in other columns than most: export them alone"))
            sheet = self.sheets[has] = self._begin(has)
        there = [text for text in cells if text is not None]
        sheet.writer.writerow(line(self.layout, student, self.identifier.read(student), there))
        sheet.rows += 1
        return None

    def _begin(self, has: tuple[bool, ...]) -> Sheet:
        columns = [column for column, there in zip(self.columns, has, strict=True) if there]
        sheet = Sheet(columns=tuple(column.title for column in columns))
        sheet.open(**self.dialect)
        if self.options.bom:
            sheet.text.write(BOM)
        sheet.writer.writerows(heads(self.layout, self.options.key, columns))
        return sheet

    def leave_out(self, student: Student, reason: str) -> None:
        """List a student with the reason; this file is for people."""
        self.left_out.writer.writerow(
            [harmless(plain(text)) for text in (student.name, student.username, reason)]
        )
        self.left_out.rows += 1
        self.reasons[reason] += 1

    def finish(self, no_column: tuple[str, ...]) -> Export:
        """Close the files, the fullest first."""
        sheets = sorted(self.sheets.values(), key=lambda sheet: (-sheet.rows, -len(sheet.columns)))
        for sheet in (*sheets, self.left_out):
            sheet.close()
        return Export(sheets, self.left_out, self.reasons, no_column)


def bytes_of(sheet: Sheet, size: int = 1 << 16) -> Iterator[bytes]:
    """A file's bytes in blocks, from its begin."""
    sheet.stream.seek(0)
    while block := sheet.stream.read(size):
        yield block
