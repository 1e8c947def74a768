"""What the self-tests found, in words: one line a test, one line a synthetic student."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from course.work.feedback import ICONS, STATES, WORDS
from course.work.mathml import math, prose
from course.work.sheet import STEP_NAMES
from exercises.finding import Finding, Test, Told
from exercises.prose import texts
from grader.job import Outcome

NAMES: Mapping[str, str | Promise] = {
    "variants": gettext_lazy("Numbers"),
    "references": gettext_lazy("References"),
    "marking": gettext_lazy("Right answers"),
    "tolerance": gettext_lazy("Tolerance"),
    "distinguishable": gettext_lazy("Misconceptions"),
    "students": gettext_lazy("Synthetic students"),
}
NOTES: Mapping[str, str | Promise] = {
    "hidden": gettext_lazy("Equal to what is right, on any numbers:"),
    "alike": gettext_lazy("Equal to one another, on any numbers:"),
    "coincident": gettext_lazy("Equal to what is right at your own numbers:"),
    "clash": gettext_lazy("Equal to one another by chance:"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One test as a page says it."""

    name: str
    says: str
    passed: bool
    faults: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """One synthetic student as a page says it."""

    box: SafeString
    misconception: str
    typed: str
    icon: str
    state: str
    outcome: str
    told: SafeString | str
    right: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One exercise with all that was found of it."""

    id: str
    step: str
    title: SafeString
    passed: bool
    lines: tuple[Line, ...]
    students: tuple[Cast, ...]


def shown(finding: Finding) -> Shown:
    """A finding in words."""
    return Shown(
        finding.exercise,
        str(STEP_NAMES[finding.step]),
        prose(finding.title),
        finding.passed,
        tuple(map(line, finding.tests)),
        tuple(map(_cast, finding.students)),
    )


def line(test: Test) -> Line:
    """A test in words."""
    says = "" if test.faults else SAYS[test.id](test.figures)
    notes = tuple((str(NOTES[kind]), "; ".join(found)) for kind, found in test.notes.items() if found)
    return Line(str(NAMES[test.id]), says, not test.faults, test.faults, notes)


def _variants(figures: Mapping[str, Any]) -> str:
    found = int(figures.get("found", 0))
    return ngettext(
        "Good numbers were found on the one seed that was tried.",
        "Good numbers were found on each of %(found)d seeds.",
        found,
    ) % {"found": found}


def _references(figures: Mapping[str, Any]) -> str:
    if not figures.get("gap"):
        return _("There is nothing to differentiate, or the references agree to the last digit.")
    return _("NumPy, SymPy and differences of the loss agree; they are at most %(gap)s apart.") % {
        "gap": f"{float(figures['gap']):.0e}"
    }


def _marking(figures: Mapping[str, Any]) -> str:
    return _("Right numbers and right expressions are marked right.")


def _tolerance(figures: Mapping[str, Any]) -> str:
    if "share" not in figures:
        return _("No wrong rule comes near what is right.")
    return _("%(now)s lets no misconception through; %(share)s would let %(id)s through in box %(box)s.") % {
        "now": f"{float(figures['tolerance']):.2%}",
        "share": f"{float(figures['share']):.2%}",
        "id": figures["id"],
        "box": figures["box"],
    }


def _distinguishable(figures: Mapping[str, Any]) -> str:
    return _("%(told)s of %(all)s wrong rules are told by their own name.") % figures


def _students(figures: Mapping[str, Any]) -> str:
    return (
        _("%(all)s students with one misconception each got the right mark; %(named)s were told it by name.")
        % figures
    )


SAYS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "variants": _variants,
    "references": _references,
    "marking": _marking,
    "tolerance": _tolerance,
    "distinguishable": _distinguishable,
    "students": _students,
}


def _cast(told: Told) -> Cast:
    outcome = Outcome(told.outcome)
    state = STATES[outcome]
    question = texts("misconceptions").get(told.told, "")
    return Cast(
        math(told.box),
        told.misconception,
        told.typed,
        ICONS[state],
        state,
        _(WORDS[outcome]),
        prose(_(question)) if question else _("no name, only a question about the box"),
        told.right,
    )
