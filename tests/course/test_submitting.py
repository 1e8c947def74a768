"""From browser to grade, with the grader in the same process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from course.people.models import Course
from course.work.models import Assignment, Attempt, Draft, Item, Result, Submission
from tests.conftest import Post

RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
FRAGMENT = {"X-Fragment": "1"}


@pytest.fixture
def item(items: dict[str, Item]) -> Item:
    return items["seed-w1"]


@pytest.fixture
def address(item: Item) -> str:
    return f"/c/backprop/i/{item.pk}/"


def hand_in(
    browser: Client, address: str, answers: dict[str, str], key: str = "0123456789ab", **more: object
):
    return browser.post(f"{address}submit", {"key": key} | answers, **more)


def test_right_answers_are_marked_while_the_page_waits(student: Client, address: str, marked: Post) -> None:
    reply = hand_in(student, address, RIGHT, headers=FRAGMENT)
    assert reply.status_code == 200
    assert b"<html" not in reply.content
    submission = Submission.objects.get()
    assert (submission.state, submission.points, submission.counts) == ("graded", submission.possible, True)
    result = Result.objects.get()
    assert (result.points, result.solved, result.tries, result.marked) == (Decimal(10), True, 1, 1)


def test_without_a_script_the_page_comes_back_with_the_verdict(
    student: Client, address: str, marked: Post
) -> None:
    reply = hand_in(student, address, RIGHT)
    assert reply.status_code == 303
    assert reply["Location"].startswith(address)
    page = student.get(reply["Location"])
    assert (page.status_code, page.context["page"]["panel"] is not None) == (200, True)


def test_without_a_verdict_the_answer_is_saved_and_the_page_asks_again(
    student: Client, address: str, post: Post
) -> None:
    reply = hand_in(student, address, RIGHT, headers=FRAGMENT)
    submission = Submission.objects.get()
    assert (reply.status_code, reply["Location"], reply["Retry-After"]) == (202, f"/s/{submission.pk}/", "1")
    assert student.get(reply["Location"], headers=FRAGMENT).status_code == 202
    post.deliver()
    assert student.get(reply["Location"], headers=FRAGMENT).status_code == 200


def test_a_broker_that_is_away_loses_nothing(student: Client, address: str, post: Post) -> None:
    post.away = True
    assert hand_in(student, address, RIGHT, headers=FRAGMENT).status_code == 202
    submission = Submission.objects.get()
    assert (submission.state, submission.sends, submission.answers) == ("queued", 0, RIGHT)


def test_a_wrong_answer_after_a_right_one_takes_nothing_away(
    student: Client, address: str, marked: Post
) -> None:
    hand_in(student, address, RIGHT, "key-number-one")
    hand_in(student, address, RIGHT | {"grad_w1": "7"}, "key-number-two")
    result = Result.objects.get()
    assert (result.points, result.solved, result.tries) == (Decimal(10), True, 2)


def test_partly_right_gives_a_part_of_the_points(student: Client, address: str, marked: Post) -> None:
    hand_in(student, address, RIGHT | {"dh1_dw1": "7", "grad_w1": "7"})
    assert 0 < Result.objects.get().points < 10


def test_an_unreadable_answer_costs_no_try(student: Client, address: str, marked: Post) -> None:
    assert hand_in(student, address, RIGHT | {"grad_w1": "2*(3"}, headers=FRAGMENT).status_code == 200
    assert Submission.objects.get().counts is False
    assert Result.objects.get().tries == 0


def test_the_same_key_is_the_same_submission(student: Client, address: str, marked: Post) -> None:
    replies = [hand_in(student, address, RIGHT) for _ in range(3)]
    assert Submission.objects.count() == 1
    assert Result.objects.get().tries == 1
    assert len({reply["Location"] for reply in replies}) == 1


def test_other_answers_under_the_same_key_are_taken_too(student: Client, address: str, marked: Post) -> None:
    for number in ("7", "-0.6", "7"):  # the browser's Back button brings the old page with its key
        hand_in(student, address, RIGHT | {"grad_w1": number})
    assert [one.answers["grad_w1"] for one in Submission.objects.order_by("number")] == ["7", "-0.6"]


def test_what_was_taken_in_time_is_given_back_after_the_close(
    student: Client, address: str, item: Item, marked: Post
) -> None:
    hand_in(student, address, RIGHT)
    Assignment.objects.filter(pk=item.assignment_id).update(closes=timezone.now())
    assert hand_in(student, address, RIGHT).status_code == 303
    assert hand_in(student, address, RIGHT | {"grad_w1": "7"}).status_code == 409


def test_a_repeated_key_gets_its_verdict_even_when_no_try_is_left(
    student: Client, address: str, item: Item, marked: Post
) -> None:
    Item.objects.filter(pk=item.pk).update(tries=1)
    first, again = (hand_in(student, address, RIGHT, headers=FRAGMENT) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)


def test_tries_run_out(student: Client, address: str, item: Item, marked: Post) -> None:
    Item.objects.filter(pk=item.pk).update(tries=2)
    wrong = RIGHT | {"grad_w1": "7"}
    replies = [hand_in(student, address, wrong, f"key-number-{n}") for n in range(3)]
    assert [reply.status_code for reply in replies] == [303, 303, 409]
    assert "All your tries" in replies[2].content.decode()


def test_tries_are_for_one_variant(student: Client, address: str, item: Item, marked: Post) -> None:
    Item.objects.filter(pk=item.pk).update(tries=1)
    hand_in(student, address, RIGHT)
    assert "All tries are used" in student.get(address).content.decode()
    assert hand_in(student, address, RIGHT, "another-key").status_code == 409
    student.post(f"{address}variant")
    assert "Try 1 of 1" in student.get(address).content.decode()
    assert hand_in(student, address, RIGHT, "a-third-key").status_code == 303


def test_without_fresh_variants_there_are_no_new_numbers(
    student: Client, address: str, item: Item, marked: Post
) -> None:
    Assignment.objects.filter(pk=item.assignment_id).update(policy={"fresh": False})
    hand_in(student, address, RIGHT)
    assert b"New numbers" not in student.get(address).content
    assert student.post(f"{address}variant").status_code == 409
    assert Attempt.objects.count() == 1


def test_a_try_that_is_being_marked_is_a_try(student: Client, address: str, item: Item, post: Post) -> None:
    Item.objects.filter(pk=item.pk).update(tries=1)
    hand_in(student, address, RIGHT)
    reply = hand_in(student, address, RIGHT, "another-key")
    assert (reply.status_code, "still being marked" in reply.content.decode()) == (409, True)


def test_nobody_fills_the_queue(student: Client, address: str, post: Post) -> None:
    replies = [hand_in(student, address, RIGHT, f"key-number-{n}").status_code for n in range(21)]
    assert replies == [303] * 20 + [429]


@pytest.mark.parametrize(
    ("dates", "status"),
    [({"opens": 1}, 403), ({"closes": -1}, 409), ({"opens": -1, "closes": 1}, 303), ({"due": -1}, 303)],
)
def test_an_assignment_takes_answers_while_it_is_open(
    dates: dict[str, int], status: int, student: Client, address: str, post: Post
) -> None:
    now = timezone.now()
    Assignment.objects.update(**{name: now + timedelta(days=days) for name, days in dates.items()})
    assert hand_in(student, address, RIGHT).status_code == status


def test_a_course_that_is_over_can_be_read_only(student: Client, address: str, post: Post) -> None:
    Course.objects.update(archived=True)
    assert student.get(address).status_code == 200
    assert hand_in(student, address, RIGHT).status_code == 409


def test_variant_one_has_the_lessons_numbers(student: Client, address: str) -> None:
    student.get(address)
    attempt = Attempt.objects.get()
    assert (attempt.seed, attempt.values["w1"], attempt.values["x1"]) == (1, "1.2", "0.5")


def test_looking_twice_opens_one_variant(student: Client, address: str) -> None:
    student.get(address)
    student.get(address)
    assert Attempt.objects.count() == 1


def test_new_numbers_come_after_a_try_and_stay(student: Client, address: str, marked: Post) -> None:
    student.get(address)
    student.post(f"{address}variant")
    assert Attempt.objects.count() == 1, "nothing was tried yet"
    hand_in(student, address, RIGHT)
    assert student.post(f"{address}variant")["Location"] == address
    first, second = Attempt.objects.order_by("number")
    assert first.values != second.values
    assert student.get(f"{address}?attempt=1").context["page"]["attempt"] == first.number
    assert student.get(address).context["page"]["attempt"] == second.number


def test_two_students_get_different_second_variants(
    browser_of: Callable[[str], Client], address: str, marked: Post
) -> None:
    for name in ("student", "student2"):
        browser = browser_of(name)
        hand_in(browser, address, RIGHT)
        browser.post(f"{address}variant")
    assert len(set(Attempt.objects.filter(number=2).values_list("seed", flat=True))) == 2


def test_answers_go_to_the_variant_that_the_page_showed(student: Client, address: str, marked: Post) -> None:
    hand_in(student, address, RIGHT)
    student.post(f"{address}variant")
    hand_in(student, address, RIGHT, "from-an-older-tab", headers=FRAGMENT)
    hand_in(student, address, RIGHT | {"attempt": "1"}, "with-its-number")
    found = Submission.objects.order_by("queued_at").values_list("attempt__number", flat=True)
    assert sorted(found) == [1, 1, 2]


def test_a_draft_is_kept_until_something_newer_is_handed_in(
    student: Client, address: str, marked: Post
) -> None:
    assert student.post(f"{address}draft", {"dL_dyhat": "2*(yh"}).status_code == 204
    assert Draft.objects.get().answers == {"dL_dyhat": "2*(yh"}
    assert b"2*(yh" in student.get(address).content
    hand_in(student, address, RIGHT)
    assert b"2*(yh" not in student.get(address).content


def test_what_was_typed_is_stored_as_typed(student: Client, address: str, marked: Post) -> None:
    typed = RIGHT | {"dL_dyhat": " 2·(ŷ − y) "}
    hand_in(student, address, typed)
    assert Submission.objects.get().answers == typed


def test_every_step_can_be_answered_by_its_solution(
    student: Client, items: dict[str, Item], marked: Post, settings: LazySettings
) -> None:
    from course.work.catalogue import question_of

    for item in items.values():
        address = f"/c/backprop/i/{item.pk}/"
        student.get(address)
        question = question_of(Attempt.objects.get(item=item))
        solution = {box.id: list(getattr(box, "right", "")) for box in question.boxes if box.kind == "pick"}
        solution |= {box.id: list(box.right) for box in question.boxes if box.kind == "slots"}
        typed = [box for box in question.boxes if box.kind in {"answer", "matrix"}]
        solution |= {box.id: question.solution[box.id] for box in typed}
        solution |= {box.id: box.right for box in question.boxes if box.kind == "choice"}
        assert hand_in(student, address, solution, headers=FRAGMENT).status_code == 200
    assert list(Result.objects.values_list("solved", flat=True)) == [True] * len(items)
    assert student.get("/c/backprop/").content.count(b'class="done"') == len(items)
