"""Changing a finalised grade takes two people, a reason and evidence; the old value stays readable."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import Error, transaction

from rollbook.core.approvals import services as approvals
from rollbook.core.approvals.errors import AlreadyProposed, DecisionWhileImpersonating, SelfApproval
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.ids import new_id
from rollbook.systems.college.examples import a_head_registrar, a_registrar, an_administrator
from rollbook.systems.college.grading.decisions import describe
from rollbook.systems.college.grading.errors import (
    ChangeNotFound,
    GradeMovedOn,
    GradeNotFound,
    IncompleteIsResolved,
    NotFinalizedYet,
    SameGrade,
    TermArchived,
    TermNotArchived,
)
from rollbook.systems.college.grading.events import GradesPosted
from rollbook.systems.college.grading.examples import (
    a_class,
    a_professor_actor,
    entered,
    finalised,
    grade_of,
    result_of,
)
from rollbook.systems.college.grading.models import (
    CumulativeResult,
    GradeChange,
    GradeEvent,
    GradeRecord,
    TermReopening,
)
from rollbook.systems.college.grading.services.changes import (
    decide_change,
    propose_change,
    reopen_term,
    withdraw_change,
)

pytestmark = pytest.mark.usefixtures("tenant", "in_grading_weeks")

WHY = {"reason": "Exam 2 was not counted", "evidence_note": "Class record, page 4"}


def a_finalised_grade(symbol: str = "2.50"):
    class_ = a_class(1)
    finalised(class_, symbol)
    return class_, grade_of(class_.taken[0])


@pytest.mark.rule("R50")
@pytest.mark.example("college", 35)
def test_a_registrar_never_approves_the_own_request_and_the_head_registrar_does(told):
    class_, grade = a_finalised_grade("2.50")
    registrar = a_registrar()
    change = propose_change(registrar, record_id=grade.id, grade="2.00", **WHY)

    with pytest.raises(SelfApproval) as refusal:
        decide_change(registrar, change_id=change.id, approve=True)
    assert (refusal.value.status, refusal.value.code) == (409, "SELF_APPROVAL")
    assert grade_of(class_.taken[0]).symbol == "2.50"

    decide_change(a_head_registrar(), change_id=change.id, approve=True)

    row = result_of(class_.taken[0].id)
    assert (row.result, row.final_symbol, row.final_numeric) == ("PASSED", "2.00", Decimal("2.00"))
    assert CumulativeResult.objects.get(student=class_.students[0].id).gpa == Decimal("2.0000")
    values = GradeEvent.objects.filter(record=grade.id, kind__in=["FINALIZE", "CHANGE"]).order_by("id")
    assert [event.new_symbol for event in values] == ["2.50", "2.00"]
    assert values.last().reason == WHY["reason"]
    assert [event.kind for event in told(GradesPosted)] == ["FINALIZED", "CHANGED"]
    entry = AuditEntry.objects.get(action="college.grade_changed")
    assert entry.changes == {"grade": {"before": "2.50", "after": "2.00"}}


@pytest.mark.rule("R50")
def test_the_head_registrar_does_not_approve_the_own_request_either():
    _, grade = a_finalised_grade()
    head = a_head_registrar()
    change = propose_change(head, record_id=grade.id, grade="2.00", **WHY)

    with pytest.raises(SelfApproval):
        decide_change(head, change_id=change.id, approve=True)
    with pytest.raises(Forbidden):
        decide_change(a_registrar(), change_id=change.id, approve=True)
    with pytest.raises(DecisionWhileImpersonating):
        decide_change(replace(a_head_registrar(), impersonator_id=new_id()), change_id=change.id, approve=True)

    assert grade_of_record(grade) == "2.50"


def grade_of_record(grade: GradeRecord) -> str:
    return str(GradeRecord.objects.get(id=grade.id).symbol)


@pytest.mark.rule("R50")
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": "too short"}, "reason"),
        ({"evidence_note": ""}, "evidence_note"),
        ({"grade": "4.00"}, "grade"),
        ({"grade": ""}, "grade"),
        ({"grade": "INC"}, "grade"),
    ],
)
def test_a_request_says_why_shows_evidence_and_names_a_grade_of_the_scale(said, field):
    _, grade = a_finalised_grade()

    with pytest.raises(Invalid) as refusal:
        propose_change(a_registrar(), record_id=grade.id, **{"grade": "2.00", **WHY, **said})

    assert [error["field"] for error in refusal.value.errors] == [field]
    assert not GradeChange.objects.exists()
    assert not ApprovalRequest.objects.exists()


def test_what_is_not_finalised_not_different_or_an_incomplete_is_not_changed_so():
    draft = a_class(1)
    entered(draft, "1.25")
    _, same = a_finalised_grade_of("IT102", "2.50")
    _, inc = a_finalised_grade_of("IT103", "INC")

    with pytest.raises(NotFinalizedYet):
        propose_change(a_registrar(), record_id=grade_of(draft.taken[0]).id, grade="2.00", **WHY)
    with pytest.raises(SameGrade):
        propose_change(a_registrar(), record_id=same.id, grade="2.5", **WHY)
    with pytest.raises(IncompleteIsResolved):
        propose_change(a_registrar(), record_id=inc.id, grade="2.00", **WHY)


def a_finalised_grade_of(code: str, symbol: str):
    class_ = a_class(1, code=code)
    finalised(class_, symbol)
    return class_, grade_of(class_.taken[0])


def test_a_professor_asks_for_changes_in_the_own_classes_only():
    class_, grade = a_finalised_grade()
    stranger = a_professor_actor("Ana Cruz")

    with pytest.raises(GradeNotFound):
        propose_change(stranger, record_id=grade.id, grade="2.00", **WHY)
    change = propose_change(class_.owner, record_id=grade.id, grade="2.00", **WHY)
    with pytest.raises(ChangeNotFound):
        decide_change(stranger, change_id=change.id, approve=True)
    with pytest.raises(ChangeNotFound):
        withdraw_change(stranger, change_id=change.id)

    assert change.proposed_by_id == class_.owner.user_id


def test_one_request_waits_for_a_grade_at_a_time_and_can_be_taken_back():
    class_, grade = a_finalised_grade()
    change = propose_change(class_.owner, record_id=grade.id, grade="2.00", **WHY)
    with pytest.raises(AlreadyProposed):
        propose_change(a_registrar(), record_id=grade.id, grade="1.75", **WHY)

    withdraw_change(class_.owner, change_id=change.id)
    again = propose_change(a_registrar(), record_id=grade.id, grade="1.75", **WHY)

    assert again.request.state == "PROPOSED"


def test_a_returned_request_changes_nothing_and_says_why():
    class_, grade = a_finalised_grade()
    change = propose_change(class_.owner, record_id=grade.id, grade="2.00", **WHY)

    returned = decide_change(a_head_registrar(), change_id=change.id, approve=False, note="The page is not signed")

    assert (returned.request.state, returned.request.note, returned.approved_by_id) == (
        "RETURNED", "The page is not signed", None,
    )  # fmt: skip
    assert grade_of_record(grade) == "2.50"


@pytest.mark.rule("R50")
def test_the_approvals_queue_decides_the_same_and_its_card_says_what_changes():
    class_, grade = a_finalised_grade()
    change = propose_change(class_.owner, record_id=grade.id, grade="2.00", **WHY)

    card = describe(change.request)
    approvals.decide(a_head_registrar(), change.request_id, approve=True)

    assert class_.students[0].student_number in card.title
    assert [(line.before, line.after) for line in card.changes] == [("2.50", "2.00")]
    assert grade_of_record(grade) == "2.00"


@pytest.mark.rule("R50")
def test_an_archived_term_needs_an_administrator_to_reopen_it(frozen_clock):
    class_, grade = a_finalised_grade()
    change = propose_change(class_.owner, record_id=grade.id, grade="2.00", **WHY)
    with pytest.raises(TermNotArchived):
        reopen_term(an_administrator(), term_id=class_.term.id, until=date(2026, 9, 10), reason="Court order 12")
    class_.term.state = "ARCHIVED"
    class_.term.save(update_fields=["state"])

    with pytest.raises(TermArchived):
        decide_change(a_head_registrar(), change_id=change.id, approve=True)
    with pytest.raises(Forbidden):
        reopen_term(a_head_registrar(), term_id=class_.term.id, until=date(2026, 9, 10), reason="Court order 12")
    reopen_term(an_administrator(), term_id=class_.term.id, until=date(2026, 9, 10), reason="Court order 12")
    frozen_clock(datetime(2026, 9, 10, 16, tzinfo=UTC))
    with pytest.raises(TermArchived):
        decide_change(a_head_registrar(), change_id=change.id, approve=True)
    frozen_clock(datetime(2026, 9, 10, 15, 59, 59, tzinfo=UTC))
    decide_change(a_head_registrar(), change_id=change.id, approve=True)

    assert grade_of_record(grade) == "2.00"


def test_a_request_that_no_longer_fits_is_refused_and_nothing_changes():
    class_, grade = a_finalised_grade()
    change = propose_change(class_.owner, record_id=grade.id, grade="2.00", **WHY)
    other = GradeChange.objects.create(
        record=grade, from_symbol="3.00", from_numeric=Decimal("3.00"), to_symbol="1.00", to_numeric=Decimal("1.00"),
        reason="Written by hand in the past", evidence_note="none", proposed_by_id=class_.owner.user_id,
        request=ApprovalRequest.objects.create(
            kind="college.grade_change", target_type="college_grading.graderecord", target_id=new_id(),
            reason="Written by hand in the past", proposed_by_id=class_.owner.user_id,
            expires_at=datetime(2027, 1, 1, tzinfo=UTC),
        ),
    )  # fmt: skip

    with pytest.raises(GradeMovedOn):
        decide_change(a_head_registrar(), change_id=other.id, approve=True)

    assert grade_of_record(grade) == "2.50"
    assert ApprovalRequest.objects.get(id=change.request_id).state == "PROPOSED"


def refused(act) -> str:
    """The SQLSTATE with which the database refuses."""
    try:
        with transaction.atomic():
            act()
    except Error as error:
        return getattr(error.__cause__, "sqlstate", "")
    return ""


@pytest.mark.rule("R50")
def test_the_database_lets_nobody_change_a_finalised_grade_without_its_event():
    class_, grade = a_finalised_grade()
    rows = GradeRecord.objects.filter(id=grade.id)
    change = propose_change(class_.owner, record_id=grade.id, grade="2.00", **WHY)
    event = GradeEvent.objects.create(
        record=grade, kind="CHANGE", old_symbol="2.50", new_symbol="2.00", new_numeric=Decimal("2.00"),
        actor_id=class_.owner.user_id, change_id=change.id,
    )  # fmt: skip

    assert refused(lambda: rows.update(symbol="1.00", numeric=Decimal("1.00"))) == "RB003"
    assert refused(lambda: rows.update(state="DRAFT")) == "RB003"
    # Somebody asked, and nobody has approved.
    with_event = {"symbol": "2.00", "numeric": Decimal("2.00"), "last_event_id": event.id}
    assert refused(lambda: rows.update(**with_event)) == "RB003"
    assert grade_of_record(grade) == "2.50"


@pytest.mark.rule("R50")
def test_the_database_refuses_one_person_in_two_roles_and_any_rewriting_of_history():
    class_, grade = a_finalised_grade()
    change = propose_change(class_.owner, record_id=grade.id, grade="2.00", **WHY)
    changes = GradeChange.objects.filter(id=change.id)
    at = datetime(2026, 9, 1, tzinfo=UTC)

    own = {"approved_by": class_.owner.user_id, "approved_at": at}
    assert refused(lambda: changes.update(**own)) == "23514"
    assert refused(lambda: changes.update(to_symbol="1.00")) in {"RB001", "42501"}
    assert refused(lambda: GradeEvent.objects.filter(record=grade.id).update(new_symbol="1.00")) in {"RB001", "42501"}
    assert refused(lambda: GradeEvent.objects.filter(record=grade.id).delete()) in {"RB001", "42501"}
    assert refused(lambda: TermReopening.objects.create(
        term=class_.term, until=date(2026, 9, 1), reason="short", opened_by_id=class_.owner.user_id
    )) == "23514"  # fmt: skip


def test_a_grade_event_of_a_change_names_the_change_and_somebody_did_it():
    class_, grade = a_finalised_grade()
    person = class_.owner.user_id

    assert refused(lambda: GradeEvent.objects.create(record=grade, kind="CHANGE", actor_id=person)) == "23514"
    assert refused(lambda: GradeEvent.objects.create(record=grade, kind="INC_EXPIRED", job="x")) == "23514"
    assert refused(lambda: GradeEvent.objects.create(record=grade, kind="ENTER")) == "23514"
