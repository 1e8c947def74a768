"""What a roster changes in a course, a second time too, and taking it back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from course.people.models import Course, Enrolment, Entry, Invitation, RosterImport, Section, User
from course.people.roster.applying import import_roster, plan_for
from course.people.roster.plan import Plan
from course.people.roster.rows import read_roster
from course.people.roster.undoing import Undone, last_import, undo_import
from course.work.models import Item
from tests.conftest import Post

Person = Callable[[str], User]
HEADER = "first,last,email,student number,section\n"
TWO = HEADER + "Eve,Moss,eve@uni.edu,300,Lab 1\nFinn,Reed,finn@uni.edu,301,Lab 2\n"


def put(course: Course, text: str, *, leave: bool = False) -> Plan:
    """Import a roster, and give back what was planned."""
    return import_roster(RosterImport(course=course, leave=leave), read_roster(text), None)


def place(name: str) -> Enrolment:
    return Enrolment.objects.select_related("section", "user").get(user__username=name)


def counts(plan: Plan) -> tuple[int, ...]:
    """New, changed, unchanged, left, wrong."""
    return tuple(plan.counts[name] for name in ("new", "changed", "unchanged", "left", "wrong"))


def problems(course: Course, text: str) -> list[tuple[int, str, str]]:
    return [(one.line, one.field, one.words) for one in plan_for(course, read_roster(text)).problems]


def test_people_who_are_new_get_an_account_a_place_a_section_and_an_invitation(demo: Course) -> None:
    assert counts(put(demo, TWO)) == (2, 0, 0, 0, 0)
    eve = place("eve@uni.edu")
    assert (eve.user.get_full_name(), eve.user.email, eve.student_number) == (
        "Eve Moss",
        "eve@uni.edu",
        "300",
    )
    assert (str(eve.section), eve.role, eve.active) == ("Lab 1", "student", True)
    assert not eve.user.has_usable_password()
    assert Invitation.objects.filter(course=demo, used_at=None).count() == 2


def test_the_same_file_a_second_time_changes_nothing(demo: Course) -> None:
    put(demo, TWO)
    entries = Entry.objects.count()
    assert counts(put(demo, TWO)) == (0, 0, 2, 0, 0)
    assert (RosterImport.objects.count(), Entry.objects.count()) == (1, entries)


def test_what_differs_is_changed_and_an_empty_cell_changes_nothing(demo: Course) -> None:
    put(demo, TWO)
    plan = put(demo, HEADER + "Eva,,eve@uni.edu,,Lab 2\nFinn,Reed,finn@new.edu,301,\n")
    assert counts(plan) == (0, 2, 0, 0, 0)
    assert [step.matched for step in plan.steps] == ["email", "student_number"]
    eve, finn = place("eve@uni.edu"), place("finn@uni.edu")
    assert (eve.user.first_name, eve.user.last_name, eve.student_number) == ("Eva", "Moss", "300")
    assert str(eve.section) == str(finn.section) == "Lab 2"
    assert finn.user.email == "finn@new.edu"
    assert Section.objects.filter(course=demo).count() == 2


def test_a_section_in_other_capitals_is_the_same_section(demo: Course) -> None:
    put(demo, TWO)
    assert counts(put(demo, HEADER + "Eve,Moss,eve@uni.edu,300,LAB 1\n")) == (0, 0, 1, 0, 0)


def test_an_account_of_the_site_joins_by_its_e_mail_and_keeps_its_name(demo: Course, person: Person) -> None:
    User.objects.filter(username="outsider").update(email="Otto@uni.edu")
    plan = put(demo, HEADER + "Otho,Wood,otto@uni.edu,,\n")
    [step] = plan.steps
    assert (step.kind, step.matched) == ("joins", "email")
    assert list(step.notices) == [
        "has the account “outsider” and joins with it",
        "keeps the name of the account, Otto Wood",
    ]
    assert person("outsider").first_name == "Otto"
    assert place("outsider").active
    assert not Invitation.objects.exists()


def test_the_name_of_an_account_that_is_not_the_courses_own_is_kept(demo: Course, person: Person) -> None:
    plan = put(demo, "first,email,username,student number\nAdele,ada@uni.edu,student,7\n")
    [step] = plan.steps
    assert (step.kind, step.matched) == ("changed", "username")
    assert list(step.notices) == [
        "keeps the first name of their own account, “Ada”",
        "keeps the e-mail of their own account, “–”",
    ]
    assert (person("student").first_name, place("student").student_number) == ("Ada", "7")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Otto,Wood,x@uni.edu,,OUTSIDER", ("username", "belongs to an account with another e-mail")),
        ("Eve,Moss,,,outsider", ("username", "is taken by Otto Wood: the same person?")),
        ("Eve,Moss,two@uni.edu,,outsider", ("username", "is that of another account than the e-mail")),
        (
            "Eve,Moss,twins@uni.edu,,",
            ("email", "is that of several accounts; say which in a column “username”"),
        ),
        (
            "Eve,Moss,,outsider,",
            (
                "student_number",
                "would be the username, but Otto Wood has it; say which in a column “username”",
            ),
        ),
        ("Ada,Stone,ben@uni.edu,100,", ("email", "is Ben Rivers's, but the student number is Ada Stone's")),
    ],
)
def test_a_line_that_fits_nobody_for_sure_is_a_problem(
    demo: Course, line: str, problem: tuple[str, str]
) -> None:
    User.objects.filter(username="outsider").update(email="otto@uni.edu")
    User.objects.filter(username="student2").update(email="ben@uni.edu")
    Enrolment.objects.filter(user__username="student").update(student_number="100")
    for number, mail in enumerate(("two@uni.edu", "twins@uni.edu", "twins@uni.edu")):
        User.objects.create(username=f"other{number}", email=mail)
    assert problems(demo, f"first,last,email,student number,username\n{line}\n") == [(2, *problem)]


@pytest.mark.parametrize("username", ["ÉDA", "éda", "Éda", "EDA", "eda"])
def test_a_username_in_other_capitals_is_the_same_one_whatever_the_database_makes_of_them(
    demo: Course, username: str
) -> None:
    User.objects.create(username=username, first_name="Eda")
    [step] = plan_for(demo, read_roster(f"username\n{username}\n")).steps
    assert (step.kind, step.matched) == ("joins", "username")


def test_two_lines_cannot_be_one_person(demo: Course) -> None:
    put(demo, TWO)
    assert problems(demo, "email,student number\neve@uni.edu,\n,300\n") == [
        (3, "student_number", "is Eve Moss, as line 2 is")
    ]
    assert problems(demo, "student number\na b\na/b\n") == [(3, "student_number", "is a-b, as line 2 is")]


def test_somebody_with_the_name_of_one_who_is_here_is_pointed_out_and_not_merged(demo: Course) -> None:
    [step] = plan_for(demo, read_roster(HEADER + "Ada,Stone,ada@uni.edu,,\n")).steps
    assert step.kind == "new"
    assert "has the name of student, who is here" in step.notices[0]


def test_the_staff_are_left_alone(demo: Course) -> None:
    [step] = put(demo, "username,student number\ninstructor,9\n", leave=True).steps
    assert (step.kind, list(step.notices)) == ("same", ["is of the staff: left alone"])
    assert (place("instructor").student_number, place("instructor").active) == ("", True)


def test_students_who_are_not_in_the_file_are_marked_as_left_only_if_asked(demo: Course) -> None:
    assert counts(put(demo, TWO)) == (2, 0, 0, 0, 0)
    assert place("student").active
    assert counts(put(demo, TWO, leave=True)) == (0, 0, 2, 2, 0)
    assert not place("student").active
    assert place("instructor").active
    told = {entry.what for entry in Entry.objects.filter(whom__username="student")}
    assert told == {"people.left"}


def test_nobody_leaves_while_a_line_is_wrong_since_it_may_be_theirs(demo: Course) -> None:
    put(demo, TWO)
    plan = put(demo, HEADER + "Eve,Moss,eve@uni.edu,300,\nFinn,Reed,finn@,,\n", leave=True)
    assert counts(plan) == (0, 0, 1, 0, 1)
    assert place("finn@uni.edu").active


def test_one_who_had_left_and_is_in_the_file_returns(demo: Course) -> None:
    put(demo, TWO)
    Enrolment.objects.filter(user__username="eve@uni.edu").update(active=False)
    [eve, _finn] = put(demo, TWO).steps
    assert eve.kind == "returns"
    assert place("eve@uni.edu").active
    assert Entry.objects.filter(what="people.returned", whom=place("eve@uni.edu").user).exists()


def test_what_is_imported_is_what_was_seen(demo: Course) -> None:
    roster, draft = read_roster(TWO), RosterImport(course=demo)
    seen = plan_for(demo, roster).digest
    Section.objects.create(course=demo, name="Lab 1")
    plan = import_roster(draft, roster, None, seen=seen)
    assert (draft.applied_at, plan.digest == seen) == (None, False)
    import_roster(draft, roster, None, seen=plan.digest)
    assert draft.applied_at is not None


def test_an_import_takes_as_many_queries_for_300_people_as_for_two(demo: Course) -> None:
    with CaptureQueriesContext(connection) as two:
        put(demo, TWO)
    many = HEADER + "".join(f"P,{n},p{n}@uni.edu,{n + 1000},Lab 1\n" for n in range(150))
    with CaptureQueriesContext(connection) as more:
        put(demo, many)
    assert len(more) <= len(two) + 2
    with CaptureQueriesContext(connection) as same:
        put(demo, many)
    assert len(same) < 12


def undo(course: Course) -> Undone:
    done = last_import(course)
    assert done is not None
    return undo_import(done, None)


def test_an_import_is_taken_back_with_its_accounts_and_sections(demo: Course) -> None:
    before = set(Enrolment.objects.values_list("user__username", "active", "student_number"))
    put(demo, TWO + "Ada,,,,\n".replace("Ada,,,,", "Ben,Rivers,,77,"), leave=False)
    put(demo, "username,student number\nstudent,55\n", leave=True)
    assert undo(demo) == Undone(removed=0, left=0, restored=5, kept=0)
    assert undo(demo) == Undone(removed=3, left=0, restored=0, kept=0)
    assert set(Enrolment.objects.values_list("user__username", "active", "student_number")) == before
    assert not User.objects.filter(email="eve@uni.edu").exists()
    assert not Section.objects.exists()
    assert last_import(demo) is None


def test_taking_back_leaves_alone_what_was_changed_since(demo: Course) -> None:
    put(demo, TWO)
    put(demo, HEADER + "Eva,Moor,eve@uni.edu,300,Lab 2\n")
    User.objects.filter(email="eve@uni.edu").update(first_name="Evi")
    assert undo(demo) == Undone(removed=0, left=0, restored=1, kept=1)
    eve = place("eve@uni.edu")
    assert (eve.user.first_name, eve.user.last_name, str(eve.section)) == ("Evi", "Moss", "Lab 1")


def test_taking_back_deletes_nobody_who_has_worked_or_has_signed_in(
    demo: Course, items: dict[str, Item], marked: Post
) -> None:
    put(demo, TWO)
    eve, finn = place("eve@uni.edu").user, place("finn@uni.edu").user
    browser = Client()
    browser.force_login(eve)
    assert browser.get(f"/c/backprop/i/{items['seed-w1'].pk}/").status_code == 200
    Invitation.objects.filter(user=finn).update(used_at="2026-12-01T00:00Z")
    assert undo(demo) == Undone(removed=1, left=1, restored=0, kept=0)
    assert not place("eve@uni.edu").active
    assert User.objects.filter(pk=finn.pk).exists()
    assert not Enrolment.objects.filter(user=finn).exists()


def command(*arguments: str, stdin: str = "") -> Any:
    out = io.StringIO()
    call_command("import_roster", *arguments, stdout=out)
    return json.loads(out.getvalue()) if "json" in arguments else out.getvalue()


def test_the_command_looks_first_then_imports_then_takes_back(demo: Course, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(TWO)
    told = command("backprop", str(file), "--dry-run", "--format", "json")
    assert (told["imported"], told["counts"]["new"], told["sections"]) == (False, 2, ["Lab 1", "Lab 2"])
    assert not User.objects.filter(email="eve@uni.edu").exists()
    assert "new 2, changed 0, unchanged 0, left 0, wrong 0" in command("backprop", str(file))
    assert RosterImport.objects.get().name == "roster.csv"
    assert Entry.objects.get(what="people.imported").by is None
    assert command("backprop", "--undo", "--format", "json")["removed"] == 2


def test_the_command_imports_nothing_while_a_line_is_wrong_unless_told_to(
    demo: Course, tmp_path: Path
) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(TWO + "Gus,Hay,gus@,,\n")
    with pytest.raises(CommandError, match="mend these lines") as caught:
        command("backprop", str(file))
    assert caught.value.returncode == 1
    assert not RosterImport.objects.exists()
    assert "line 4: e-mail is no e-mail address gus@" in command("backprop", str(file), "--partly")
    assert User.objects.filter(email="eve@uni.edu").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere", "x.csv"), 2, "There is no course 'nowhere'"),
        (("backprop",), 2, "Name a file, or say --undo"),
        (("backprop", "x.csv", "--undo"), 2, "Name a file, or say --undo"),
        (("backprop", "/no/such/file.csv"), 2, "Cannot read /no/such/file.csv"),
        (("backprop", "--undo"), 1, "There is no import to take back"),
        (("backprop", "/dev/null"), 1, "There is nothing in it"),
    ],
)
def test_the_command_says_what_it_was_called_wrongly_with(
    demo: Course, arguments: tuple[str, ...], code: int, words: str
) -> None:
    with pytest.raises(CommandError, match=words) as caught:
        command(*arguments)
    assert caught.value.returncode == code
