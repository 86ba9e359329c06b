"""Students at risk: each danger with its reason and next step, of the programmes one heads, or of all."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from rollbook.core import clock
from rollbook.core.errors import Forbidden
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.examples import a_browser, a_cashier, a_member, a_programme, a_registrar, a_student
from rollbook.systems.college.grading.examples import a_class, a_programme_head, finalised
from rollbook.systems.college.grading.models import CumulativeResult, IncompleteCase, StandingRule, TermResult
from rollbook.systems.college.grading.reads.at_risk import at_risk
from rollbook.systems.college.records.models import Hold, Student

pytestmark = pytest.mark.django_db


@pytest.fixture
def graded(tenant):
    """Three students of BSIT: one fails the only subject, one owes work, one passes."""
    of = a_class(3)
    finalised(of, "5.00", "INC", "1.50")
    return of


def a_hold(student, kind, reason, **fields):
    placed = {"blocks": ["ENROL"], "placed_at": clock.now(), "placed_by_id": a_registrar().acting_user_id()}
    return Hold.objects.create(student=student, kind=kind, reason=reason, **placed, **fields)


def reasons(lines):
    return [(line["name"].split(",")[0], line["reason"]) for line in lines]


def test_each_danger_stands_with_its_reason_and_its_next_step(graded):
    failed, owing, well = graded.students
    today = organisation_in_scope().local_date(clock.now())
    IncompleteCase.objects.update(deadline=today + timedelta(days=12))
    StandingRule.objects.create(kind="STANDING", name="WARNING", gpa_limit=Decimal("3.00"), is_cumulative=True)
    Student.objects.filter(id=failed.id).update(academic_standing="PROBATION")
    TermResult.objects.filter(student=failed).update(standing="SUSPENDED", confirmed_at=None)
    a_hold(well, "LIBRARY", "Two books are not back")

    lines = at_risk(a_registrar())

    assert reasons(lines) == [
        ("Student 00001", "AVERAGE"), ("Student 00001", "PROPOSED"), ("Student 00001", "STANDING"),
        ("Student 00002", "INCOMPLETE"), ("Student 00003", "HOLD"),
    ]  # fmt: skip
    average, proposed, standing, incomplete, hold = lines
    assert average["why"] == "Average 5.00, the limit is 3.00"
    assert proposed["why"] == f"The results of {graded.term.code} ask for: Suspended"
    assert proposed["url"] == reverse("grading:standings", args=[graded.term.id])
    assert standing["why"] == "Standing: Probation"
    assert incomplete["why"].startswith("IT101 is incomplete, 12 days are left until ")
    assert incomplete["next_step"] == "Ask the professor to request the resolution"
    assert incomplete["until"] == today + timedelta(days=12)
    assert (hold["why"], hold["next_step"]) == ("Library: Two books are not back", "See the hold")
    assert incomplete["student_id"] == owing.id


def test_what_is_in_order_stands_nowhere(graded):
    today = organisation_in_scope().local_date(clock.now())
    IncompleteCase.objects.update(deadline=today + timedelta(days=31))
    TermResult.objects.update(standing="GOOD")
    a_hold(graded.students[2], "LIBRARY", "Books", released_at=clock.now())

    assert at_risk(a_registrar()) == []
    assert CumulativeResult.objects.count() >= 2


def test_a_programmes_own_limit_stands_before_everybodys(graded):
    programme = Programme.objects.get()
    IncompleteCase.objects.update(deadline=None)
    TermResult.objects.update(standing="GOOD")
    StandingRule.objects.create(kind="STANDING", name="WARNING", gpa_limit=Decimal("1.25"), is_cumulative=True)
    assert len(at_risk(a_registrar())) == 2
    StandingRule.objects.create(
        programme=programme, kind="STANDING", name="WARNING", gpa_limit=Decimal("2.00"), is_cumulative=True
    )

    assert [line["why"] for line in at_risk(a_registrar())] == ["Average 5.00, the limit is 2.00"]


def test_a_head_sees_the_own_programmes_and_no_reason_of_a_hold(graded):
    head = a_programme_head(Programme.objects.get())
    other = a_student("990001", programme=a_programme("BSBA"), family_name="Zamora")
    for student in (graded.students[0], other):
        a_hold(student, "FINANCIAL", "Owes 5,000")
    IncompleteCase.objects.update(deadline=None)
    TermResult.objects.update(standing="GOOD")

    (line,) = at_risk(head)

    assert (line["student_id"], line["why"]) == (graded.students[0].id, "Financial: See registrar")
    assert line["next_step"] == "Send the student to the registrar"
    assert at_risk(a_member(roles.PROGRAM_HEAD)) == []
    with pytest.raises(Forbidden):
        at_risk(a_cashier())


def test_a_dean_sees_every_programme_and_whom_to_ask_but_no_record(graded):
    failed, _owing, well = graded.students
    other = a_student("990001", programme=a_programme("BSBA"), family_name="Zamora")
    StandingRule.objects.create(kind="STANDING", name="WARNING", gpa_limit=Decimal("3.00"), is_cumulative=True)
    IncompleteCase.objects.update(deadline=None)
    TermResult.objects.update(standing="GOOD")
    for student in (well, other):
        a_hold(student, "DISCIPLINARY", "A case before the council")
    dean = a_member(roles.DEAN)

    average, hold, elsewhere = at_risk(dean)

    assert (average["student_id"], average["next_step"]) == (failed.id, "Ask the head of the programme")
    assert [line["student_id"] for line in (hold, elsewhere)] == [well.id, other.id]
    assert {line["why"] for line in (hold, elsewhere)} == {"Disciplinary: See registrar"}
    assert {(line["url"], line["record_id"]) for line in (average, hold, elsewhere)} == {("", None)}
    page = a_browser(dean).get(reverse("grading:at_risk")).content.decode()
    assert "3 students need somebody now." in page
    assert str(failed.id) not in page
    # Who heads a programme as well opens the records of that programme.
    both = a_member(roles.DEAN, roles.PROGRAM_HEAD)
    Programme.objects.filter(code="BSBA").update(head=both.membership_id)
    assert [line["record_id"] for line in at_risk(both)] == [None, None, other.id]


def test_the_list_is_narrowed_followed_and_taken_away(graded, django_assert_max_num_queries):
    IncompleteCase.objects.update(deadline=organisation_in_scope().local_date(clock.now()))
    TermResult.objects.filter(student=graded.students[0]).update(standing="WARNING")
    head, address = a_browser(a_programme_head(Programme.objects.get())), reverse("grading:at_risk")

    page = head.get(address).content.decode()
    assert "2 students need somebody now." in page
    assert f'href="{reverse("grading:of_student", args=[graded.students[0].id])}"' in page
    narrowed = head.get(address, {"reason": "INCOMPLETE"}).content.decode()
    assert "Student 00002" in narrowed
    assert "Student 00001" not in narrowed
    taken = head.get(address, {"export": "csv"})
    text = b"".join(taken.streaming_content if taken.streaming else [taken.content]).decode("utf-8-sig")
    assert text.splitlines()[0] == "Student,Number,Programme,Reason,Why,Until,Next step"
    assert "Ask the professor to request the resolution" in text
    assert a_browser(a_cashier()).get(address).status_code == 403
    registrar = a_registrar()
    with django_assert_max_num_queries(14):
        assert len(at_risk(registrar)) == 2
