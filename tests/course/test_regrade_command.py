"""``manage.py regrade``: the dry run, the list, applying, undoing, and what it says when it cannot."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from course.management.commands import regrade as command
from course.work.models import Item, Submission
from tests.conftest import Post
from tests.course.regrading import NEAR, Browser, hand_in, mend, pictures


@pytest.fixture
def item(items: dict[str, Item], browser_of: Browser, marked: Post, monkeypatch: pytest.MonkeyPatch) -> Item:
    """An item whose exercise was mended after somebody handed in; the grader answers while one waits."""
    found = items["seed-w1"]
    hand_in(browser_of("student"), found, NEAR, "one")
    mend(found.exercise)
    monkeypatch.setattr(command, "pause", marked.deliver)
    return found


def run(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("regrade", "backprop", *arguments, "--format", "json", stdout=out)
    return json.loads(out.getvalue())


def test_a_dry_run_lists_and_changes_nothing_then_it_is_applied_and_undone(item: Item) -> None:
    before = pictures()
    told = run("--exercise", "seed-w1", "--to-version", "newest", "--dry-run")
    assert (told["submissions"], told["changed"], told["up"], told["applied"]) == (1, 1, 1, False)
    [row] = told["rows"]
    assert (row["student"], row["before"], row["after"], row["boxes"]) == ("student", 3, 4, ["dh1_dw1"])
    assert pictures() == before
    done = run("--apply", str(told["regrade"]))
    assert (done["changed"], done["scores"], done["applied"]) == (1, 1, True)
    assert Submission.objects.get().points == 4
    assert run("--undo", str(told["regrade"]))["changed"] == 1
    assert pictures() == before


def test_in_words_it_says_how_to_go_on(item: Item) -> None:
    out = StringIO()
    call_command("regrade", "backprop", "--item", str(item.pk), "--to-version", "2", "--dry-run", stdout=out)
    assert "1 submissions looked at, 1 would change" in out.getvalue()
    assert "manage.py regrade backprop --apply" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (["nowhere"], "no course 'nowhere'", 2),
        (["backprop", "--student", "nobody"], "Nobody in this course", 2),
        (["backprop", "--since", "yesterday"], "no date such as", 2),
        (["backprop", "--undo", "77"], "no regrade 77", 2),
        (["backprop", "--exercise", "no-such"], "No exercise of this course", 1),
        (["backprop", "--to-version", "99"], "no published version 99", 1),
        (["backprop", "--to-version", "newest", "--since", "2026-01-01"], "whole attempts", 1),
    ],
)
def test_what_makes_no_sense_is_said_with_its_exit_status(
    item: Item, arguments: list[str], words: str, code: int
) -> None:
    with pytest.raises(CommandError, match=words) as error:
        call_command("regrade", *arguments, stdout=StringIO())
    assert error.value.returncode == code


def test_a_grader_that_does_not_answer_leaves_a_regrade_that_goes_on(
    item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "pause", lambda: None)
    with pytest.raises(CommandError, match="goes on by itself") as error:
        call_command("regrade", "backprop", "--item", str(item.pk), "--timeout", "0", stdout=StringIO())
    assert error.value.returncode == 1
