"""Importing a roster on the site, and the invitations of those who came in by it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from course.people.models import Course, Enrolment, Entry, Invitation, RosterImport, User

Browser = Callable[[str | None], Client]
IMPORT = "/c/backprop/people/import/"
TWO = "first,last,email,section\nEve,Moss,eve@uni.edu,Lab 1\nFinn,Reed,finn@uni.edu,Lab 2\n"
WRONG = TWO + "Gus,Hay,gus@,\n"
PASSWORD = {"new_password1": "uphill2026", "new_password2": "uphill2026"}


@pytest.fixture
def owner(browser_of: Browser) -> Client:
    """The instructor's browser."""
    return browser_of("instructor")


def look(owner: Client, text: str, **more: str) -> str:
    """Paste a roster; the address of the look at it."""
    return str(owner.post(IMPORT, {"text": text, **more})["Location"])


def do_import(owner: Client, text: str) -> str:
    address = look(owner, text)
    seen = owner.get(address).context["plan"].digest
    assert owner.post(address, {"do": "import", "seen": seen})["Location"] == address
    return address


def link_of(owner: Client, name: str) -> str:
    lines = owner.get("/c/backprop/people/invitations/").context["lines"]
    return next(str(line["link"]) for line in lines if line["invitation"].user.username == name)


def test_a_look_says_what_would_change_and_changes_nothing(owner: Client) -> None:
    page = owner.get(look(owner, WRONG + "x,y,z,Lab,more\n")).content.decode()
    assert re.search(r"Line 4</b>: e-mail is no e-mail address <code>gus@</code>", page)
    assert "Line 5</b>: line has 5 cells" in page
    assert "New sections: Lab 1, Lab 2" in page
    assert "new account “eve@uni.edu”" in page
    assert not User.objects.filter(email="eve@uni.edu").exists()


def test_the_text_is_mended_on_the_same_page_then_imported(owner: Client) -> None:
    address = look(owner, WRONG)
    assert WRONG.strip() in owner.get(address).content.decode()
    owner.post(address, {"do": "again", "text": WRONG.replace("gus@", "gus@uni.edu")})
    plan = owner.get(address).context["plan"]
    assert plan.problems == ()
    owner.post(address, {"do": "import", "seen": plan.digest})
    assert Enrolment.objects.filter(user__email__in=["eve@uni.edu", "gus@uni.edu"]).count() == 2
    assert RosterImport.objects.get().text == ""
    assert Entry.objects.get(what="people.imported").about["new"] == 3


def test_a_mend_that_cannot_be_read_keeps_what_was_typed_and_what_was_there(owner: Client) -> None:
    address = look(owner, WRONG)
    page = owner.post(address, {"do": "again", "text": 'email\n"ada'}).content.decode()
    assert "never closed" in page
    assert "&quot;ada" in page
    assert RosterImport.objects.get().text == WRONG


def test_a_file_is_taken_as_well_and_its_name_is_kept(owner: Client) -> None:
    file = SimpleUploadedFile("class.csv", TWO.replace(",", "\t").encode("utf-16"))
    reply = owner.post(IMPORT, {"file": file})
    assert owner.get(reply["Location"]).context["plan"].counts["new"] == 2
    assert RosterImport.objects.get().name == "class.csv"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"text": ""}, "one of the two"),
        ({"text": TWO, "file": SimpleUploadedFile("a.csv", TWO.encode())}, "one of the two"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04")}, "Save it as CSV"),
        ({"file": SimpleUploadedFile("a.csv", b"")}, "There is nothing in it."),
        ({"file": SimpleUploadedFile("a.csv", b"email\n\x00")}, "Line 2: This is no text."),
        ({"text": "hello"}, "The first line names the columns"),
        ({"file": SimpleUploadedFile("a.csv", b"x" * (2 * 2**20 + 1))}, "larger than 2 MB"),
    ],
)
def test_what_is_no_roster_is_refused_in_words(owner: Client, sent: dict[str, object], words: str) -> None:
    reply = owner.post(IMPORT, sent)
    assert reply.status_code == 200
    assert words in reply.content.decode()
    assert not RosterImport.objects.exists()


def test_a_request_of_three_megabytes_is_refused_and_other_pages_keep_their_limit(owner: Client) -> None:
    assert owner.post(IMPORT, {"text": "x" * 3 * 2**20}).status_code == 413
    assert owner.post("/c/backprop/people/add/", {"email": "x" * 200_000}).status_code == 413


def test_what_changed_since_the_look_is_looked_at_again(owner: Client) -> None:
    address = look(owner, TWO)
    seen = owner.get(address).context["plan"].digest
    do_import(owner, TWO.replace("Eve", "Eva"))
    reply = owner.post(address, {"do": "import", "seen": seen}, follow=True)
    assert "The course has changed since you looked." in reply.content.decode()
    assert User.objects.get(email="eve@uni.edu").first_name == "Eva"


def test_the_last_import_is_taken_back_and_an_earlier_one_only_after_it(owner: Client) -> None:
    first, second = do_import(owner, TWO), do_import(owner, TWO.replace("Eve", "Eva"))
    assert "Take it back" not in owner.get(first).content.decode()
    assert owner.post(first, {"do": "undo"}).status_code == 409
    owner.post(second, {"do": "undo"})
    assert User.objects.get(email="eve@uni.edu").first_name == "Eve"
    reply = owner.post(first, {"do": "undo"}, follow=True)
    assert "Taken back: 2 people are out again." in reply.content.decode()
    assert "Imported, and taken back" in reply.content.decode()
    assert owner.post(first, {"do": "undo"}).status_code == 409


def test_an_import_is_done_once(owner: Client) -> None:
    address = do_import(owner, TWO)
    assert owner.post(address, {"do": "import", "seen": "x"}).status_code == 409
    assert owner.post(address, {"do": "again", "text": TWO}).status_code == 409


