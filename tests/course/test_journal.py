"""The journal: who changed what, and who may read of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from course.people import journal
from course.people.models import Content, Course, Data, Enrolment, Entry, User

Browser = Callable[[str | None], Client]
Person = Callable[[str], User]
PAGE = "/c/backprop/changes/"


@pytest.fixture
def two_lines(demo: Course, person: Person) -> Course:
    """A change of the course by the instructor, and one of a student by a command."""
    journal.note(demo, person("instructor"), "course.titled", old="Backprop", new="Backpropagation")
    journal.note(demo, None, "people.left", whom=person("student"), name="Ada Stone")
    return demo


def test_a_line_says_who_changed_what_and_when(two_lines: Course, browser_of: Browser) -> None:
    page = browser_of("instructor").get(PAGE).content.decode()
    assert "<b>Iris Field</b> changed the title from “Backprop” to “Backpropagation”" in page
    assert "<b>A command</b> marked Ada Stone as having left" in page
    assert page.index("A command</b>") < page.index("Iris Field</b>")


@pytest.mark.parametrize(("reader", "lines"), [("instructor", 2), ("assistant", 2), ("observer", 1)])
def test_who_may_not_see_students_reads_nothing_of_them(
    two_lines: Course, browser_of: Browser, person: Person, reader: str, lines: int
) -> None:
    browser = browser_of(reader)
    assert len(browser.get(PAGE).context["lines"]) == lines
    about = browser.get(f"{PAGE}?whom={person('student').pk}").content.decode()
    assert ("Ada Stone" in about) is (lines == 2)


def test_the_lines_can_be_narrowed_to_a_room_a_person_and_whom_they_are_about(
    two_lines: Course, browser_of: Browser, person: Person
) -> None:
    browser = browser_of("instructor")

    def found(query: str) -> list[str]:
        return [line["entry"].what for line in browser.get(f"{PAGE}?{query}").context["lines"]]

    assert found("room=people") == ["people.left"]
    assert found(f"by={person('instructor').pk}") == ["course.titled"]
    assert found("by=command") == ["people.left"]
    assert found(f"whom={person('student').pk}") == ["people.left"]
    assert found("room=nonsense") == found("by=nonsense") == found(f"whom={10**30}") == []


def test_what_was_changed_may_be_a_number_or_a_date(demo: Course, person: Person) -> None:
    entry = journal.note(
        demo, person("instructor"), "x.y", to=Decimal("1.5"), on=datetime(2027, 2, 1, tzinfo=UTC)
    )
    entry.refresh_from_db()
    assert journal.sentence(entry) == "x.y on=2027-02-01T00:00:00Z to=1.5"


def test_a_line_without_a_name_that_its_sentence_needs_has_a_dash(demo: Course) -> None:
    entry = journal.note(demo, None, "course.titled", old="100 % right")
    assert journal.sentence(entry) == "changed the title from “100 % right” to “–”"


def test_every_sentence_of_every_room_can_be_said(demo: Course) -> None:
    import_module("course.urls")
    assert {"course", "people"} <= set(journal.GROUPS)
    for name, group in journal.GROUPS.items():
        for code in group.sentences:
            assert code.startswith(f"{name}.")
            assert journal.sentence(Entry(course=demo, what=code, about={}))


def test_the_page_holds_fifty_lines_and_takes_as_many_queries_as_with_one(
    two_lines: Course, browser_of: Browser, person: Person
) -> None:
    browser = browser_of("instructor")
    with CaptureQueriesContext(connection) as few:
        browser.get(PAGE)
    everyone = [(person(name), {"name": name}) for name in ("student", "student2")] * 30
    journal.note_all(two_lines, person("instructor"), "people.left", everyone)
    with CaptureQueriesContext(connection) as many:
        assert len(browser.get(PAGE).context["lines"]) == 50
    assert len(many) <= len(few)
    assert len(browser.get(f"{PAGE}?page=2").context["lines"]) == 12


def test_a_line_outlives_the_account_of_who_changed_it(two_lines: Course, person: Person) -> None:
    person("instructor").delete()
    assert Entry.objects.filter(by=None).count() == 2


def test_another_courses_lines_are_not_seen(two_lines: Course, browser_of: Browser, person: Person) -> None:
    other = Course.objects.create(slug="other", title="Other")
    rights = {"role": "instructor", "content": Content.OWNER, "data": Data.GRADER}
    Enrolment.objects.create(course=other, user=person("outsider"), **rights)
    assert browser_of("outsider").get("/c/other/changes/").context["lines"] == []
