"""The board and what goes wrong: figures, filters, links to the work behind each number, live parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from course.people.models import Course, Enrolment, Section, User
from course.spreadsheet import cell
from course.tracking import board
from course.tracking.models import Standing
from course.work.models import Item
from tests.course.tracked import CHAIN, enrolled, handed_in

RIGHT = dict.fromkeys(CHAIN, "ok")
SLIP = {**RIGHT, "dL_dyhat": "G-sign"}
ODD = {**RIGHT, "dyhat_dh1": "=1.2"}
ROW = re.compile(r'<tr><th scope="row">(.*?)</th>')


@pytest.fixture
def iris(browser_of: Callable[[str], Client]) -> Client:
    """The instructor's browser."""
    return browser_of("instructor")


@pytest.fixture
def item(items: dict[str, Item]) -> Item:
    return items["seed-w1"]


@pytest.fixture
def crowd(demo: Course, item: Item) -> list[User]:
    """Of six students one is right, two are stuck, one slipped, one wrote something odd, one never came."""
    users = enrolled(demo, 6)
    handed_in(users[0], item, RIGHT)
    for minute in (1, 2, 3):
        handed_in(users[1], item, SLIP, minute=minute)
        handed_in(users[2], item, SLIP, minute=minute)
    handed_in(users[3], item, SLIP)
    handed_in(users[4], item, ODD)
    return users


def text_of(client: Client, address: str, **headers: str) -> str:
    reply = client.get(address, headers=headers)
    assert reply.status_code == 200
    return unescape(reply.content.decode())


def test_the_stuck_come_first_then_those_who_have_done_least(iris: Client, crowd: list[User]) -> None:
    names = ROW.findall(text_of(iris, "/c/backprop/progress/"))
    assert names[:2] == ["Nr 1", "Nr 2"]
    assert names[-1] == "Nr 0"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("show=stuck", ["Nr 1", "Nr 2"]),
        ("q=nr+3", ["Nr 3"]),
        ("m=G-sign&box=dL_dyhat&sort=name", ["Nr 1", "Nr 2", "Nr 3"]),
        ("m=G-two", []),
        ("show=finished", []),
        ("show=nonsense&sort=nonsense&a=99999999999&section=x&page=z&q=nr+5", ["Nr 5"]),
    ],
)
def test_the_matrix_is_narrowed(iris: Client, crowd: list[User], query: str, expected: list[str]) -> None:
    assert ROW.findall(text_of(iris, f"/c/backprop/progress/?{query}")) == expected


def test_a_cell_says_state_and_tries_and_leads_to_the_timeline(
    iris: Client, crowd: list[User], item: Item
) -> None:
    page = text_of(iris, "/c/backprop/progress/")
    link = f'href="/c/backprop/progress/{crowd[1].pk}/{item.pk}/"'
    words = re.sub(r"<[^>]+>", "", page[page.index(link) : page.index("</a>", page.index(link))])
    assert " ".join(words.split("> ", 1)[-1].split()).endswith("stuck, 3 tries")


def test_finished_is_all_items_and_active_is_ten_minutes(demo: Course, items: dict[str, Item]) -> None:
    now = timezone.now()
    rows = [
        board.Row(1, "a", right=2, seconds=600, last_at=now - timedelta(minutes=9)),
        board.Row(2, "b", right=2, seconds=1200, last_at=now - timedelta(minutes=11)),
        board.Row(3, "c", right=1, stuck=1, seconds=60),
    ]
    assert board.tiles_of(rows, 2, now) == board.Tiles(3, 2, 1, 1, 15.0)
    assert board.tiles_of([], 0, now) == board.Tiles(0, 0, 0, 0, None)


def test_a_section_is_all_that_is_shown_of_it(iris: Client, crowd: list[User], demo: Course) -> None:
    section = Section.objects.create(course=demo, name="Monday")
    Enrolment.objects.filter(user__in=[crowd[1], crowd[3]]).update(section=section)
    page = text_of(iris, f"/c/backprop/progress/?section={section.pk}&sort=name")
    assert ROW.findall(page) == ["Nr 1", "Nr 3"]
    assert "<b>2</b> student" in page  # with the flipped sign


def test_staff_and_those_who_left_are_not_on_the_board(
    iris: Client, crowd: list[User], item: Item, person: Callable[[str], User]
) -> None:
    handed_in(person("instructor"), item, SLIP)
    Enrolment.objects.filter(user=crowd[1]).update(active=False)
    page = text_of(iris, "/c/backprop/progress/")
    assert "Nr 1" not in ROW.findall(page)
    assert "Field" not in " ".join(ROW.findall(page))
    assert "<b>3</b> students" in page  # who left is still counted, staff never are


def test_the_moving_part_is_sent_again_only_if_it_moved(iris: Client, crowd: list[User], item: Item) -> None:
    first = iris.get("/c/backprop/progress/", headers={"X-Fragment": "1"})
    assert b"<html" not in first.content
    again = {"X-Fragment": "1", "If-None-Match": first.headers["ETag"]}
    assert iris.get("/c/backprop/progress/", headers=again).status_code == 304
    handed_in(crowd[5], item, RIGHT)
    moved = iris.get("/c/backprop/progress/", headers=again)
    assert moved.status_code == 200
    assert moved.headers["ETag"] != first.headers["ETag"]


