"""The people of a roster, line by line, with what is wrong in each line. Reads; changes nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.people.roster.columns import FIELDS, KEYS, NAME, read_columns
from course.people.roster.table import Row, read_table

LONGEST = {
    NAME: 300,
    "first_name": 150,
    "last_name": 150,
    "email": 254,
    "username": 150,
    "student_number": 64,
    "lms_id": 64,
    "section": 100,
}
REFUSED = {"Cc", "Cs", "Cn", "Zl", "Zp"}  # controls, halves of characters, and what is none
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffd\ufeff")  # turn text round
FORMULA = "=+-@"  # how a cell begins that a spreadsheet would work out


@dataclass(frozen=True, slots=True)
class Person:
    """One line of a roster. What is empty says nothing, and changes nothing."""

    line: int = 0
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    username: str = ""
    student_number: str = ""
    lms_id: str = ""
    section: str = ""

    @property
    def name(self) -> str:
        """The whole name, or what else there is to call the person."""
        whole = f"{self.first_name} {self.last_name}".strip()
        return whole or next((value for key in KEYS if (value := getattr(self, key))), "–")


DETAILS = tuple(one.name for one in fields(Person) if one.name != "line")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line: in which field ("" where it is the whole line), and what stands there."""

    line: int
    field: str
    words: str
    value: str = ""

    @property
    def field_words(self) -> str | Promise:
        """What the field is called."""
        return FIELDS.get(self.field, gettext_lazy("line"))


class CellProblem(Exception):  # noqa: N818 - it is an answer, not a fault of the program
    """A cell holds what it may not."""


@dataclass(frozen=True, slots=True)
class Roster:
    """What a file says: people, lines that are wrong, and columns that are not read."""

    people: tuple[Person, ...]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...] = ()


def read_roster(raw: bytes | str) -> Roster:
    """Read a whole file. Raises FileProblem where nothing of it can be read, and nothing else."""
    header, *rows = read_table(raw)
    columns = read_columns(header.cells, header.line)
    people, problems = list[Person](), list[Problem]()
    for row in rows:
        read = _person(row, columns.fields)
        if isinstance(read, Person):
            people.append(read)
        else:
            problems += read
    once, twice = _without_doubles(people)
    return Roster(tuple(once), tuple(sorted(problems + twice, key=lambda one: one.line)), columns.unread)


def _person(row: Row, named: tuple[str, ...]) -> Person | list[Problem]:
    if any(cell.strip() for cell in row.cells[len(named) :]):
        counts = {"cells": len(row.cells), "columns": len(named)}
        words = _(
            "has %(cells)d cells, and there are %(columns)d columns; is a cell with a comma not quoted?"
        )
        return [Problem(row.line, "", words % counts)]
    typed = {field: cell for field, cell in zip(named, row.cells, strict=False) if field}
    values, problems = dict[str, str](), list[Problem]()
    for field, cell in typed.items():
        try:
            values[field] = read_cell(field, cell)
        except CellProblem as problem:
            problems.append(Problem(row.line, field, str(problem), shown(cell)))
    return problems or _named(row.line, values)


def _named(line: int, values: dict[str, str]) -> Person | list[Problem]:
    """The person, with the one name that some files have split in two."""
    whole = values.pop(NAME, "")
    if whole and not values.get("first_name") and not values.get("last_name"):
        values["first_name"], values["last_name"] = split_name(whole)
    if not any(values.get(key) for key in KEYS):
        return [
            Problem(line, "", _("needs an e-mail, a username, a student number or an LMS id"), shown(whole))
        ]
    for field in ("first_name", "last_name"):
        if len(values.get(field, "")) > LONGEST[field]:
            return [Problem(line, NAME, _too_long(field), shown(whole))]
    return Person(line, **values)


def split_name(whole: str) -> tuple[str, str]:
    """First and last name: at the comma of "Stone, Ada", else before the last word."""
    last, comma, first = whole.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _space, last = whole.rpartition(" ")
    return first, last


def read_cell(field: str, cell: str) -> str:
    """A cell's text in its one form. Raises CellProblem in words."""
    text = unicodedata.normalize("NFC", cell.strip(" \u00a0"))
    if wrong := next((sign for sign in text if _refused(sign)), None):
        raise CellProblem(_("holds a character that no name has (U+%(code)04X)") % {"code": ord(wrong)})
    if text[:1] == "'" and text[1:2] in {*FORMULA, "'"}:
        text = text[1:]  # the mark before what a spreadsheet would work out
    text = " ".join(text.split())
    if len(text) > LONGEST[field]:
        raise CellProblem(_too_long(field))
    return CHECKS.get(field, str)(text) if text else ""


def _refused(sign: str) -> bool:
    return sign in TURNING or unicodedata.category(sign) in REFUSED


def _too_long(field: str) -> str:
    return _("is longer than %(limit)d characters") % {"limit": LONGEST[field]}


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise CellProblem(_("is no e-mail address")) from None
    return text.lower()


def _username(text: str) -> str:
    name = unicodedata.normalize("NFKC", text)
    if not all(sign.isalnum() or sign in "@.+-_" for sign in name):
        raise CellProblem(_("may hold letters, digits and @ . + - _ only"))
    return name


CHECKS: dict[str, Callable[[str], str]] = {"email": _email, "username": _username}


def _without_doubles(people: Iterable[Person]) -> tuple[list[Person], list[Problem]]:
    """Each person once; a line that has a key of an earlier line is a problem."""
    seen, once, problems = dict[tuple[str, str], int](), list[Person](), list[Problem]()
    for person in people:
        keys = list(keys_of(person))
        double = next(((key, seen[key]) for key in keys if key in seen), None)
        if double is None:
            once.append(person)
            seen |= dict.fromkeys(keys, person.line)
            continue
        (field, value), line = double
        words = _("stands in line %(line)d as well") % {"line": line}
        problems.append(Problem(person.line, field, words, shown(value)))
    return once, problems


def keys_of(person: Person) -> Iterator[tuple[str, str]]:
    """What tells the person apart, as it is compared: without regard to capitals."""
    for key in KEYS:
        if value := getattr(person, key):
            yield key, value.casefold()


def username_source(person: Person) -> str:
    """The detail that a new account is called by."""
    order = ("username", "email", "student_number", "lms_id")
    return next(name for name in order if getattr(person, name))


def new_username(person: Person) -> str:
    """What a new account is called: what the file says, or the e-mail, the student number, the LMS id."""
    value = getattr(person, username_source(person))
    kept = "".join(sign if sign.isalnum() or sign in "@.+-_" else "-" for sign in value)
    return kept[:150]


def shown(text: str) -> str:
    """Foreign text for a message: short, and printable."""
    return "".join(sign if sign.isprintable() else "?" for sign in text.strip()[:60])


def renumbered(person: Person, line: int) -> Person:
    """The same person in another line."""
    return replace(person, line=line)
