"""The lab of a broken loop: readings are bought, recorded once, within the budget, and shown only then."""

from __future__ import annotations

import pytest
from django.test import Client

from course.learning.models import Reading
from course.work.models import Attempt, Draft, Item
from tests.conftest import Post

KEY = "0123456789abcdef"


@pytest.fixture
def address(items: dict[str, Item]) -> str:
    return f"/c/backprop/i/{items['broken-1'].pk}/"


def buy(client: Client, address: str, instrument: str, **more: str) -> int:
    return int(client.post(f"{address}reading", {"reading": instrument} | more).status_code)


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_reading_is_on_no_page_before_it_is_bought(student: Client, address: str) -> None:
    before = text(student, address)
    assert "0.2036" not in before
    assert "r-loss" not in before
    assert buy(student, address, "loss") == 303
    after = text(student, address)
    assert "0.2036" in after
    assert "6 of 7 left" in after


def test_the_same_reading_twice_is_paid_once(student: Client, address: str) -> None:
    assert [buy(student, address, "check-0") for _ in range(2)] == [303, 303]
    assert list(Reading.objects.values_list("instrument", "cost")) == [("check-0", 2)]


def test_what_the_budget_does_not_reach_is_refused_and_says_what_is_left(
    student: Client, address: str
) -> None:
    for instrument in ("check-0", "check-1", "half"):
        assert buy(student, address, instrument) == 303
    reply = student.post(f"{address}reading", {"reading": "half-2"})
    assert reply.status_code == 400
    assert buy(student, address, "loss") == 303
    refused = student.post(f"{address}reading", {"reading": "yhat"})
    assert refused.status_code == 409
    assert "0 of your budget of 7 is left" in refused.content.decode()
    assert Reading.objects.count() == 4


def test_an_exercise_without_a_lab_takes_no_readings(student: Client, items: dict[str, Item]) -> None:
    assert buy(student, f"/c/backprop/i/{items['seed-w1'].pk}/", "loss") == 400


def test_what_was_chosen_is_kept_when_a_reading_is_bought(student: Client, address: str) -> None:
    assert buy(student, address, "yhat", link="4") == 303
    assert Draft.objects.get().answers == {"link": "4"}
    assert 'name="link" value="4" checked' in text(student, address)


def test_a_reading_belongs_to_the_variant_on_which_it_was_bought(
    student: Client, address: str, marked: Post
) -> None:
    buy(student, address, "loss")
    student.post(f"{address}submit", {"key": KEY, "link": "4", "observation": "sign"})
    student.post(f"{address}variant")
    assert Attempt.objects.filter(item__exercise__slug="broken-1").count() == 2
    assert "7 of 7 left" in text(student, address)


def test_a_wrong_link_is_asked_what_would_be_seen_and_told_no_answer(
    student: Client, address: str, marked: Post
) -> None:
    student.post(f"{address}submit", {"key": KEY, "link": "5", "observation": "sign"})
    page = text(student, address)
    assert "those behind it stay right" in page
    assert "The worked search" not in page
    assert "wrong sign" not in page


def test_a_right_answer_is_followed_by_the_worked_search(student: Client, address: str, marked: Post) -> None:
    student.post(f"{address}submit", {"key": KEY, "link": "4", "observation": "sign"})
    page = text(student, address)
    assert "The worked search" in page
    assert "One ratio for all weights" in page
    assert "w-check-0" in page


def test_the_page_of_a_lab_asks_as_many_queries_however_many_readings_there_are(
    student: Client, address: str, django_assert_max_num_queries: object
) -> None:
    text(student, address)
    for instrument in ("loss", "printed", "yhat", "units-0", "weights-0", "check-0"):
        buy(student, address, instrument)
    with django_assert_max_num_queries(26):  # type: ignore[operator]
        text(student, address)


def test_places_come_back_as_they_were_chosen_and_odd_ones_are_refused(
    student: Client, items: dict[str, Item], marked: Post
) -> None:
    address = f"/c/backprop/i/{items['dominoes-order'].pk}/"
    sent = {"key": KEY, "q1": ["1", "", "3"], "q2": ["", "", "", ""], "q3": ""}
    assert student.post(f"{address}submit", sent).status_code == 303
    page = text(student, address)
    assert page.count('<option value="1" selected') == 1
    assert "partly right" in page
    assert student.post(f"{address}submit", sent | {"q1": ["1", "2"]}).status_code == 400
    assert student.post(f"{address}submit", sent | {"q1": ["1", "2", "99"]}).status_code == 400
