"""A curriculum from a file: every error by its line, nothing by halves."""

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden
from rollbook.systems.college.catalogue import selectors, services
from rollbook.systems.college.catalogue.examples import a_prerequisite, a_subject
from rollbook.systems.college.catalogue.models import Curriculum, PrerequisiteRule, Subject
from rollbook.systems.college.examples import a_cashier, a_programme, a_registrar
from rollbook.systems.college.lists import FileRefused

HEAD = "programme,curriculum,academic_year,year,semester,code,title,lecture_units,lab_units,category,prerequisites,tags"
FIRST = "BSIT,BSIT 2031,2031-2032,1,1,IT 101,Computing,2,1,MAJOR,,programming web"


@pytest.fixture
def programme(tenant):
    return a_programme("BSIT", total_units_required=9)


def imported(*lines, head=HEAD, dry_run=False):
    content = "\n".join([head, *lines]).encode()
    return services.import_curriculum(a_registrar(), file_name="bsit.csv", content=content, dry_run=dry_run)


def said(found):
    return [error.sentence for error in found.errors]


GOOD = (
    FIRST,
    ",,,1,2,IT 102,Programming,3,,MAJOR,IT 101,",
    "BSIT,,,2,s,IT 190,Practicum,3,,MINOR,IT 102>=2.00 & year:2,",
)


def test_a_file_becomes_a_draft_with_its_subjects_and_prerequisites(programme):
    found = imported(*GOOD)

    curriculum = Curriculum.objects.get()
    assert (found.errors, found.curriculum_id, found.total_units) == ([], curriculum.id, 9)
    assert (curriculum.name, curriculum.state, curriculum.effective_academic_year) == (
        "BSIT 2031",
        "DRAFT",
        "2031-2032",
    )
    assert found.units_by_term == [(1, "FIRST", 3), (1, "SECOND", 3), (2, "SUMMER", 3)]
    assert [(place.code, place.when) for place in selectors.plan_of(curriculum.id).places] == [
        ("IT 101", (1, 0)), ("IT 102", (1, 1)), ("IT 190", (2, 2)),
    ]  # fmt: skip
    assert Subject.objects.get(code="IT 101").tags == ["programming", "web"]
    assert len(selectors.rules_for(curriculum.id)) == 2
    assert AuditEntry.objects.get(action="college.curriculum_imported").facts["new_subjects"] == [
        "IT 101", "IT 102", "IT 190",
    ]  # fmt: skip


def test_a_rehearsal_says_the_same_and_writes_nothing(programme):
    found = imported(*GOOD, dry_run=True)

    assert (found.new_codes, found.total_units, found.curriculum_id) == (["IT 101", "IT 102", "IT 190"], 9, None)
    assert not Subject.objects.exists()
    assert not Curriculum.objects.exists()
    assert not AuditEntry.objects.exists()


def test_every_error_is_told_by_its_line_and_nothing_is_written(programme):
    found = imported(
        FIRST,
        ",,,9,4,IT 102,,3,,MAJOR,,",
        ",,,1,2,IT 103,Data,three,,CORE,,",
        ",,,1,2,it 101,Again,3,,,,",
        "BSN,,,1,2,IT 104,Web,0,,,IT 999,",
        ",,,1,2,IT 105,=SUM(A1),1.25,,,,",
    )

    by_line = {}
    for error in found.errors:
        by_line.setdefault(error.line, {})[error.field] = error.message
    assert by_line == {
        3: {
            "title": "This cell is empty.", "year": "Write a year from 1 to 6.", "semester": "Write 1, 2 or S.",
        },
        4: {
            "category": "Write one of: MAJOR, MINOR, ELECTIVE.", "lecture_units": "Write a number such as 3 or 1.5.",
        },
        5: {"code": "it 101 stands on line 2 already."},
        6: {
            "programme": "The first line says BSIT. A file holds one curriculum.",
            "lecture_units": "A subject has 1 to 10 units, lectures and laboratory together.",
            "prerequisites": "There is no subject 'IT 999'.",
        },
        7: {"lecture_units": "Write a number such as 3 or 1.5."},
    }  # fmt: skip
    assert not Subject.objects.exists()
    assert not Curriculum.objects.exists()


