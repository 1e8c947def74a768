"""The pages about a course's people: the roster, one person, sections, adding one by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from course.people.models import Accommodation, Course, Enrolment, Entry, Invitation, Section, User
from course.people.roster.rows import read_roster

Browser = Callable[[str | None], Client]
PEOPLE = "/c/backprop/people/"


@pytest.fixture
def owner(browser_of: Browser) -> Client:
    """The instructor's browser."""
    return browser_of("instructor")


@pytest.fixture
def labs(demo: Course) -> tuple[Section, Section]:
    """Two sections; the first has the student."""
    one, two = (Section.objects.create(course=demo, name=name) for name in ("Lab 1", "Lab 2"))
    Enrolment.objects.filter(user__username="student").update(section=one, student_number="4711")
    return one, two


def place(name: str) -> Enrolment:
    return Enrolment.objects.select_related("section", "user").get(user__username=name)


def page_of(name: str) -> str:
    return f"{PEOPLE}{place(name).pk}/"


def names(browser: Client, query: str = "") -> list[str]:
    return [str(row.user.username) for row in browser.get(f"{PEOPLE}?{query}").context["page_obj"]]


def test_the_roster_is_found_sorted_and_narrowed(owner: Client, labs: tuple[Section, Section]) -> None:
    Enrolment.objects.filter(user__username="student2").update(active=False)
    assert names(owner) == ["instructor", "assistant", "observer", "student"]
    assert names(owner, "sort=joined") == ["observer", "assistant", "instructor", "student"]
    assert names(owner, "q=ada+sto") == names(owner, "q=4711") == ["student"]
    assert names(owner, f"section={labs[0].pk}") == ["student"]
    assert names(owner, "section=none&state=left") == names(owner, "state=left") == ["student2"]
    assert sorted(names(owner, "state=staff")) == ["assistant", "instructor", "observer"]
    assert (
        names(owner, "state=nonsense") == names(owner, "section=x") == names(owner, f"section={10**20}") == []
    )
    assert names(owner, "sort=number")[-1] == "student"


def test_the_roster_shows_fifty_a_page_and_takes_no_more_queries_for_them(
    owner: Client, demo: Course, labs: tuple[Section, Section]
) -> None:
    with CaptureQueriesContext(connection) as few:
        owner.get(PEOPLE)
    users = User.objects.bulk_create(User(username=f"p{n:03}", last_name=f"P{n:03}") for n in range(60))
    rows = Enrolment.objects.bulk_create(Enrolment(course=demo, user=user, section=labs[0]) for user in users)
    Accommodation.objects.bulk_create(Accommodation(enrolment=row, extra_days=1) for row in rows)
    with CaptureQueriesContext(connection) as many:
        assert len(owner.get(PEOPLE).context["page_obj"].object_list) == 50
    assert len(many) <= len(few)
    assert "1 more day" in owner.get(f"{PEOPLE}?page=2").content.decode()


def test_an_empty_course_says_how_people_come_in(owner: Client) -> None:
    Enrolment.objects.filter(role="student").delete()
    page = owner.get(PEOPLE).content.decode()
    assert "There are no students yet" in page
    assert "/c/backprop/people/import/" in page


def test_ticked_students_are_put_in_a_section_and_staff_are_not(
    owner: Client, labs: tuple[Section, Section]
) -> None:
    everyone = [place(name).pk for name in ("student", "student2", "instructor")]
    owner.post(PEOPLE, {"place": everyone, "section": labs[1].pk})
    found = [str(place(name).section) for name in ("student", "student2", "instructor")]
    assert found == ["Lab 2", "Lab 2", "None"]
    assert Entry.objects.get().about == {"people": 2, "section": "Lab 2"}
    owner.post(PEOPLE, {"place": [everyone[0]], "section": "none"})
    assert place("student").section is None
    assert owner.post(PEOPLE, {"place": everyone, "section": "nonsense"}).status_code == 404