def test_masked_names_are_nowhere_on_the_page(iris: Client, crowd: list[User], item: Item) -> None:
    for address in (f"progress/?a={item.assignment_id}&", f"progress/{crowd[1].pk}/{item.pk}/?"):
        page = text_of(iris, f"/c/backprop/{address}mask=1")
        assert "Nr 1" not in page
        assert f"Student {crowd[1].pk}" in page


def test_a_sample_of_fewer_than_three_is_hidden_where_others_look(iris: Client, crowd: list[User]) -> None:
    assert '<code dir="ltr">1.2</code>' in text_of(iris, "/c/backprop/mistakes/")
    shared = text_of(iris, "/c/backprop/mistakes/?mask=1")
    assert '<code dir="ltr">1.2</code>' not in shared
    assert "fewer than 3 students" in shared
    assert "Addresses" not in shared


def test_every_number_is_as_many_submissions_as_it_says(iris: Client, crowd: list[User], item: Item) -> None:
    pages = [
        text_of(iris, f"/c/backprop/{page}/?a={item.assignment_id}") for page in ("progress", "mistakes")
    ]
    links = re.findall(r'href="(/c/backprop/submissions/\?[^"]+)"', "".join(pages))
    assert len(links) >= 6
    expected = {
        "m=G-sign": "3 submissions",
        "answer=1.2": "1 submission",
        "box=dL_dyhat&told=ok": "2 submissions",
        "box=dyhat_dh1&told=ok": "4 submissions",
        "box=grad_w1&told=ok": "5 submissions",
    }
    for part, words in expected.items():
        [link] = {link for link in links if part in link}
        assert words in " ".join(text_of(iris, link).split())


def test_first_tries_of_an_item_right_and_not(iris: Client, crowd: list[User], item: Item) -> None:
    for told, number in (("", 5), ("&told=ok", 1), ("&told=wrong", 4)):
        page = text_of(iris, f"/c/backprop/submissions/?first=1&item={item.pk}{told}")
        assert f"{number} submission" in page


@pytest.mark.parametrize(
    "query", ["m=x&box=y&item=z", "answer=1&seed=-", "first=1&section=99", "box=dL_dyhat"]
)
def test_a_filter_that_cannot_be_is_no_fault(iris: Client, crowd: list[User], query: str) -> None:
    assert iris.get(f"/c/backprop/submissions/?{query}").status_code == 200


def test_the_list_counts_no_further_than_it_must(
    iris: Client, crowd: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course.tracking.narrowing.MOST_COUNTED", 5)
    assert "more than 10,000 submissions" in text_of(iris, "/c/backprop/submissions/")


def test_addresses_are_those_of_the_students_behind_a_number(iris: Client, crowd: list[User]) -> None:
    User.objects.filter(pk=crowd[1].pk).update(email="one@example.edu")
    page = text_of(iris, "/c/backprop/mistakes/addresses?m=G-sign&box=dL_dyhat")
    assert "one@example.edu" in page
    assert "2 students have no address here." in page


def test_the_timeline_tells_what_was_typed_and_what_came_of_it(
    iris: Client, crowd: list[User], item: Item
) -> None:
    page = text_of(iris, f"/c/backprop/progress/{crowd[4].pk}/{item.pk}/")
    assert "1.2" in page
    assert "+ 1 min" in page
    assert "seed 1" in page
    assert "/c/backprop/review/" in page
    nobody = iris.get(f"/c/backprop/progress/{crowd[5].pk}/{item.pk}/")
    assert "has not opened the exercise yet" in nobody.content.decode()


def test_no_staff_and_no_stranger_has_a_timeline(
    iris: Client, item: Item, person: Callable[[str], User]
) -> None:
    for who in ("instructor", "outsider"):
        assert iris.get(f"/c/backprop/progress/{person(who).pk}/{item.pk}/").status_code == 404


def test_a_table_has_no_formula_in_it(iris: Client, crowd: list[User], item: Item) -> None:
    User.objects.filter(pk=crowd[0].pk).update(last_name="=cmd()")
    lines = b"".join(iris.get("/c/backprop/progress.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=cmd()" in lines
    assert "\n=cmd()" not in lines
    assert cell("+1-2") == "'+1-2"
    assert cell("-12.5") == "-12.5"
    assert cell("\t=1") == "'\t=1"


def test_a_course_without_its_figures_says_what_to_do(iris: Client, crowd: list[User]) -> None:
    assert "rebuild_aggregates" not in text_of(iris, "/c/backprop/progress/")
    Standing.objects.all().delete()
    assert "rebuild_aggregates --course backprop" in text_of(iris, "/c/backprop/progress/")


def test_an_empty_course_says_what_comes_here(iris: Client, demo: Course) -> None:
    assert "Nobody has tried it yet." in text_of(iris, "/c/backprop/progress/")
    Enrolment.objects.filter(role="student").delete()
    assert "CHAINRULE" in text_of(iris, "/c/backprop/progress/")
    assert "Nothing went wrong here yet" in text_of(iris, "/c/backprop/mistakes/")


def test_queries_do_not_grow_with_students(
    iris: Client, demo: Course, item: Item, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number, user in enumerate(enrolled(demo, 25)):
        handed_in(user, item, {**RIGHT, "dL_dyhat": f"={number}"})
    for page in ("progress/", "mistakes/", "statistics/", "submissions/"):
        iris.get(f"/c/backprop/{page}")
        with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
            iris.get(f"/c/backprop/{page}")
