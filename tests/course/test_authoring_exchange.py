"""Where a set starts from, files in and out, and the command that checks them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.authoring import parcels
from course.authoring.library import own_ids, templates, texts_of
from course.authoring.merging import Merged, merge, side_by_side
from course.authoring.models import Document, Import
from course.authoring.parcels import ParcelError, packed, unpacked
from course.authoring.revisions import open_document
from course.management.base import NotDoneError, WrongCallError
from course.people.models import Course, Enrolment, User
from exercises.bank import read
from tests.conftest import Post
from tests.course.test_authoring import BROKEN, OWN, ROOM


@pytest.fixture
def author(browser_of: Callable[[str], Client]) -> Client:
    """The instructor's browser."""
    return browser_of("instructor")


def upload(author: Client, content: bytes, name: str = "sets.zip") -> Any:
    return author.post(f"{ROOM}import/", {"file": SimpleUploadedFile(name, content)})


def test_a_network_that_is_chosen_becomes_a_set_that_is_being_checked(author: Client, post: Post) -> None:
    wanted = {"name": "Chosen", "layers": "1-1-1", "activation": "tanh", "loss": "squared", "steps": "loss"}
    reply = author.post(f"{ROOM}new/", wanted)
    document = Document.objects.get()
    assert reply.url == f"{ROOM}{document.pk}/"
    assert document.title == "Chosen"
    assert "h1: tanh(z1)" in texts_of(document.course)["chosen.yaml"]
    assert [task for task, _ in post.messages] == ["exercises.check"]


def test_layers_that_make_no_network_are_refused_at_their_field(author: Client) -> None:
    page = author.post(f"{ROOM}new/", {"name": "n", "layers": "2-0-1", "steps": "loss"} | CHOSEN)
    assert page.status_code == 400
    assert "A layer has 1 to 4 units." in page.content.decode()


CHOSEN = {"activation": "relu", "loss": "squared"}


def test_every_file_of_the_bank_may_be_copied(author: Client, demo: Course, post: Post) -> None:
    author.post(f"{ROOM}copy", {"from": "bank:seed"})
    assert texts_of(demo) == {"the-seed-network-its-other-weights.yaml": templates()["seed"].text}


def test_a_second_copy_has_ids_of_its_own(author: Client, demo: Course, post: Post) -> None:
    for _ in range(2):
        author.post(f"{ROOM}copy", {"from": "bank:momentum"})
    assert [read(text)[0].id for text in texts_of(demo).values()] == ["momentum-update", "momentum-update-2"]
    assert own_ids(demo, "  - {id: momentum-update, step: update}") == (
        "  - {id: momentum-update-3, step: update}"
    )


def test_a_set_of_another_course_may_be_copied_by_who_may_look_there(
    author: Client, person: Callable[[str], User], demo: Course, post: Post
) -> None:
    other = Course.objects.create(slug="other", title="Other")
    theirs = open_document(other, OWN, None, "")
    author.post(f"{ROOM}copy", {"from": f"set:{theirs.pk}"})
    assert "My own" not in "".join(texts_of(demo).values())
    Enrolment.objects.create(course=other, user=person("instructor"), role="instructor", content=1)
    assert "My own" in author.get(f"{ROOM}new/").content.decode()
    author.post(f"{ROOM}copy", {"from": f"set:{theirs.pk}"})
    assert texts_of(demo)["my-own.yaml"] == OWN


@pytest.mark.parametrize("source", ["", "bank:nothing", "bank:../x", "set:99999999999", "set:x", "\0"])
def test_a_source_that_is_none_gives_an_empty_page(author: Client, post: Post, source: str) -> None:
    assert author.post(f"{ROOM}copy", {"from": source}).status_code == 302
    assert "A network of my own" in Document.objects.get().title


def test_what_is_exported_can_be_imported_again(author: Client, demo: Course, post: Post) -> None:
    open_document(demo, OWN, None, "")
    content = author.get(f"{ROOM}export.zip").content
    assert [file.text for file in unpacked(content, "x.zip")] == [OWN]
    page = upload(author, content).content.decode()
    assert "my-own.yaml" in page
    assert Document.objects.count() == 1
    reply = author.post(f"{ROOM}import/", {"do": "take", "import": Import.objects.get().pk})
    assert reply.status_code == 302
    assert list(texts_of(demo)) == ["my-own.yaml", "my-own-2.yaml"] or len(texts_of(demo)) == 2
    assert "my-loss-2" in "".join(texts_of(demo).values())
    assert not Import.objects.exists()


def test_an_import_is_looked_at_file_by_file_and_only_what_is_sound_is_taken(
    author: Client, demo: Course, post: Post
) -> None:
    files = {"good.yaml": OWN, "a/bad.yaml": BROKEN, "../up.yaml": OWN, "notes.txt": "no"}
    page = upload(author, packed(files)).content.decode()
    assert "Line 4: equation 2" in page
    assert "leads out of the zip" in page
    assert "notes.txt" not in page
    assert "Take 1 set over" in page
    author.post(f"{ROOM}import/", {"do": "take", "import": Import.objects.get().pk})
    assert texts_of(demo) == {"my-own.yaml": OWN}


def test_an_import_of_somebody_else_is_not_found(author: Client, demo: Course, person: Any) -> None:
    kept = Import.objects.create(course=demo, by=person("assistant"), files={"a.yaml": OWN})
    assert author.post(f"{ROOM}import/", {"do": "take", "import": kept.pk}).status_code == 404