def test_sections_are_made_renamed_and_deleted_and_their_people_stay(
    owner: Client, labs: tuple[Section, Section]
) -> None:
    address = f"{PEOPLE}sections/"
    owner.post(address, {"do": "make", "name": " Lab  3 "})
    owner.post(address, {"do": "rename", "section": labs[1].pk, "name": "Lab II"})
    assert "already" in owner.post(address, {"do": "make", "name": "LAB II"}).content.decode()
    assert (
        "already"
        in owner.post(address, {"do": "rename", "section": labs[0].pk, "name": "lab 3"}).content.decode()
    )
    assert "no name has" in owner.post(address, {"do": "make", "name": "a\u202eb"}).content.decode()
    owner.post(address, {"do": "delete", "section": labs[0].pk})
    assert [section.name for section in Section.objects.order_by("name")] == ["Lab 3", "Lab II"]
    assert (place("student").active, place("student").section) == (True, None)
    assert list(Entry.objects.order_by("pk").values_list("what", flat=True)) == [
        "people.section_made",
        "people.section_renamed",
        "people.section_deleted",
    ]


def test_a_section_of_another_course_is_not_found(owner: Client) -> None:
    other = Section.objects.create(course=Course.objects.create(slug="other", title="Other"), name="A")
    for action in ("rename", "delete"):
        sent = {"do": action, "section": other.pk, "name": "B"}
        assert owner.post(f"{PEOPLE}sections/", sent).status_code == 404


def test_an_accommodation_is_given_changed_and_taken_away_each_with_a_line(
    owner: Client, browser_of: Browser
) -> None:
    address, sent = page_of("student"), {"do": "accommodate", "factor": "1.5", "days": "2", "note": "office"}
    owner.post(address, sent)
    given = Accommodation.objects.get()
    assert (given.time_factor, given.extra_days, given.note) == (Decimal("1.5"), 2, "office")
    page = browser_of("student").get("/c/backprop/").content.decode()
    assert "You have 1.5× time and 2 more days" in page
    assert "office" not in page
    owner.post(address, sent)
    owner.post(address, sent | {"factor": "1", "days": "0", "note": ""})
    assert not Accommodation.objects.exists()
    assert "You have" not in browser_of("student").get("/c/backprop/").content.decode()
    told = [entry.about["old"] for entry in Entry.objects.order_by("pk")]
    assert told == ["none", "1.5× time and 2 more days"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("factor", "0.5", "greater than or equal to 1"),
        ("factor", "NaN", "Enter a number"),
        ("days", "366", "less than or equal to 365"),
        ("note", "x" * 201, "at most 200 characters"),
    ],
)
def test_an_accommodation_that_cannot_be_is_refused_in_words(
    owner: Client, field: str, value: str, words: str
) -> None:
    sent = {"do": "accommodate", "factor": "1.5", "days": "2", "note": ""} | {field: value}
    assert words in owner.post(page_of("student"), sent).content.decode()
    assert not Accommodation.objects.exists()


def test_staff_have_no_accommodation(owner: Client) -> None:
    sent = {"do": "accommodate", "factor": "1.5", "days": "2", "note": ""}
    assert owner.post(page_of("assistant"), sent).status_code == 409


def test_a_preset_gives_its_rights_and_own_ones_may_be_chosen(owner: Client) -> None:
    owner.post(page_of("student"), {"do": "rights", "preset": "assistant"})
    assert (place("student").role, place("student").content, place("student").data) == ("instructor", 1, 2)
    owner.post(page_of("student"), {"do": "rights", "preset": "own", "content": "2", "work": "1"})
    assert (place("student").content, place("student").data) == (2, 1)
    page = owner.get("/c/backprop/changes/").content.decode()
    assert "changed Ada Stone from Assistant to Staff (content: edit, students&#x27; work: look)" in page
    owner.post(page_of("student"), {"do": "rights", "preset": "student"})
    assert (place("student").role, place("student").content, place("student").data) == ("student", 0, 0)


@pytest.mark.parametrize("sent", [{"do": "rights", "preset": "observer"}, {"do": "leave"}])
def test_the_last_owner_stays_until_there_is_another(owner: Client, sent: dict[str, str]) -> None:
    reply = owner.post(page_of("instructor"), sent)
    assert reply.status_code == 409
    assert "Make somebody else one first." in reply.content.decode()
    assert (place("instructor").content, place("instructor").active) == (3, True)
    owner.post(page_of("assistant"), {"do": "rights", "preset": "instructor"})
    assert owner.post(page_of("instructor"), sent).status_code == 302
    assert owner.get(PEOPLE).status_code in {403, 404}


