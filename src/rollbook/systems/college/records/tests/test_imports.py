"""Students from a file: rehearsed, imported, refused, taken back."""

import hashlib
from datetime import UTC, datetime

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.people.models import Identifier, Person
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.examples import a_cashier, a_programme, a_registrar, a_student, a_term, an_administrator
from rollbook.systems.college.lists import FileRefused
from rollbook.systems.college.records import selectors, services
from rollbook.systems.college.records.errors import (
    ImportCannotMove,
    ImportHasErrors,
    ImportIsInUse,
    ImportIsOutdated,
    ImportNotFound,
)
from rollbook.systems.college.records.models import ImportRow, ImportRun, Student, StudentStatusPeriod

HEADING = "student_number,family_name,given_name,programme,term,plan_total,instalments,first_due_on"
REASON = "The numbers were shifted by one row"


def a_file(*rows: str) -> bytes:
    return "\n".join([HEADING, *rows]).encode()


ANA = "310001,Reyes,Ana,BSIT,2031-1,32000.00,6,2031-08-31"
BEN = "310002,Lim,Ben,BSIT,2031-1,30000.00,6,2031-08-31"


class Enrolled:
    """Notes what an import asks for, as the rooms above would do it."""

    def __init__(self, in_use=()):
        self.pairs: dict[tuple, object] = {}
        self.reasons = list(in_use)
        self.taken_back: list = []

    def standing(self, pairs):
        return {pair for pair in pairs if pair in self.pairs}

    def enrol(self, actor, wanted):
        self.pairs.update({(row.student_id, row.term_id): row for row in wanted})
        return {"enrolments": len(wanted)}

    def in_use(self, pairs, student_ids):
        return self.reasons

    def take_back(self, actor, pairs, reason):
        self.taken_back = list(pairs)


def imported(content, *, actor=None, **options):
    return services.import_students(actor or a_registrar(), file_name="students.csv", content=content, **options)


def errors_of(run):
    rows = selectors.import_rows(run, only_errors=True)
    return [(row.line, error["field"], error["message"]) for row in rows for error in row.errors]


def test_a_file_makes_people_students_and_what_is_asked_of_the_rooms_above(tenant, frozen_clock):
    programme, term, enroller = a_programme("BSIT"), a_term("2031-1"), Enrolled()
    content = a_file(ANA, BEN)

    run = imported(content, enroller=enroller)

    assert (run.state, run.rows_total, run.rows_with_errors) == ("COMMITTED", 2, 0)
    assert run.file_sha256 == hashlib.sha256(content).hexdigest()
    assert run.made == {"programmes": 0, "terms": 0, "students": 2, "enrolments": 2}
    ana = Student.objects.select_related("person").get(student_number="310001")
    assert (ana.person.full_name, ana.programme_id, ana.admission_term_id, ana.status) == (
        "Ana Reyes", programme.id, term.id, "ACTIVE",
    )  # fmt: skip
    assert StudentStatusPeriod.objects.filter(student=ana, to_date__isnull=True).count() == 1
    wanted = enroller.pairs[ana.id, term.id]
    assert (wanted.person_id, wanted.plan.total_minor, wanted.plan.instalments) == (ana.person_id, 32_000_00, 6)
    assert AuditEntry.objects.filter(action="college.student_added", target_id=ana.id).exists()
    assert [found.student_number for found in selectors.find_students(a_cashier(), "reyes ana")] == ["310001"]


def test_an_imported_student_is_the_same_as_one_added_by_hand(tenant, frozen_clock):
    a_programme("BSIT"), a_term("2031-1")
    by_hand = a_student("310009", family_name="Abad", given_name="Cid")
    imported(a_file(ANA))
    by_file = Student.objects.get(student_number="310001")

    def facts(student):
        period = StudentStatusPeriod.objects.get(student=student)
        entry = AuditEntry.objects.get(action="college.student_added", target_id=student.id)
        number = Identifier.objects.get(person=student.person_id)
        values = {name: getattr(student, name) for name in (
            "programme_id", "admission_term_id", "kind", "status", "academic_standing", "taken_back_at", "version",
        )}  # fmt: skip
        return (
            values,
            (period.status, period.from_date, period.to_date, period.reason),
            sorted(entry.facts),
            number.kind,
        )

    assert facts(by_file) == facts(by_hand)


def test_a_rehearsal_changes_nothing_and_can_be_committed_later(tenant):
    a_programme("BSIT"), a_term("2031-1")
    registrar = a_registrar()

    run = imported(a_file(ANA, BEN), actor=registrar, dry_run=True)
    assert (run.state, Student.objects.count(), Person.objects.count()) == ("CHECKED", 0, 0)
    assert set(ImportRow.objects.values_list("outcome", flat=True)) == {"READY"}

    run = services.commit_import(registrar, run_id=run.id)
    assert (run.state, Student.objects.count()) == ("COMMITTED", 2)
    with pytest.raises(ImportCannotMove):
        services.commit_import(registrar, run_id=run.id)


