"""Writing exercises in the browser: revisions, two at once, self-tests, publishing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from course.authoring import checks
from course.authoring.models import Check, Document, Publication, Revision
from course.authoring.publication import offered
from course.authoring.revisions import open_document
from course.people.models import Course, Entry, User
from course.work.models import Assignment, Attempt, Item, PublishedExercise
from tests.conftest import Post

ROOM = "/c/backprop/exercises/"
OWN = """\
name: My own
network:
  z1: w1*x1
  h1: tanh(z1)
  yhat: w2*h1
  L: (y - yhat)^2
exercises:
  - {id: my-loss, step: loss}
"""
BROKEN = OWN.replace("tanh(z1)", "tnah(z1)")


@pytest.fixture
def author(browser_of: Callable[[str], Client]) -> Client:
    """The instructor's browser."""
    return browser_of("instructor")


@pytest.fixture
def document(demo: Course, person: Callable[[str], User]) -> Document:
    """A set of the demo course, just begun and not checked."""
    return open_document(demo, OWN, person("instructor"), "begun")


def at(document: Document, way: str = "") -> str:
    return f"{ROOM}{document.pk}/{way}"


def newest(document: Document) -> Revision:
    return document.revisions.order_by("-number")[0]


def save(author: Client, document: Document, text: str, **more: Any) -> Any:
    return author.post(at(document), {"text": text, "base": newest(document).number, **more})


def publish(author: Client, document: Document, **more: Any) -> Any:
    return author.post(at(document, "publish"), {"revision": newest(document).number, **more})


def test_saving_adds_a_revision_and_changes_none(author: Client, document: Document, post: Post) -> None:
    reply = save(author, document, OWN.replace("My own", "My second"), note="a better name")
    assert reply.status_code == 302
    kept = list(document.revisions.order_by("number").values_list("number", "text", "note", "by__username"))
    assert kept == [
        (1, OWN, "begun", "instructor"),
        (2, OWN.replace("My own", "My second"), "a better name", "instructor"),
    ]
    document.refresh_from_db()
    assert document.title == "My second"
    assert Entry.objects.filter(what="authoring.saved").get().about["number"] == 2


def test_the_same_text_is_no_new_revision(author: Client, document: Document, post: Post) -> None:
    save(author, document, OWN.replace("\n", "\r\n") + "\r\n\r\n")
    assert document.revisions.count() == 1


def test_a_text_that_cannot_be_read_is_kept_and_its_check_fails_in_words(
    author: Client, document: Document, post: Post
) -> None:
    save(author, document, BROKEN)
    assert newest(document).text == BROKEN
    check = Check.objects.get(revision=newest(document))
    assert check.state == "failed"
    assert check.fault.startswith("line 4: equation 2, 'h1'")
    assert post.messages == []


def test_a_text_that_is_too_long_is_refused_and_nothing_is_lost(author: Client, document: Document) -> None:
    reply = save(author, document, OWN + "#" * 100_000)
    assert reply.status_code == 413
    assert document.revisions.count() == 1


def test_of_two_people_at_once_the_second_gets_both_texts_together(
    author: Client, document: Document, post: Post
) -> None:
    theirs, mine = OWN.replace("My own", "Theirs"), OWN + "  - {id: my-w1, step: three-factor, weight: w1}\n"
    save(author, document, theirs)
    reply = author.post(at(document), {"text": mine, "base": 1, "note": "one more"})
    assert reply.status_code == 409
    merged = reply.context["merged"]
    assert merged.conflicts == 0
    assert "name: Theirs" in merged.text
    assert "my-w1" in merged.text
    assert mine in reply.context["mine"]
    assert document.revisions.count() == 2
    assert author.post(at(document), {"text": merged.text, "base": 2}).status_code == 302
    assert [one.text for one in document.revisions.order_by("number")] == [OWN, theirs, merged.text]


def test_what_no_database_keeps_is_left_out_or_refused(
    author: Client, document: Document, post: Post
) -> None:
    save(author, document, OWN + "# \0", note="a\0b")
    assert newest(document).note == "a b"
    found = author.post(at(document, "problems"), {"text": OWN.replace("My own", r'"a\0b"')}).json()
    assert "cannot be shown" in found["problems"][0]["words"]


def test_an_older_text_comes_back_as_a_new_revision(author: Client, document: Document, post: Post) -> None:
    save(author, document, OWN.replace("My own", "Other"))
    assert author.post(at(document, "history/"), {"number": 1}).status_code == 302
    assert [one.text == OWN for one in document.revisions.order_by("number")] == [True, False, True]
    page = author.get(at(document, "history/?from=2&to=3")).content.decode()
    assert "<del>name: Other</del>" in page
    assert "<ins>name: My own</ins>" in page
    assert author.get(at(document, "history/?from=9")).status_code == 404
    assert author.post(at(document, "history/"), {"number": 9}).status_code == 404


