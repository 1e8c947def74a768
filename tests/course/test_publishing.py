"""``manage.py publish``: the bank comes onto the site, and into a course."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from course.people.models import Course
from course.work.models import Item, PublishedExercise
from exercises import bank

pytestmark = pytest.mark.django_db
SOFTPLUS = """
name: A softplus unit
network: {z1: w1*x1, h1: ln(1 + exp(z1)), yhat: w2*h1, L: (y - yhat)^2}
exercises:
  - {id: soft-prediction, step: prediction}
  - {id: soft-w2, step: two-factor, weight: w2}
"""


def publish(*arguments: str) -> str:
    out = StringIO()
    call_command("publish", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def one_more_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bank, and a file with two exercises."""
    file = tmp_path / "softplus.yaml"
    file.write_text(SOFTPLUS)
    whole = bank.load()
    monkeypatch.setattr(
        "course.work.publication.load",
        lambda: whole | {one.id: one for one in bank.read(file.read_text(), file.name)},
    )
    return file


def test_a_new_file_of_the_bank_becomes_an_assignment_of_the_named_course(
    demo: Course, one_more_file: Path
) -> None:
    said = publish("--course", "backprop")
    assert "published soft-prediction, version 1" in said
    assert "2 of them new, 1 new assignments" in said
    placed = Item.objects.filter(assignment__title="A softplus unit", assignment__course=demo)
    assert [item.exercise.slug for item in placed] == ["soft-prediction", "soft-w2"]
    assert "0 of them new, 0 new assignments" in publish("--course", "backprop")


def test_a_changed_exercise_becomes_a_next_version_and_the_old_one_stays(
    demo: Course, one_more_file: Path
) -> None:
    publish()
    one_more_file.write_text(SOFTPLUS.replace("w2*h1", "w2*h1 + b2"))
    assert "published soft-w2, version 2" in publish()
    versions = PublishedExercise.objects.filter(slug="soft-w2").order_by("version")
    assert [row.version for row in versions] == [1, 2]


def test_a_dry_run_says_what_would_be_published_and_publishes_nothing(
    demo: Course, one_more_file: Path
) -> None:
    assert "published soft-w2, version 1" in publish("--course", "backprop", "--dry-run")
    assert not PublishedExercise.objects.filter(slug="soft-w2").exists()


def test_before_the_first_migration_the_bank_cannot_be_published(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "publish"]
    tried = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert tried.returncode == 1
    assert tried.stderr == "CommandError: The database is empty. Run first: manage.py migrate\n"


def test_an_unknown_course_is_named_with_those_that_there_are(demo: Course) -> None:
    with pytest.raises(CommandError, match=r"no course 'nope' \(known: backprop\)"):
        publish("--course", "nope")


def test_a_wrong_bank_is_refused_in_words_and_publishes_nothing(demo: Course, one_more_file: Path) -> None:
    one_more_file.write_text(SOFTPLUS.replace("weight: w2", "weight: w9"))
    before = PublishedExercise.objects.count()
    with pytest.raises(CommandError, match="'w9' is not a weight of this network"):
        publish()
    assert PublishedExercise.objects.count() == before