def test_every_error_is_named_by_line_and_field_and_nothing_is_imported(tenant):
    a_programme("BSIT"), a_term("2031-1")
    a_student("310005", family_name="Abad", given_name="Cid")
    run = imported(
        a_file(
            ANA,
            "310001,Reyes,Ana,BSIT,2031-1,32000.00,6,2031-08-31",
            "310003,Cruz,Eva,BSX,2031-1,1.00,1,2031-08-31",
            "310004,Cruz,Eva,BSIT,2032-1,1.00,1,2031-08-31",
            "310005,Abad,Carlo,BSIT,2031-1,1.00,1,2031-08-31",
            "310006,=cmd,Eva,BSIT,2031-1,1.00,1,2031-08-31",
            "310007,Cruz,Eva 🙂,BSIT,2031-1,1.00,1,2031-08-31",
            "310008,Cruz,Eva,BSIT,2031-1,1.00,13,2031-08-31",
            "310002,Lim,Ben,BSIT,2031-1,,,",
            "31-0002,Lim,Bert,BSIT,2031-1,,,",
        ),
        dry_run=True,
    )

    assert [(line, field) for line, field, _ in errors_of(run)] == [
        (3, "student_number"), (4, "programme"), (5, "term"), (6, "family_name"), (7, "family_name"), (8, "given_name"),
        (9, "instalments"), (11, "family_name"), (11, "student_number"),
    ]  # fmt: skip
    assert {(line, field): text for line, field, text in errors_of(run)}[4, "programme"] == (
        "There is no programme BSX. Add it first, or let the import create it."
    )
    assert (run.rows_total, run.rows_with_errors) == (10, 8)
    with pytest.raises(ImportHasErrors) as refusal:
        services.commit_import(a_registrar(), run_id=run.id)
    assert refusal.value.detail.startswith("8 rows have errors, so nothing was imported.")
    assert Student.objects.count() == 1


def test_the_rows_that_are_right_may_be_imported_alone(tenant):
    a_programme("BSIT"), a_term("2031-1")

    run = imported(a_file(ANA, "310003,Cruz,Eva,BSX,2031-1,1.00,1,2031-08-31"), valid_only=True)

    assert (run.state, run.made["students"], run.rows_with_errors) == ("COMMITTED", 1, 1)
    assert list(Student.objects.values_list("student_number", flat=True)) == ["310001"]
    assert list(ImportRow.objects.order_by("line").values_list("outcome", "made_student")) == [
        ("IMPORTED", True), ("ERROR", False),
    ]  # fmt: skip


def test_missing_programmes_and_terms_are_made_when_asked_for(tenant, frozen_clock):
    frozen_clock(datetime(2031, 9, 1, tzinfo=UTC))
    administrator = an_administrator()

    run = imported(
        a_file(ANA, "310001,Reyes,Ana,bsit,2031-2,1.00,1,2032-01-31", "310002,Lim,Ben,BSN,2031-1,,,"),
        actor=administrator, create_missing=True,
    )  # fmt: skip

    assert run.missing == {"programmes": ["BSIT", "BSN"], "terms": ["2031-1", "2031-2"]}
    assert sorted(Programme.objects.values_list("code", flat=True)) == ["BSIT", "BSN"]
    assert list(Term.objects.order_by("code").values_list("code", "kind", "state", "is_current")) == [
        ("2031-1", "FIRST", "ENROLMENT_OPEN", True), ("2031-2", "SECOND", "ENROLMENT_OPEN", False),
    ]  # fmt: skip


def test_a_term_code_that_says_too_little_is_not_guessed(tenant):
    a_term("2031-1")
    Term.objects.update(code="FIRST31")
    run = imported(
        a_file("310001,Reyes,Ana,BSIT,FALL,,,", "310002,Lim,Ben,BSIT,2031-1,,,"), create_missing=True, dry_run=True
    )

    assert [(line, text) for line, _, text in errors_of(run)] == [
        (2, "Which semester is FALL? Add the term first, or write it like 2026-1."),
        (3, "2031-1 is the same semester as FIRST31. Use that code."),
    ]


def test_nobody_is_enrolled_in_a_closed_term(tenant):
    a_programme("BSIT"), a_term("2031-1", state="CLOSED")

    run = imported(a_file(ANA), dry_run=True)

    assert errors_of(run) == [(2, "term", "2031-1 is closed; nobody is enrolled in it any more.")]