def test_an_import_of_another_course_is_not_found(owner: Client) -> None:
    other = RosterImport.objects.create(course=Course.objects.create(slug="other", title="Other"), text=TWO)
    assert owner.get(f"{IMPORT}{other.pk}/").status_code == 404


def test_a_draft_goes_after_a_day(owner: Client) -> None:
    look(owner, TWO)
    RosterImport.objects.update(at=timezone.now() - timedelta(hours=25))
    look(owner, TWO)
    assert RosterImport.objects.count() == 1


def test_an_invitation_lets_in_once_and_signs_in(owner: Client) -> None:
    do_import(owner, TWO)
    link, browser = link_of(owner, "eve@uni.edu"), Client()
    assert "Welcome, Eve Moss" in browser.get(link).content.decode()
    assert browser.post(link, PASSWORD)["Location"] == "/c/backprop/"
    assert browser.get("/c/backprop/").status_code == 200
    assert (
        Client().post("/sign-in/", {"username": "eve@uni.edu", "password": "uphill2026"}).status_code == 302
    )
    reply = Client().post(link, {"new_password1": "downhill2026", "new_password2": "downhill2026"})
    assert (reply.status_code, "used already" in reply.content.decode()) == (410, True)
    assert "eve@uni.edu" not in owner.get("/c/backprop/people/invitations/").content.decode()
    assert Entry.objects.filter(what="people.accepted").exists()


def test_a_bad_password_leaves_the_invitation_good(owner: Client) -> None:
    do_import(owner, TWO)
    link = link_of(owner, "eve@uni.edu")
    page = Client().post(link, {"new_password1": "eve", "new_password2": "eve"}).content.decode()
    assert "too short" in page
    assert Client().post(link, PASSWORD).status_code == 302


def test_a_new_link_voids_the_old_one_and_an_old_one_dies_by_itself(owner: Client) -> None:
    do_import(owner, TWO)
    link = link_of(owner, "eve@uni.edu")
    eve = Enrolment.objects.get(user__username="eve@uni.edu")
    owner.post(f"/c/backprop/people/{eve.pk}/", {"do": "invite"})
    assert Client().get(link).status_code == 410
    new = link_of(owner, "eve@uni.edu")
    assert Client().get(new).status_code == 200
    Invitation.objects.update(made_at=timezone.now() - timedelta(days=61))
    assert Client().get(new).status_code == 410
    assert Client().get(new[:-3] + "x/").status_code == 404


def test_a_student_who_forgot_the_password_gets_a_link_while_the_account_opens_nothing_else(
    owner: Client,
) -> None:
    do_import(owner, TWO)
    Client().post(link_of(owner, "eve@uni.edu"), PASSWORD)
    eve = Enrolment.objects.get(user__username="eve@uni.edu")
    page = f"/c/backprop/people/{eve.pk}/"
    assert "Password forgotten?" in owner.get(page).content.decode()
    assert owner.post(page, {"do": "invite"}).status_code == 302
    new = {"new_password1": "downhill2026", "new_password2": "downhill2026"}
    assert Client().post(link_of(owner, "eve@uni.edu"), new).status_code == 302
    assert (
        Client().post("/sign-in/", {"username": "eve@uni.edu", "password": "downhill2026"}).status_code == 302
    )
    other = Course.objects.create(slug="other", title="Other")
    elsewhere = Enrolment.objects.create(course=other, user=eve.user)
    assert "Password forgotten?" not in owner.get(page).content.decode()
    assert owner.post(page, {"do": "invite"}).status_code == 409
    elsewhere.delete()
    owner.post(page, {"do": "rights", "preset": "assistant"})
    assert owner.post(page, {"do": "invite"}).status_code == 409


def test_nobody_gets_a_link_to_an_account_that_teaches_elsewhere(owner: Client) -> None:
    do_import(owner, TWO)
    eve = Enrolment.objects.get(user__username="eve@uni.edu")
    other = Course.objects.create(slug="other", title="Other")
    Enrolment.objects.create(course=other, user=eve.user, role="instructor", content=3, data=2)
    lines = owner.get("/c/backprop/people/invitations/").context["lines"]
    assert [line["invitation"].user.username for line in lines] == ["finn@uni.edu"]
    assert "/invitation/" not in owner.get(f"/c/backprop/people/{eve.pk}/").content.decode()
    assert owner.post(f"/c/backprop/people/{eve.pk}/", {"do": "invite"}).status_code == 409


def test_nobody_gets_a_link_to_an_account_that_the_course_did_not_make(owner: Client) -> None:
    student = Enrolment.objects.get(user__username="student")
    assert owner.post(f"/c/backprop/people/{student.pk}/", {"do": "invite"}).status_code == 409
    do_import(owner, TWO)
    Invitation.objects.update(course=Course.objects.create(slug="other", title="Other"))
    eve = Enrolment.objects.get(user__username="eve@uni.edu")
    assert "/invitation/" not in owner.get(f"/c/backprop/people/{eve.pk}/").content.decode()
    assert owner.post(f"/c/backprop/people/{eve.pk}/", {"do": "invite"}).status_code == 409
    assert owner.get("/c/backprop/people/invitations/").context["lines"] == []


def test_the_links_are_given_as_csv_too(owner: Client) -> None:
    do_import(owner, TWO)
    reply = owner.get("/c/backprop/people/invitations.csv")
    header, eve, _finn = b"".join(reply).decode("utf-8-sig").splitlines()  # type: ignore[call-overload]
    assert header == "First name,Last name,E-mail,Username,Link,Good until"
    assert eve.startswith("Eve,Moss,eve@uni.edu,eve@uni.edu,http://testserver/invitation/")
