"""What a process that marks does before its first answer."""

import gc
from collections.abc import Iterator

import pytest
from celery.signals import worker_process_init

from grader import mutants
from grader.tasks import prepare
from tests.grader.jobs import gradient_boxes, last, update_boxes, verdict_on
from tests.grader.test_network import SEED


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that was prepared, has looked at no answer, and cannot read a wrong rule any more."""

    def refuse(*_: object) -> None:
        raise AssertionError("a wrong rule is read while an answer waits")

    for cached in (mutants._template, mutants.single, mutants.double):
        cached.cache_clear()
    prepare()
    monkeypatch.setattr(mutants, "read", refuse)
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("prepared")
def test_no_answer_waits_until_the_wrong_rules_are_read() -> None:
    links = verdict_on(gradient_boxes(SEED, "w3"), "0.6", "0.6", "0.36")
    assert links.boxes[0].code == "misconception"
    assert last(verdict_on(update_boxes(SEED, "w3"), "1.964")).code == "misconception"


@pytest.mark.usefixtures("prepared")
def test_tidying_up_memory_leaves_out_what_has_been_loaded() -> None:
    assert gc.get_freeze_count() > 10_000


def test_every_process_that_marks_is_prepared() -> None:
    assert prepare in [receiver() for _, receiver in worker_process_init.receivers]