def test_the_same_file_twice_changes_nothing(tenant):
    a_programme("BSIT"), a_term("2031-1")
    enroller = Enrolled()
    imported(a_file(ANA, BEN), enroller=enroller)

    again = imported(a_file(ANA, BEN), enroller=enroller)

    assert (again.state, again.rows_standing) == ("COMMITTED", 2)
    assert again.made == {"programmes": 0, "terms": 0, "students": 0, "enrolments": 0}
    assert (Student.objects.count(), Person.objects.count()) == (2, 2)


def test_a_student_of_the_file_before_is_only_enrolled_in_the_new_term(tenant):
    a_programme("BSIT"), a_term("2031-1")
    second, enroller = a_term("2031-2"), Enrolled()
    imported(a_file(ANA), enroller=enroller)

    run = imported(a_file(ANA.replace("2031-1", "2031-2")), enroller=enroller)

    assert (run.made["students"], run.made["enrolments"]) == (0, 1)
    assert Student.objects.count() == 1
    assert (Student.objects.get().id, second.id) in enroller.pairs


def test_a_term_closed_after_the_rehearsal_stops_the_import(tenant):
    a_programme("BSIT")
    term, registrar = a_term("2031-1"), a_registrar()
    run = imported(a_file(ANA), actor=registrar, dry_run=True)
    Term.objects.filter(id=term.id).update(state="CLOSED")

    with pytest.raises(ImportIsOutdated):
        services.commit_import(registrar, run_id=run.id)

    assert not Student.objects.exists()


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        ("student_number,family_name,given_name,programme", "The heading lacks: term"),
        (HEADING + ",balance", "We do not know the columns balance"),
    ],
)
def test_a_file_with_other_columns_is_refused_whole(tenant, heading, sentence):
    with pytest.raises(FileRefused, match=sentence):
        imported(f"{heading}\n{','.join('1' for _ in heading.split(','))}\n".encode())

    assert not ImportRun.objects.exists()


def test_a_cashier_imports_nobody(tenant):
    with pytest.raises(Forbidden):
        imported(a_file(ANA), actor=a_cashier())

    assert not ImportRun.objects.exists()


def test_another_colleges_import_is_not_committed(organisation, other_organisation):
    with tenant_scope(organisation.id):
        a_programme("BSIT"), a_term("2031-1")
        run = imported(a_file(ANA), dry_run=True)
    with tenant_scope(other_organisation.id):
        registrar = a_registrar()
        with pytest.raises(ImportNotFound):
            services.commit_import(registrar, run_id=run.id)
        with pytest.raises(ImportNotFound):
            services.take_back_import(registrar, run_id=run.id, reason=REASON)
        assert not Student.objects.exists()


def test_an_import_is_taken_back_while_nothing_rests_on_it_and_the_right_file_can_follow(tenant):
    a_programme("BSIT"), a_term("2031-1")
    registrar, enroller = a_registrar(), Enrolled()
    run = imported(a_file(ANA, BEN), actor=registrar, enroller=enroller)
    pairs = set(enroller.pairs)

    run = services.take_back_import(registrar, run_id=run.id, reason=REASON, enroller=enroller)

    assert (run.state, run.taken_back_reason) == ("TAKEN_BACK", REASON)
    assert set(enroller.taken_back) == pairs
    assert list(selectors.live_students()) == []
    assert selectors.find_students(a_cashier(), "310001") == []
    with pytest.raises(ImportCannotMove):
        services.take_back_import(registrar, run_id=run.id, reason=REASON, enroller=enroller)

    enroller.pairs.clear()
    corrected = imported(a_file(ANA, BEN.replace("310002", "310003")), actor=registrar, enroller=enroller)
    assert corrected.made["students"] == 2
    # Ana is the same person as before, Ben got another number and is looked up by nobody under the old one.
    assert sorted(selectors.live_students().values_list("student_number", flat=True)) == ["310001", "310003"]
    assert Person.objects.filter(given_name="Ana").count() == 1
    assert selectors.find_students(a_cashier(), "310002") == []


def test_an_import_on_which_something_rests_stays(tenant):
    a_programme("BSIT"), a_term("2031-1")
    registrar = a_registrar()
    run = imported(a_file(ANA), actor=registrar)
    student = Student.objects.get()
    services.place_hold(registrar, student_id=student.id, kind="LIBRARY", blocks=["ENROL"], reason="Two books are due")

    with pytest.raises(ImportIsInUse) as refusal:
        services.take_back_import(registrar, run_id=run.id, reason=REASON, enroller=Enrolled(["2 payments were taken"]))

    assert refusal.value.facts["reasons"] == "1 holds were placed on its students; 2 payments were taken"
    assert list(selectors.live_students()) == [student]


def test_taking_back_needs_a_reason(tenant):
    with pytest.raises(Invalid):
        services.take_back_import(a_registrar(), run_id=a_term().id, reason="oops")