def test_a_single_file_may_be_imported(author: Client, demo: Course) -> None:
    assert "Take 1 set over" in upload(author, OWN.encode(), "mine.yaml").content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "Line 1 is not UTF-8"),
        (b"PK\x05\x06" + b"\0" * 18, "no file in it whose name ends in .yaml"),
        (packed({"a.txt": "x"}), "no file in it whose name ends in .yaml"),
        (packed({f"{n}.yaml": "x" for n in range(201)}), "201 YAML files"),
        (packed({"bomb.yaml": "a" * 3_000_000}), "longer than"),
        (packed({f"{n}.yaml": "a" * 399_999 for n in range(9)}), "larger than 2 MB"),
    ],
)
def test_what_is_no_parcel_is_refused_in_words(author: Client, content: bytes, words: str) -> None:
    assert words in upload(author, content, "x").content.decode()
    assert Document.objects.count() == 0


def test_a_zip_that_lies_about_its_sizes_is_not_believed() -> None:
    content = bytearray(packed({"bomb.yaml": "a" * 900_000}))
    at = content.rindex(b"PK\x01\x02") + 24
    content[at : at + 4] = (10).to_bytes(4, "little")
    try:
        files = unpacked(bytes(content), "x.zip")
    except ParcelError:
        return
    assert all(len(file.text) <= parcels.MOST_BYTES for file in files)


def test_an_encrypted_file_is_named() -> None:
    content = bytearray(packed({"a.yaml": "x"}))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.index(magic) + at
        content[place] |= 1
    assert [file.fault for file in unpacked(bytes(content), "x.zip")] == ["It is encrypted."]


def test_a_parcel_is_the_same_bytes_for_the_same_texts() -> None:
    assert packed({"a.yaml": OWN}) == packed({"a.yaml": OWN})
    with zipfile.ZipFile(io.BytesIO(packed({"a.yaml": OWN}))) as parcel:
        assert parcel.read("a.yaml").decode() == OWN


def test_two_peoples_changes_in_different_places_go_together() -> None:
    assert merge("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\nd\n").text == "A\nb\nC\nd\n"
    assert merge("a\nb\n", "a\n", "a\nb\n").text == "a\n"
    assert merge("a\n", "a\n", "").text == ""
    assert merge("", "mine\n", "mine\n").conflicts == 0


LINES = st.text("abcde", max_size=8).map(lambda text: "".join(f"{line}\n" for line in text))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, LINES)
def test_who_changes_alone_gets_exactly_that(base: str, changed: str) -> None:
    assert merge(base, changed, base) == merge(base, base, changed) == Merged(changed, 0)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, LINES, LINES)
def test_no_line_that_somebody_added_is_lost(base: str, mine: str, theirs: str) -> None:
    marked = [f"+{line}" for line in mine.split()]
    merged = merge(base, base + "".join(f"{line}\n" for line in marked), theirs)
    assert [line for line in merged.text.splitlines() if line.startswith("+")] == marked


def test_changes_in_the_same_place_are_both_kept_and_marked() -> None:
    merged = merge("a\nb\nc\n", "a\nB1\nc\n", "a\nB2\nc\n")
    assert merged.conflicts == 1
    assert merged.text == "a\n# <<<<<<< yours\nB1\n# ======= theirs\nB2\n# >>>>>>>\nc\n"


def test_two_texts_side_by_side_have_their_own_line_numbers() -> None:
    rows = side_by_side("a\nb\nc\n", "a\nx\ny\nc\n")
    assert [(row.kind, row.left, row.right) for row in rows] == [
        ("same", 1, 1), ("changed", 2, 2), ("added", None, 3), ("same", 3, 4),
    ]  # fmt: skip
    assert side_by_side("a\n", "a\n") == []


def test_the_schema_is_there_for_everybodys_editor(client: Client, db: None) -> None:
    reply = client.get("/schema/exercises.json")
    assert reply.headers["Content-Type"] == "application/schema+json"
    assert reply.json()["required"] == ["name", "exercises"]


def command(capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    call_command("check_bank", "--format", "json", *options)
    return json.loads(capsys.readouterr().out)


def test_the_command_checks_the_bank(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    told = command(capsys, "--only", "seed-loss")
    assert (told["checked"], told["failed"]) == (1, 0)
    assert told["exercises"][0]["students"] > 5


def test_the_command_checks_a_courses_own_sets_and_fails_if_one_does(
    demo: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    open_document(demo, OWN, None, "")
    assert command(capsys, "--course", "backprop")["checked"] == 1
    open_document(demo, BROKEN, None, "")
    with pytest.raises(NotDoneError):
        command(capsys, "--course", "backprop")
    assert "line 4: equation 2, 'h1'" in capsys.readouterr().out


@pytest.mark.parametrize("options", [["--course", "nowhere"], ["--only", "nothing"]])
def test_the_command_says_what_is_not_there(db: None, options: list[str]) -> None:
    with pytest.raises(WrongCallError, match="There is no"):
        call_command("check_bank", *options)


def test_the_files_of_the_bank_are_the_templates() -> None:
    names = {path.stem for path in Path("exercises/bank").glob("*.yaml")}
    assert set(templates()) == names
    assert next(iter(templates())) == "seed"