def test_what_is_wrong_is_told_with_its_line_as_one_types(author: Client, document: Document) -> None:
    found = author.post(at(document, "problems"), {"text": BROKEN}).json()
    assert [each["line"] for each in found["problems"]] == [4]
    assert author.post(at(document, "problems"), {"text": OWN}).json() == {
        "name": "My own",
        "exercises": [{"id": "my-loss", "step": "Loss"}],
        "problems": [],
    }
    assert document.revisions.count() == 1


@pytest.mark.parametrize("text", ["", "[" * 5000, "a: &a [1]\nb: *a", "\0", OWN * 400, "- {}\n" * 9000])
def test_no_text_hurts_the_reader(author: Client, document: Document, text: str) -> None:
    for way in ("problems", "look"):
        assert author.post(at(document, way), {"text": text}).status_code == 200


def test_the_preview_is_the_students_page_with_the_worked_answers(author: Client, document: Document) -> None:
    page = author.post(at(document, "look"), {"text": OWN, "seed": "3"}).content.decode()
    assert 'id="net"' in page
    assert "Worked answer:" in page
    seen = author.get(at(document, "student/?seed=3")).content.decode()
    assert "Worked answer:" not in seen
    assert "nothing is kept" in seen
    assert Attempt.objects.count() == 0


@pytest.mark.parametrize("seed", ["", "0", "-3", "x", "9" * 40, "²"])
def test_a_seed_that_is_none_is_the_first(author: Client, document: Document, seed: str) -> None:
    assert author.post(at(document, "look"), {"text": OWN, "seed": seed}).status_code == 200


def test_numbers_that_are_not_found_quickly_are_told_in_words(author: Client, document: Document) -> None:
    tight = OWN.replace("exercises:", "draw: {inputs: [0], weights: [0]}\nexercises:")
    page = author.post(at(document, "look"), {"text": tight}).content.decode()
    assert "No good numbers were found quickly" in page


def test_without_a_script_the_preview_keeps_what_was_typed(author: Client, document: Document) -> None:
    typed = OWN.replace("My own", "Not saved")
    page = author.post(at(document), {"text": typed, "base": 1, "do": "look", "note": "why"}).content.decode()
    assert "name: Not saved" in page
    assert 'value="why"' in page
    assert document.revisions.count() == 1


def test_publishing_waits_for_the_self_tests_of_exactly_this_text(
    author: Client, document: Document, post: Post
) -> None:
    assert "not been checked" in publish(author, document).content.decode()
    author.post(at(document, "check"))
    assert "still running" in publish(author, document).content.decode()
    post.deliver()
    save(author, document, OWN.replace("My own", "Newer"))
    assert author.post(at(document, "publish"), {"revision": 1}).status_code == 409
    assert "still running" in publish(author, document).content.decode()
    save(author, document, BROKEN)
    assert "did not pass" in publish(author, document).content.decode()
    assert not PublishedExercise.objects.filter(slug__contains="/").exists()


def test_a_published_set_is_in_a_new_assignment_and_can_be_worked_on(
    author: Client, document: Document, post: Post, student: Client
) -> None:
    save(author, document, OWN + "  - {id: my-w1, step: three-factor, weight: w1}\n")
    post.deliver()
    reply = publish(author, document, into="new", title="Week 1")
    assignment = Assignment.objects.get(title="Week 1")
    assert reply.url == f"/c/backprop/a/{assignment.pk}/"
    items = list(assignment.items.order_by("position"))
    assert [item.exercise.slug for item in items] == ["backprop/my-loss", "backprop/my-w1"]
    assert student.get(f"/c/backprop/i/{items[0].pk}/").status_code == 200
    assert {one.by.username for one in Publication.objects.select_related("by") if one.by} == {"instructor"}
    assert Entry.objects.get(what="authoring.published").about["new"] == 2


def test_what_changes_is_published_as_a_new_version_and_the_rest_stays(
    author: Client, document: Document, post: Post, student: Client
) -> None:
    save(author, document, OWN + "  - {id: my-w1, step: three-factor, weight: w1}\n")
    post.deliver()
    publish(author, document, into="new")
    old = {row.slug: row.document for row in PublishedExercise.objects.filter(slug__contains="/")}
    item = Item.objects.get(exercise__slug="backprop/my-loss")
    student.get(f"/c/backprop/i/{item.pk}/")
    save(author, document, newest(document).text.replace("step: loss", "step: loss, title: How bad is it"))
    post.deliver()
    publish(author, document, move="1")
    rows = PublishedExercise.objects.filter(slug__contains="/").order_by("slug", "version")
    assert [(row.slug, row.version) for row in rows] == [
        ("backprop/my-loss", 1),
        ("backprop/my-loss", 2),
        ("backprop/my-w1", 1),
    ]
    assert all(old[row.slug] == row.document for row in rows if row.version == 1)
    item.refresh_from_db()
    assert item.exercise.version == 2
    assert Attempt.objects.get().exercise.version == 1


