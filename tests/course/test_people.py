"""Signing in, up and out; passwords; join codes; guessing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from course.people import guessing
from course.people.models import Course, Enrolment, User

Browser = Callable[[str | None], Client]
NEW = {
    "join_code": "chain-rule",
    "username": "newcomer",
    "password1": "uphill2026",
    "password2": "uphill2026",
}


def sign_in(browser: Client, password: str, name: str = "student") -> int:
    return browser.post("/sign-in/", {"username": name, "password": password}).status_code


def test_the_demo_student_signs_in_and_sees_the_course(demo: Course) -> None:
    browser = Client()
    reply = browser.post("/sign-in/", {"username": "student", "password": "backprop"}, follow=True)
    assert reply.redirect_chain == [("/", 302)]
    assert "Backpropagation" in reply.content.decode()


def test_a_wrong_password_is_told_in_words(demo: Course) -> None:
    reply = Client().post("/sign-in/", {"username": "student", "password": "no"})
    assert reply.status_code == 200
    assert "correct username and password" in reply.content.decode()


def test_guessing_one_password_is_stopped_even_for_the_right_one(demo: Course) -> None:
    browser = Client()
    for _ in range(guessing.PER_NAME):
        assert sign_in(browser, "wrong") == 200
    assert sign_in(browser, "backprop") == 429
    assert sign_in(browser, "backprop", "student2") == 302


def test_another_spelling_of_a_name_is_no_new_name_to_guess_at(demo: Course) -> None:
    for number in range(guessing.PER_NAME):
        assert sign_in(Client(), "wrong", " " * number + ("student" if number % 2 else "\uff53tudent")) == 200
    assert sign_in(Client(), "backprop", "  student") == 429


def test_a_pause_ends_by_itself(demo: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Client()
    for _ in range(guessing.PER_NAME):
        sign_in(browser, "wrong")
    monkeypatch.setattr(guessing, "PAUSE", guessing.PAUSE * 0)
    assert sign_in(browser, "backprop") == 302


def test_a_join_code_makes_an_account_in_its_course(demo: Course) -> None:
    browser = Client()
    reply = browser.post("/sign-up/", NEW)
    assert (reply.status_code, reply["Location"]) == (302, "/c/backprop/")
    assert Enrolment.objects.get(user__username="newcomer").role == "student"
    assert browser.get("/c/backprop/").status_code == 200


def test_a_wrong_join_code_makes_no_account(demo: Course) -> None:
    reply = Client().post("/sign-up/", NEW | {"join_code": "CHAINRULES"})
    assert "No course has this code" in reply.content.decode()
    assert not User.objects.filter(username="newcomer").exists()


def test_guessing_join_codes_is_stopped(demo: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "PER_ADDRESS", 3)
    replies = [Client().post("/sign-up/", NEW | {"join_code": f"X{n}"}).status_code for n in range(4)]
    assert replies == [200, 200, 200, 429]


def test_a_name_that_differs_in_capitals_only_is_taken(demo: Course) -> None:
    reply = Client().post("/sign-up/", NEW | {"username": "Student"})
    assert "This name is taken" in reply.content.decode()


def test_one_who_is_signed_in_joins_with_the_account_that_is_there(browser_of: Browser) -> None:
    browser = browser_of("outsider")
    assert browser.get("/c/backprop/").status_code == 404
    assert browser.post("/sign-up/", {"join_code": "CHAINRULE"})["Location"] == "/c/backprop/"
    assert browser.get("/c/backprop/").status_code == 200


def test_joining_again_changes_no_role(browser_of: Browser) -> None:
    browser_of("instructor").post("/sign-up/", {"join_code": "CHAINRULE"})
    assert Enrolment.objects.get(user__username="instructor").role == "instructor"


def test_one_who_has_left_cannot_come_back_by_the_code(browser_of: Browser) -> None:
    Enrolment.objects.filter(user__username="student").update(active=False)
    reply = browser_of("student").post("/sign-up/", {"join_code": "CHAINRULE"})
    assert reply.status_code == 403
    assert "Ask its instructor to take you back" in reply.content.decode()


def test_an_archived_course_takes_nobody_in(demo: Course) -> None:
    Course.objects.update(archived=True)
    assert "No course has this code" in Client().post("/sign-up/", NEW).content.decode()


def test_signing_out_takes_a_post(browser_of: Browser) -> None:
    browser = browser_of("student")
    assert browser.get("/sign-out/").status_code == 405
    assert browser.post("/sign-out/").status_code == 302
    assert browser.get("/c/backprop/").status_code == 302


def test_a_new_password_counts_from_then_on(browser_of: Browser) -> None:
    browser = browser_of("student")
    typed = {"old_password": "backprop", "new_password1": "uphill2026", "new_password2": "uphill2026"}
    assert browser.post("/password/", typed)["Location"] == "/password/done/"
    assert browser.get("/password/done/").status_code == 200
    assert sign_in(Client(), "backprop") == 200
    assert sign_in(Client(), "uphill2026") == 302


def test_the_admin_has_no_door_of_its_own(demo: Course) -> None:
    User.objects.create_superuser("root", password="uphill2026")
    browser = Client()
    for _ in range(guessing.PER_NAME):
        sign_in(browser, "wrong", "root")
    typed = {"username": "root", "password": "uphill2026"}
    reply = browser.post("/admin/login/?next=/admin/people/user/", typed, follow=True)
    assert reply.redirect_chain == [("/sign-in/?next=%2Fadmin%2Fpeople%2Fuser%2F", 302)]
    assert browser.post("/sign-in/", typed).status_code == 429
    assert browser.get("/admin/").status_code == 302


def test_the_sign_in_leads_staff_on_to_the_page_of_the_admin_they_asked_for(demo: Course) -> None:
    User.objects.create_superuser("root", password="uphill2026")
    browser = Client()
    browser.get("/admin/work/item/", follow=True)
    typed = {"username": "root", "password": "uphill2026", "next": "/admin/work/item/"}
    assert browser.post("/sign-in/", typed)["Location"] == "/admin/work/item/"
    assert browser.get("/admin/work/item/").status_code == 200
    assert browser.get("/admin/login/")["Location"] == "/admin/"
    assert browser.get("/admin/password_change/")["Location"] == "/password/"


def test_an_old_password_cannot_be_guessed_at_the_page_for_a_new_one(browser_of: Browser) -> None:
    browser = browser_of("student")
    typed = {"old_password": "no", "new_password1": "uphill2026", "new_password2": "uphill2026"}
    replies = [browser.post("/password/", typed).status_code for _ in range(guessing.PER_NAME + 1)]
    assert replies == [200] * guessing.PER_NAME + [429]


@pytest.mark.parametrize("name", ["student", "Student", "nobody-yet"])
def test_without_a_join_code_no_name_is_told_apart(demo: Course, name: str) -> None:
    form = Client().post("/sign-up/", NEW | {"join_code": "WRONG", "username": name}).context["form"]
    assert set(form.errors) == {"join_code"}


def test_names_cannot_be_tried_out_with_a_join_code(demo: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "PER_ADDRESS", 3)
    replies = [Client().post("/sign-up/", NEW | {"username": "student"}).status_code for _ in range(4)]
    assert replies == [200, 200, 200, 429]


def test_the_sign_up_begins_with_the_join_code_and_speaks_in_short_words(demo: Course) -> None:
    page = Client().get("/sign-up/").content.decode()
    assert re.findall(r'name="(\w+)"[^>]*autofocus', page) == ["join_code"]
    assert "At least 8 characters." in page
    assert "150 characters or fewer" not in page
