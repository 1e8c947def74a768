"""Marking again: a dry run changes nothing, applying changes what it said, undoing restores everything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from course.errors import Refused
from course.people.models import Course, Entry, User
from course.review import overriding
from course.review.applying import apply, drop, undo
from course.review.marking import CHUNK, record, sweep
from course.review.models import LinkRule, Notice, Regrade, RegradeJob, RegradeRow
from course.review.preparing import begin
from course.review.scope import Wish
from course.review.tasks import advance
from course.work.models import Attempt, Item, PublishedExercise, Result, Submission
from tests.conftest import Post
from tests.course.regrading import NEAR, RIGHT, Browser, dry_run, hand_in, listed, mend, pictures


@pytest.fixture
def item(items: dict[str, Item]) -> Item:
    return items["seed-w1"]


@pytest.fixture
def work(browser_of: Browser, item: Item, marked: Post) -> list[Submission]:
    """The student is near twice and right once; the second student is near."""
    one, two = browser_of("student"), browser_of("student2")
    return [
        hand_in(one, item, NEAR, "one"),
        hand_in(one, item, NEAR | {"grad_w1": "7"}, "two"),
        hand_in(two, item, NEAR, "three"),
        hand_in(two, item, RIGHT | {"dL_dyhat": ""}, "four"),
    ]


@pytest.fixture
def mended(work: list[Submission], item: Item) -> PublishedExercise:
    return mend(item.exercise)


def test_a_dry_run_changes_nothing_and_says_what_would_change(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post
) -> None:
    before = pictures()
    regrade = dry_run(post, item=item.pk)
    assert regrade.stage == "ready"
    assert listed(regrade) == [(True, "", 3, 4), (True, "", 2, 3), (True, "", 3, 4), (False, "", 3, 3)]
    assert RegradeRow.objects.get(submission=work[0]).boxes == ["dh1_dw1"]
    assert pictures() == before


def test_what_asks_for_the_same_marking_is_marked_once(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post
) -> None:
    dry_run(post, item=item.pk)
    assert RegradeJob.objects.count() == 3


def test_applied_and_undone_everything_is_as_it_was(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post, person: Callable[[str], User]
) -> None:
    before = pictures()
    regrade = dry_run(post, item=item.pk)
    done = apply(regrade, person("instructor"))
    assert (done.submissions, done.scores) == (3, 2)
    item.refresh_from_db()
    work[0].refresh_from_db()
    assert item.exercise == mended
    assert (work[0].points, work[0].attempt.exercise) == (4, mended)
    assert sorted(Result.objects.filter(item=item).values_list("points", "solved")) == [
        (10, True),
        (10, True),
    ]
    assert undo(regrade, person("instructor")).submissions == 3
    assert pictures() == before


def test_only_up_leaves_those_who_would_lose_and_names_them(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post
) -> None:
    apply(dry_run(post, item=item.pk), None)
    mend(mended, "0.005")
    tight = dry_run(post, item=item.pk)
    assert [row[2:] for row in listed(tight) if row[0]] == [(4, 3), (3, 2), (4, 3)]
    assert apply(tight, None, only_up=True).submissions == 0
    assert set(RegradeRow.objects.filter(regrade=tight, changed=True).values_list("stays", flat=True)) == {
        "down"
    }
    work[0].refresh_from_db()
    assert work[0].points == 4


def test_what_somebody_changed_meanwhile_is_left_alone_and_named(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post, person: Callable[[str], User]
) -> None:
    regrade = dry_run(post, item=item.pk)
    overriding.override(work[0], "dh1_dw1", "0.5", "half", person("assistant"))
    assert apply(regrade, None).submissions == 2
    assert RegradeRow.objects.get(submission=work[0]).stays == "changed"
    work[0].refresh_from_db()
    assert (work[0].points, work[0].override) == (3, Decimal("3.5"))


def test_a_link_that_a_person_spoke_of_stays_as_the_person_said(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post, person: Callable[[str], User]
) -> None:
    overriding.override(work[0], "dh1_dw1", "0.25", "a slip", person("assistant"))
    before = pictures()
    regrade = dry_run(post, item=item.pk)
    apply(regrade, None)
    work[0].refresh_from_db()
    assert (work[0].points, work[0].override) == (4, Decimal("3.25"))
    undo(regrade, None)
    assert pictures() == before


def test_of_two_regrades_at_once_the_second_leaves_what_the_first_has_changed(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post
) -> None:
    first, second = dry_run(post, item=item.pk), dry_run(post, item=item.pk)
    assert apply(first, None).submissions == 3
    assert apply(second, None).submissions == 0
    assert RegradeRow.objects.filter(regrade=second, stays="changed").count() == 3
    with pytest.raises(Refused, match="applied"):
        apply(first, None)


def test_a_submission_handed_in_between_is_marked_and_counts(
    browser_of: Browser, work: list[Submission], mended: PublishedExercise, item: Item, post: Post
) -> None:
    regrade = dry_run(post, item=item.pk)
    late = hand_in(browser_of("student2"), item, RIGHT, "late")
    apply(regrade, None)
    late.refresh_from_db()
    assert (late.state, late.points) == ("graded", 4)
    assert Result.objects.get(item=item, user__username="student2").marked == 3


def test_one_that_still_waits_is_named_and_gets_its_verdict_by_the_new_version(
    browser_of: Browser,
    work: list[Submission],
    mended: PublishedExercise,
    item: Item,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from course.work.sweeping import overdue
    from course.work.sweeping import sweep as sweep_all

    monkeypatch.setattr("course.work.views.wait_for_verdict", lambda submission: None)
    late = hand_in(browser_of("student2"), item, NEAR, "late")
    [old] = post.messages
    post.messages.clear()
    regrade = dry_run(post, item=item.pk)
    assert RegradeRow.objects.get(regrade=regrade, submission=late).stays == "waiting"
    apply(regrade, None)
    post.messages.append(old)
    post.deliver()
    late.refresh_from_db()
    assert late.state == "queued"  # a verdict by the version before is no verdict on this
    Submission.objects.filter(pk=late.pk).update(sent_at=timezone.now() - timedelta(hours=1))
    sweep_all(overdue())
    post.deliver()
    late.refresh_from_db()
    assert (late.state, late.points) == ("graded", 4)


def test_a_version_with_other_boxes_is_refused_in_words(
    work: list[Submission], item: Item, items: dict[str, Item], post: Post
) -> None:
    other = mend(items["seed-w3"].exercise)
    PublishedExercise.objects.filter(pk=other.pk).update(slug="seed-w1", version=2)
    with pytest.raises(Refused) as refused:
        dry_run(post, item=item.pk)
    assert "the boxes differ" in refused.value.detail
    with pytest.raises(Refused) as refused:
        dry_run(post, item=item.pk, version="7")
    assert "has no published version 7" in refused.value.detail


def test_without_a_new_version_stored_answers_are_marked_by_the_version_they_were_given(
    work: list[Submission], item: Item, post: Post
) -> None:
    Submission.objects.filter(pk=work[0].pk).update(points=1)
    spoilt = Submission.objects.get(pk=work[0].pk)
    verdict = spoilt.verdict | {"outcome": "wrong", "points": "1"}
    Submission.objects.filter(pk=spoilt.pk).update(verdict=verdict)
    regrade = dry_run(post, item=item.pk, version="")
    assert [row[0] for row in listed(regrade)] == [True, False, False, False]
    apply(regrade, None)
    spoilt.refresh_from_db()
    assert spoilt.points == 3


def test_only_who_gained_or_lost_points_is_told_and_the_journal_says_so(
    student: Client,
    work: list[Submission],
    mended: PublishedExercise,
    item: Item,
    post: Post,
    person: Callable[[str], User],
) -> None:
    apply(dry_run(post, item=item.pk), person("instructor"))
    told = Notice.objects.order_by("user__username").values_list("user__username", "words")
    assert list(told) == [
        ("student", "7.5 → 10. Marked again: the tolerance was too tight"),
        ("student2", "7.5 → 10. Marked again: the tolerance was too tight"),
    ]
    entry = Entry.objects.get(what="marks.regraded")
    assert (entry.about["number"], entry.about["scores"]) == (3, 2)


def test_a_regrade_for_one_student_leaves_the_others_and_the_item(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post, person: Callable[[str], User]
) -> None:
    apply(dry_run(post, item=item.pk, student=person("student2")), None)
    item.refresh_from_db()
    work[0].refresh_from_db()
    assert item.exercise != mended
    assert work[0].points == 3
    assert set(
        Attempt.objects.filter(user=person("student2"), item=item).values_list("exercise", flat=True)
    ) == {mended.pk}


def test_rules_for_links_that_changed_since_the_dry_run_stop_it(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post
) -> None:
    regrade = dry_run(post, item=item.pk)
    LinkRule.objects.create(item=item, box="grad_w1", effect="full")
    with pytest.raises(Refused, match="Not applied"):
        apply(regrade, None)
    regrade.refresh_from_db()
    assert regrade.stage == "ready"


def test_a_verdict_with_a_foreign_token_or_on_other_boxes_changes_nothing(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post
) -> None:
    regrade = begin(Course.objects.get(slug="backprop"), None, Wish(item=item.pk, version="newest"), "why")
    advance(regrade.pk)
    [(_task, [jobs])] = post.messages
    token, verdict = jobs[0]["token"], {"engine": "4", "outcome": "wrong", "points": 0, "possible": 4}
    forged = [[token + "x", verdict, ""], ["a.b.c", verdict, ""], [token, {"odd": 1}, ""]]
    record(forged)
    assert not RegradeJob.objects.filter(answered=True).exists()
    record([[token, verdict | {"counts": True, "boxes": []}, ""]])
    assert RegradeJob.objects.get(answered=True).fault == "a verdict on other boxes"


def test_what_cannot_be_marked_stays_and_is_named(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post
) -> None:
    regrade = begin(Course.objects.get(slug="backprop"), None, Wish(item=item.pk, version="newest"), "why")
    advance(regrade.pk)
    [(_task, [jobs])] = post.messages
    post.messages.clear()
    record([[job["token"], None, "RecursionError"] for job in jobs])
    advance(regrade.pk)
    regrade.refresh_from_db()
    assert regrade.stage == "ready"
    assert {row[1] for row in listed(regrade)} == {"fault"}
    assert apply(regrade, None).submissions == 0


def test_few_messages_are_on_their_way_at_once_and_lost_ones_are_sent_again(
    work: list[Submission],
    mended: PublishedExercise,
    item: Item,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("course.review.marking.CHUNK", 1)
    monkeypatch.setattr("course.review.marking.ABREAST", 2)
    regrade = begin(Course.objects.get(slug="backprop"), None, Wish(item=item.pk, version="newest"), "why")
    advance(regrade.pk)
    assert len(post.messages) == 2
    post.messages.clear()  # the worker died
    long_ago = timezone.now() - timedelta(minutes=5)
    RegradeJob.objects.filter(sent_at__isnull=False).update(sent_at=long_ago)
    Regrade.objects.update(touched_at=long_ago)
    assert sweep(long_ago - timedelta(seconds=1)) == [regrade.pk]
    assert RegradeJob.objects.filter(sent_at__isnull=True).count() == 1
    assert sweep(timezone.now()) == [regrade.pk]
    assert RegradeJob.objects.filter(sent_at__isnull=True).count() == 3
    advance(regrade.pk)
    post.deliver()
    regrade.refresh_from_db()
    assert regrade.stage == "ready"
    assert CHUNK > 1


def test_a_broker_that_is_away_loses_nothing(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post
) -> None:
    post.away = True
    regrade = begin(Course.objects.get(slug="backprop"), None, Wish(item=item.pk, version="newest"), "why")
    advance(regrade.pk)
    regrade.refresh_from_db()
    assert regrade.stage == "marking"
    post.away = False
    advance(regrade.pk)
    post.deliver()
    regrade.refresh_from_db()
    assert regrade.stage == "ready"


def test_a_dropped_regrade_is_gone_and_one_that_is_applied_is_not_dropped(
    work: list[Submission], mended: PublishedExercise, item: Item, post: Post
) -> None:
    regrade = dry_run(post, item=item.pk)
    drop(regrade)
    assert not RegradeRow.objects.exists()
    again = dry_run(post, item=item.pk)
    apply(again, None)
    with pytest.raises(Refused, match="Not dropped"):
        drop(again)