def test_without_moving_an_item_keeps_its_version(author: Client, document: Document, post: Post) -> None:
    author.post(at(document, "check"))
    post.deliver()
    publish(author, document, into="new")
    save(author, document, OWN.replace("step: loss", "step: loss, title: How bad is it"))
    post.deliver()
    publish(author, document)
    assert Item.objects.get(exercise__slug="backprop/my-loss").exercise.version == 1


def test_an_assignment_gets_only_what_it_lacks(author: Client, document: Document, post: Post) -> None:
    author.post(at(document, "check"))
    post.deliver()
    publish(author, document, into="new", title="A")
    into = Assignment.objects.get(title="A").pk
    publish(author, document, into=str(into))
    assert Item.objects.filter(assignment=into).count() == 1
    assert publish(author, document, into="999999999").status_code == 400


def test_another_set_cannot_take_an_id_that_is_published(
    author: Client, document: Document, post: Post, demo: Course, person: Callable[[str], User]
) -> None:
    author.post(at(document, "check"))
    second = open_document(demo, OWN.replace("tanh", "sigmoid"), person("instructor"), "")
    author.post(at(second, "check"))
    post.deliver()
    assert publish(author, document).status_code == 302
    reply = publish(author, second)
    assert reply.status_code == 409
    assert "already belongs to" in reply.content.decode()


def test_the_courses_own_exercises_are_offered_beside_the_banks(
    author: Client, document: Document, post: Post, demo: Course
) -> None:
    author.post(at(document, "check"))
    post.deliver()
    publish(author, document)
    slugs = {row.slug for row in offered(demo)}
    assert {"seed-w1", "backprop/my-loss"} <= slugs
    assert "backprop/my-loss" not in {row.slug for row in offered(Course.objects.create(slug="o", title="O"))}


def test_the_page_tells_each_test_and_each_synthetic_student_in_words(
    author: Client, document: Document, post: Post
) -> None:
    author.post(at(document, "check"))
    post.deliver()
    page = author.get(at(document)).content.decode()
    assert "students with one misconception each got the right mark" in page
    assert "L-nosq" in page
    assert "What does the definition of the loss do with that?" in page
    assert "NumPy, SymPy and differences of the loss agree" in page


def test_a_check_that_was_lost_can_be_begun_again(
    author: Client, document: Document, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.away = True
    author.post(at(document, "check"))
    assert author.post(at(document, "check")).status_code == 302
    assert Check.objects.count() == 1
    monkeypatch.setattr(checks, "SILENT", checks.SILENT * 0)
    assert "has not answered" in publish(author, document).content.decode()
    post.away = False
    author.post(at(document, "check"))
    assert Check.objects.count() == 2
    assert len(post.messages) == 1


def test_a_forged_a_late_or_a_repeated_finding_changes_nothing(
    author: Client, document: Document, post: Post
) -> None:
    author.post(at(document, "check"))
    [(_task, [token, _text])] = post.messages
    finding = {"exercise": "my-loss", "step": "loss"}
    assert not checks.record("1:forged", 1, 1, finding)
    assert not checks.record(token, 2, 1, finding)
    assert not checks.record(token, 1, 9, finding)
    assert not checks.record(token, 1, 1, {"what": "ever"})
    assert Check.objects.get().found == {}
    assert checks.record_failure(token, "out of memory")
    assert not checks.record(token, 1, 1, finding)
    assert not checks.record_failure(token, "again")
    assert Check.objects.get().fault == "out of memory"


def test_half_way_the_page_says_how_many_are_ready(author: Client, document: Document, post: Post) -> None:
    save(author, document, OWN + "  - {id: my-trap, step: trap}\n")
    [(_task, [token, _text])] = post.messages
    checks.record(token, 1, 2, {"exercise": "my-loss", "step": "loss"})
    page = author.get(at(document, "check"), headers={"X-Fragment": "1"}).content.decode()
    assert "1 of 2 exercises checked" in page
    assert "data-waits" in page


def test_the_list_asks_the_database_as_often_for_many_sets_as_for_one(
    author: Client, document: Document, demo: Course, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        open_document(demo, OWN, None, str(number))
    with django_assert_max_num_queries(8):
        page = author.get(ROOM).content.decode()
    assert page.count("As a student") == 13
    assert set(Document.objects.values_list("slug", flat=True)) >= {"my-own", "my-own-2", "my-own-13"}


def test_a_set_is_put_away_and_taken_out_again(author: Client, document: Document) -> None:
    author.post(at(document, "away"))
    assert "My own" not in author.get(ROOM).content.decode().partition("<table>")[2]
    assert "My own" in author.get(f"{ROOM}?away=1").content.decode()
    author.post(at(document, "away"))
    assert not Document.objects.get(pk=document.pk).put_away


def test_who_may_only_look_sees_no_button_that_writes(
    browser_of: Callable[[str], Client], document: Document
) -> None:
    page = browser_of("observer").get(at(document)).content.decode()
    assert "readonly" in page
    assert 'id="save"' not in page
    assert 'id="publish"' not in page
