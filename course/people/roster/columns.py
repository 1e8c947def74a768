"""Which column of a roster holds what: the names that schools and LMSs give them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.people.roster.table import FileProblem

NAME = "name"
FIELDS: dict[str, Promise] = {
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "email": gettext_lazy("e-mail"),
    "username": gettext_lazy("username"),
    "student_number": gettext_lazy("student number"),
    "lms_id": gettext_lazy("LMS id"),
    "section": gettext_lazy("section"),
    NAME: gettext_lazy("name"),
}
KEYS = ("lms_id", "student_number", "email", "username")  # any of them tells people apart, the surest first
KNOWN = {
    NAME: "name, full name, student, student name, display name, learner, vollständiger name, nom complet",
    "first_name": "first name, first, firstname, given name, forename, vorname, prénom, nombre",
    "last_name": "last name, last, lastname, surname, family name, nachname, familienname, nom, apellido, "
    "apellidos, apellido(s)",
    "email": "e-mail, email, mail, email address, e-mail address, university email, e-mail-adresse, "
    "courriel, correo, correo electrónico, adresse de courriel",
    "username": "username, user name, user, login, login id, sis login id, user id, netid, net id, unikey, "
    "benutzername, anmeldename, nom d'utilisateur, usuario",
    "student_number": "student number, student no, student no., student id, studentid, student id number, "
    "id number, matriculation number, matriculation, matrikelnummer, matrikel-nr, matrikelnr, sis user id, "
    "orgdefinedid, org defined id, sid, candidate number, numéro étudiant, número de estudiante",
    "lms_id": "lms id, id, canvas id, moodle id, lms user id, external id",
    "section": "section, sections, group, groups, class, lab, tutorial, gruppe, kurs, groupe, grupo, sección",
}


def _plain(name: str) -> str:
    """Without case, accents, spaces and signs: how two spellings of a name are one."""
    apart = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in apart if sign.isalnum())


FIELD_OF = {_plain(name): field for field, names in KNOWN.items() for name in names.split(", ")}


@dataclass(frozen=True, slots=True)
class Columns:
    """For each column its field, or "" where it is not read; ``unread`` are the names of those."""

    fields: tuple[str, ...]
    unread: tuple[str, ...]


def read_columns(header: Sequence[str], line: int = 1) -> Columns:
    """What each column holds, by its name in the first line. Raises FileProblem that says what is missing."""
    fields = tuple(FIELD_OF.get(_plain(name), "") for name in header)
    for field, words in FIELDS.items():
        if fields.count(field) > 1:
            raise FileProblem(_("Two columns are the %(field)s. Take one out.") % {"field": words}, line)
    if not set(fields) & set(KEYS):
        found = ", ".join(_shown(name) for name in header[:10] if name.strip())
        raise FileProblem(
            _(
                "The first line names the columns, and one of them has to tell people apart: e-mail, "
                "username, student number or LMS id. This one reads: %(found)s."
            )
            % {"found": found or "–"},
            line,
        )
    unread = (_shown(name) for name, field in zip(header, fields, strict=True) if not field and name.strip())
    return Columns(fields, tuple(unread))


def _shown(text: str) -> str:
    """Foreign text for a message: short, and printable."""
    return "".join(sign if sign.isprintable() else "?" for sign in text.strip()[:40])