@pytest.mark.rule("R10", "R13")
@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            (FIRST, ",,,1,1,IT 102,Programming,3,,,IT 101,"),
            "line 3: prerequisites: IT 102 asks for IT 101, which does not come in an earlier term.",
        ),
        (
            (FIRST.replace(",,programming", ",IT 102,programming"), ",,,1,2,IT 102,Programming,3,,,IT 101,"),
            "line 2: prerequisites: These subjects would wait for each other for ever: IT 102 → IT 101 → IT 102.",
        ),
        (
            (FIRST, ",,,1,2,IT 102,Programming,3,,,OLD 1,"),
            "line 3: prerequisites: IT 102 asks for OLD 1, which is not in this curriculum.",
        ),
        (
            (FIRST, ",,,5,1,IT 102,Programming,3,,,,"),
            "line 3: prerequisites: IT 102 stands in year 5, but the programme takes 4 years.",
        ),
    ],
)
def test_what_cannot_be_followed_is_told_by_its_line(programme, lines, sentence):
    a_subject("OLD 1")

    found = imported(*lines)

    assert said(found) == [sentence]
    assert Subject.objects.count() == 1
    assert not Curriculum.objects.exists()


def test_a_ring_hides_nothing_else_that_cannot_be_followed(programme):
    found = imported(
        FIRST.replace(",,programming", ",IT 102,programming"),
        ",,,1,2,IT 102,Programming,3,,,IT 101,",
        ",,,2,1,IT 103,Data,3,,,year:4,",
    )

    ring, late = said(found)
    assert ring == "line 2: prerequisites: These subjects would wait for each other for ever: IT 102 → IT 101 → IT 102."
    assert late.startswith("line 4: prerequisites: IT 103 cannot be reached in its term.")
    assert not Curriculum.objects.exists()


def test_units_that_do_not_add_up_are_a_warning(programme):
    found = imported(FIRST)

    assert found.warnings == ["The subjects add up to 3 units; the programme asks for 9."]
    assert found.curriculum_id is not None


def test_a_subject_that_stands_is_taken_as_it_is_and_must_count_the_same(programme):
    a_subject("IT 101", title="Computing", lab_units=1, units=2)
    a_subject("IT 102", units=4)
    a_prerequisite(Subject.objects.get(code="IT 101"), "year:1")

    found = imported(*GOOD)

    assert said(found) == ["line 3: lecture_units: IT 102 stands with 4.0, the file says 3."]
    again = imported(FIRST)
    assert (again.new_codes, again.errors) == ([], [])
    assert PrerequisiteRule.objects.filter(entry__isnull=False).count() == 0


def test_a_file_for_no_programme_or_with_a_name_that_is_taken_is_refused(programme):
    imported(FIRST)

    assert said(imported(FIRST)) == [
        "line 2: curriculum: BSIT has a curriculum called BSIT 2031 already. Choose another name."
    ]
    assert said(imported(FIRST.replace("BSIT,BSIT 2031,2031-2032", "BSX,BSX 2031,2031-2032"))) == [
        "line 2: programme: There is no programme BSX. Add it first, or correct the code."
    ]
    assert said(imported(FIRST.replace("2031-2032", "2031").replace("BSIT 2031", "New"))) == [
        "line 2: academic_year: Enter two years that follow each other: 2026-2027."
    ]


def test_a_heading_must_name_what_is_needed_and_nothing_else(programme):
    assert said(imported("a,b", head="code,colour")) == [
        *(f"The column {name} is missing." for name in (
            "programme", "curriculum", "academic_year", "year", "semester", "title", "lecture_units",
        )),
        "There is no column colour.",
    ]  # fmt: skip


def test_a_file_that_is_no_list_is_refused(programme):
    with pytest.raises(FileRefused):
        services.import_curriculum(a_registrar(), file_name="x.csv", content=b"")


def test_a_cashier_imports_nothing(programme):
    with pytest.raises(Forbidden):
        services.import_curriculum(a_cashier(), file_name="x.csv", content=f"{HEAD}\n{FIRST}".encode())

    assert not Curriculum.objects.exists()
