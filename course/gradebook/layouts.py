"""The layouts of files that learning management systems import, as data (docs/gradebook.md has the sources).

A layout says which columns come before and after the scores, and how a column of scores is headed. Nothing
else differs between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from course.gradebook.book import Student
from course.gradebook.identifying import DIGITS, FORMULA, IDENTIFIERS, plain, valid

Source = Callable[[Student, str], str]  # a student and the chosen identifier -> the cell
LATER = "Last downloaded from this course"  # a column of this name turns on a check in Moodle


@dataclass(frozen=True, slots=True)
class Scored:
    """A column of scores: its title, what can be reached, and the id that the LMS gave it."""

    title: str
    possible: Decimal
    lms_id: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file looks. ``heads``: identifier -> the name of its column; the first is the usual one."""

    id: str
    words: str | Promise
    heads: dict[str, str]
    before: tuple[tuple[str, Source], ...] = ()  # a head of "{key}" is that of the chosen identifier
    after: tuple[tuple[str, str], ...] = ()
    title: Callable[[Scored], str] = lambda column: column.title
    possible: str = ""  # first cell of a second line with what can be reached; empty: no such line
    separator: str = ","
    comma: bool = True  # decimal commas can be had, with semicolons between the cells
    quoted: bool = False
    excused: str = ""  # what an excused student has; empty: nothing, so the score is left out
    numeric: tuple[str, ...] = ()  # identifiers that are numbers there
    single: bool = False  # one column of scores only
    needs_column: bool = False  # a column whose id in the LMS is not known is left out
    suffix: str = "csv"


def name_or(student: Student, identifier: str) -> str:
    """The name; the identifier in place of one that a spreadsheet might compute."""
    name = plain(student.name)
    return identifier if not name or name.startswith(FORMULA) else name


def _key(_student: Student, identifier: str) -> str:
    return identifier


def _marked(_student: Student, identifier: str) -> str:
    return f"#{identifier}"


def _valid(kind: str) -> Source:
    return lambda student, _identifier: valid(IDENTIFIERS[kind], student)


def _canvas_id(student: Student, _identifier: str) -> str:
    return student.lms_id if DIGITS.fullmatch(student.lms_id) else ""


def _section(student: Student, _identifier: str) -> str:
    section = plain(student.section)
    return "" if section.startswith(FORMULA) else section


def _canvas_title(column: Scored) -> str:
    if DIGITS.fullmatch(column.lms_id):
        return f"{column.title} ({column.lms_id})"
    return re.sub(r"\s*\((\d+)\)$", r" - \1", column.title)  # else Canvas would take it for its own id


def _amount(number: Decimal) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def _in_brackets(column: Scored) -> str:
    return f"{_round(column.title)} [{_amount(column.possible)}]"


def _blackboard_title(column: Scored) -> str:
    title = _round(column.title).replace("|", "-")
    return f"{title} [Total Pts: {_amount(column.possible)} Score] |{column.lms_id}"


def _round(title: str) -> str:
    return title.translate(str.maketrans("[]", "()"))


LAYOUTS = {
    one.id: one
    for one in (
        Layout(
            "canvas",
            "Canvas",
            {"username": "SIS Login ID", "number": "SIS User ID", "lms": "ID"},
            before=(
                ("Student", name_or),
                ("ID", _canvas_id),
                ("SIS User ID", _valid("number")),
                ("SIS Login ID", _valid("username")),
                ("Section", _section),
            ),
            title=_canvas_title,
            possible="    Points Possible",
            numeric=("lms",),
            excused="EX",
        ),
        Layout(
            "moodle",
            "Moodle",
            {"username": "username", "email": "email", "number": "idnumber", "lms": "userid"},
            before=(("{key}", _key),),
            numeric=("lms",),
        ),
        Layout(
            "brightspace",
            "Brightspace (D2L)",
            {"username": "Username", "number": "OrgDefinedId"},
            before=(("{key}", _marked),),
            after=(("End-of-Line Indicator", "#"),),
            title=lambda column: f"{column.title} Points Grade",
            comma=False,
        ),
        Layout(
            "blackboard",
            "Blackboard",
            {"username": "Username"},
            before=(("{key}", _key),),
            title=_blackboard_title,
            separator="\t",
            comma=False,
            quoted=True,
            needs_column=True,
            suffix="txt",
        ),
        Layout(
            "sakai",
            "Sakai",
            {"username": "Student ID", "number": "Student ID"},
            before=(("{key}", _key), ("Student Name", name_or)),
            title=_in_brackets,
        ),
        Layout(
            "chamilo",
            "Chamilo",
            {"username": "username"},
            before=(("{key}", _key),),
            title=lambda _column: "score",
            separator=";",
            comma=False,
            single=True,
        ),
    )
}
OTHERS: dict[str, str | Promise] = {
    "generic": _("Other systems: a line for each score (CSV)"),
    "people": _("Spreadsheet for people (CSV)"),
    "xlsx": _("Spreadsheet for people (XLSX)"),
    "everything": _("Everything of the course (JSON)"),
}
NAMES: dict[str, str | Promise] = {one.id: one.words for one in LAYOUTS.values()} | OTHERS
USUAL = "people"  # until a course chooses another


def titles(layout: Layout, columns: Sequence[Scored]) -> list[Scored]:
    """The columns with titles that no system mistakes: on one line, no formula, no two heads alike."""
    found: list[Scored] = []
    taken: set[str] = set()
    for column in columns:
        title = plain(column.title)
        if not title or title.startswith((*FORMULA, "*", "#")) or title == LATER:
            title = f"Assignment {title}".strip()
        number, tried = 1, Scored(title, column.possible, column.lms_id)
        while layout.title(tried).casefold() in taken:
            number += 1
            tried = Scored(f"{title} - {number}", column.possible, column.lms_id)
        taken.add(layout.title(tried).casefold())
        found.append(tried)
    return found


def heads(layout: Layout, key: str, columns: Sequence[Scored]) -> list[list[str]]:
    """The first line of a file, and the second with what can be reached where the layout has one."""
    before = [layout.heads[key] if head == "{key}" else head for head, _source in layout.before]
    after = [head for head, _cell in layout.after]
    lines = [[*before, *map(layout.title, columns), *after]]
    if layout.possible:
        blank = [""] * (len(before) - 1)
        lines.append([layout.possible, *blank, *(_amount(column.possible) for column in columns)])
    return lines


def line(layout: Layout, student: Student, identifier: str, scores: Sequence[str]) -> list[str]:
    """A student's line."""
    before = (source(student, identifier) for _head, source in layout.before)
    return [*before, *scores, *(cell for _head, cell in layout.after)]
