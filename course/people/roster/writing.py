"""A roster as CSV: what ``read_roster`` reads back, and what a spreadsheet takes for text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from course.people.roster.rows import DETAILS, FORMULA, Person

HEADERS = {
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "username": "Username",
    "student_number": "Student number",
    "lms_id": "LMS id",
    "section": "Section",
}
MARK = "\ufeff"  # a spreadsheet takes the file for UTF-8


def roster_lines(people: Iterable[Person]) -> Iterator[str]:
    """The file, line by line."""
    yield MARK + csv_line([HEADERS[field] for field in DETAILS])
    for person in people:
        yield csv_line([getattr(person, field) for field in DETAILS])


def csv_line(cells: Sequence[str]) -> str:
    """One line: quoted where it must be, and never a formula."""
    return ",".join(_quoted(_text(cell)) for cell in cells) + "\r\n"


def _text(cell: str) -> str:
    """An apostrophe before what a spreadsheet would work out; the reader takes it off."""
    formula = cell[:1] in {*FORMULA, "\t", "\r"} or (cell[:1] == "'" and cell[1:2] in {*FORMULA, "'"})
    return f"'{cell}" if formula and cell else cell


def _quoted(cell: str) -> str:
    needs = any(sign in cell for sign in ',;"\r\n\t') or cell != cell.strip()
    return '"' + cell.replace('"', '""') + '"' if needs else cell