def test_one_who_leaves_sees_the_course_no_more_until_taken_back(owner: Client, browser_of: Browser) -> None:
    student = browser_of("student")
    owner.post(page_of("student"), {"do": "leave"})
    assert student.get("/c/backprop/").status_code == 404
    owner.post(page_of("student"), {"do": "return"})
    assert student.get("/c/backprop/").status_code == 200
    assert list(Entry.objects.order_by("pk").values_list("what", flat=True)) == [
        "people.left",
        "people.returned",
    ]


def test_details_follow_the_rules_of_a_roster(owner: Client) -> None:
    sent = {"do": "details", "student_number": " 47 11 ", "lms_id": "", "section": "New lab"}
    owner.post(page_of("student"), sent | {"first_name": "Eve", "email": "eve@uni.edu"})
    ada = place("student")
    assert (ada.student_number, str(ada.section)) == ("47 11", "New lab")
    assert (ada.user.first_name, ada.user.email) == ("Ada", "")
    page = owner.post(page_of("student"), sent | {"lms_id": "a\u202eb"}).content.decode()
    assert "This holds a character that no name has (U+202E)." in page
    assert Entry.objects.get().about["fields"] == "student number “47 11”, section “New lab”"


def test_somebody_new_is_added_by_hand_with_a_link(owner: Client) -> None:
    reply = owner.post(f"{PEOPLE}add/", {"first_name": "Eve", "email": "eve@uni.edu", "preset": "assistant"})
    eve = place("eve@uni.edu")
    assert reply["Location"] == f"{PEOPLE}{eve.pk}/"
    assert (eve.role, eve.content, eve.data) == ("instructor", 1, 2)
    assert Invitation.objects.filter(user=eve.user).exists()
    assert "/invitation/" in owner.get(reply["Location"]).content.decode()


def test_an_account_that_exists_is_added_only_after_a_look(owner: Client) -> None:
    typed = {"username": "outsider", "preset": "student"}
    reply = owner.post(f"{PEOPLE}add/", typed)
    assert "has the account “outsider” and joins with it" in reply.content.decode()
    assert not Enrolment.objects.filter(user__username="outsider").exists()
    owner.post(f"{PEOPLE}add/", typed | {"seen": reply.context["digest"]})
    assert place("outsider").role == "student"
    assert not Invitation.objects.exists()


def test_who_cannot_be_added_is_told_at_the_field(owner: Client) -> None:
    page = owner.post(f"{PEOPLE}add/", {"first_name": "Eve", "preset": "student"}).content.decode()
    assert "Give an e-mail, a username, a student number or an LMS id." in page
    page = owner.post(f"{PEOPLE}add/", {"email": "eve@", "preset": "student"}).content.decode()
    assert "This is no e-mail address." in page
    typed = {"first_name": "Eve", "username": "outsider", "preset": "student"}
    assert "is taken by Otto Wood" in owner.post(f"{PEOPLE}add/", typed).content.decode()
    reply = owner.post(f"{PEOPLE}add/", {"username": "student", "preset": "student"})
    assert reply["Location"] == page_of("student")


def test_the_roster_as_csv_is_read_by_the_import_and_changes_nothing(
    owner: Client, labs: tuple[Section, Section]
) -> None:
    User.objects.filter(username="student").update(last_name='=HYPERLINK("x")', email="ada@uni.edu")
    reply = owner.get(f"{PEOPLE}roster.csv")
    raw = b"".join(reply)  # type: ignore[call-overload]
    assert reply.headers["Content-Disposition"] == 'attachment; filename="backprop-roster.csv"'
    assert b"'=HYPERLINK" in raw
    assert sorted(one.username for one in read_roster(raw).people) == ["student", "student2"]
    sent = {"text": raw.decode("utf-8-sig"), "leave": "on"}
    page = owner.post(f"{PEOPLE}import/", sent, follow=True)
    assert page.context["plan"].counts == {"new": 0, "changed": 0, "unchanged": 2, "left": 0, "wrong": 0}
