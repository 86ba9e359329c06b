"""Fee schedules: drafts, versions, what is in force, and terms that are brought to a new version (R59)."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.ids import new_id
from rollbook.core.money import Money
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.selectors import prove_books
from rollbook.systems.college.catalogue.examples import a_subject
from rollbook.systems.college.enrolment.examples import a_taker
from rollbook.systems.college.examples import a_cashier, a_programme, a_registrar, a_stranger, an_administrator
from rollbook.systems.college.fees.errors import (
    ChangedMeanwhile,
    CountNotConfirmed,
    DraftExists,
    ScheduleCodeTaken,
    ScheduleEmpty,
    ScheduleNotDraft,
    ScheduleNotFound,
    ScopeTaken,
)
from rollbook.systems.college.fees.examples_of_schedules import a_schedule, dues_of
from rollbook.systems.college.fees.jobs import apply_schedule
from rollbook.systems.college.fees.models import Assessment, FeeLine, FeeSchedule
from rollbook.systems.college.fees.reads.assessing import proposals, standings
from rollbook.systems.college.fees.reads.schedules import bills_by_older_versions, effect_of
from rollbook.systems.college.fees.services import schedules
from rollbook.systems.college.fees.services.assessments import assess, assess_now
from rollbook.systems.college.fees.services.schedules import NewSchedule
from rollbook.systems.college.fees.tests.test_assessments import seven_subjects

pytestmark = [pytest.mark.django_db]


def a_draft(code: str = "GENERAL", **fields: object) -> FeeSchedule:
    """A draft with one fee."""
    made = schedules.make_schedule(an_administrator(), NewSchedule(code=code, name=f"Fees {code}", **fields))  # type: ignore[arg-type]
    add(made)
    return made


def add(schedule: FeeSchedule, label: str = "Tuition", basis: str = "PER_UNIT", price: int = 700_00) -> FeeLine:
    return schedules.add_line(
        an_administrator(), schedule_id=schedule.id, label=label, category="TUITION", basis=basis,
        price=Money(price, "PHP"),
    )  # fmt: skip


@pytest.mark.usefixtures("tenant")
def test_a_schedule_begins_as_a_draft_and_holds_when_it_is_put_in_force() -> None:
    draft = a_draft()

    held = schedules.put_in_force(an_administrator(), schedule_id=draft.id)

    assert (held.state, held.version_number, held.lines.count()) == ("ACTIVE", 1, 1)
    assert held.activated_at is not None
    assert set(AuditEntry.objects.filter(target_id=draft.id).values_list("action", flat=True)) == {
        "college.fee_schedule_made", "college.fee_line_added", "college.fee_schedule_in_force",
    }  # fmt: skip


@pytest.mark.usefixtures("tenant")
def test_a_new_version_replaces_the_one_before_and_leaves_its_fees_alone() -> None:
    first = schedules.put_in_force(an_administrator(), schedule_id=a_draft().id)
    second = schedules.make_version(an_administrator(), schedule_id=first.id)
    schedules.remove_line(an_administrator(), schedule_id=second.id, line_id=second.lines.get().id)
    add(second, price=800_00)

    schedules.put_in_force(an_administrator(), schedule_id=second.id)

    first.refresh_from_db()
    assert (first.state, first.lines.get().price_minor) == ("RETIRED", 700_00)
    second.refresh_from_db()
    assert (second.state, second.version_number, second.lines.get().price_minor) == ("ACTIVE", 2, 800_00)


@pytest.mark.usefixtures("tenant")
def test_what_is_in_force_does_not_change() -> None:
    held = a_schedule()
    for act in (
        lambda: add(held),
        lambda: schedules.remove_line(an_administrator(), schedule_id=held.id, line_id=held.lines.first().id),
        lambda: schedules.discard_draft(an_administrator(), schedule_id=held.id),
        lambda: schedules.put_in_force(an_administrator(), schedule_id=held.id),
        lambda: schedules.change_schedule(
            an_administrator(), schedule_id=held.id, name="X", instalments=1, first_due_on=None
        ),
    ):
        with pytest.raises(ScheduleNotDraft):
            act()
    assert held.lines.count() == 3


@pytest.mark.usefixtures("tenant")
def test_a_draft_that_charges_nothing_is_not_put_in_force() -> None:
    empty = schedules.make_schedule(an_administrator(), NewSchedule(code="E", name="Empty"))
    with pytest.raises(ScheduleEmpty):
        schedules.put_in_force(an_administrator(), schedule_id=empty.id)


@pytest.mark.usefixtures("tenant")
def test_codes_drafts_and_scopes_are_not_doubled() -> None:
    draft = a_draft()
    with pytest.raises(ScheduleCodeTaken):
        a_draft("general")
    held = schedules.put_in_force(an_administrator(), schedule_id=draft.id)
    schedules.make_version(an_administrator(), schedule_id=held.id)
    with pytest.raises(DraftExists):
        schedules.make_version(an_administrator(), schedule_id=held.id)
    with pytest.raises(ScopeTaken):
        schedules.put_in_force(an_administrator(), schedule_id=a_draft("OTHER").id)
    special = a_draft("SECOND", year_level=2)
    assert schedules.put_in_force(an_administrator(), schedule_id=special.id).state == "ACTIVE"


@pytest.mark.usefixtures("tenant")
def test_two_people_do_not_overwrite_each_other() -> None:
    draft = a_draft()
    with pytest.raises(ChangedMeanwhile):
        schedules.change_schedule(
            an_administrator(), schedule_id=draft.id, name="X", instalments=4, first_due_on=None, expected_version=1
        )
    with pytest.raises(ChangedMeanwhile):
        schedules.put_in_force(an_administrator(), schedule_id=draft.id, expected_version=1)


@pytest.mark.usefixtures("tenant")
def test_a_draft_is_thrown_away_and_another_begun() -> None:
    held = schedules.put_in_force(an_administrator(), schedule_id=a_draft().id)
    draft = schedules.make_version(an_administrator(), schedule_id=held.id)
    schedules.discard_draft(an_administrator(), schedule_id=draft.id)
    assert schedules.make_version(an_administrator(), schedule_id=held.id).version_number == 3


@pytest.mark.usefixtures("tenant")
def test_what_cannot_be_meant_is_refused() -> None:
    draft = a_draft()
    with pytest.raises(Invalid):
        schedules.make_schedule(an_administrator(), NewSchedule(code=" ", name="X"))
    with pytest.raises(Invalid):
        schedules.make_schedule(an_administrator(), NewSchedule(code="X", name="X", programme_id=new_id()))
    with pytest.raises(Invalid):
        add(draft, basis="ONE_SUBJECT")
    with pytest.raises(ScheduleNotFound):
        schedules.remove_line(an_administrator(), schedule_id=draft.id, line_id=new_id())


@pytest.mark.usefixtures("tenant")
def test_only_administrators_make_schedules() -> None:
    for actor in (a_stranger(), a_cashier(), a_registrar()):
        with pytest.raises(Forbidden):
            schedules.make_schedule(actor, NewSchedule(code="X", name="X"))
    assert not FeeSchedule.objects.exists()


@pytest.mark.usefixtures("tenant")
def test_what_was_assessed_stays_with_its_version_until_a_new_one_is_applied() -> None:
    seven_subjects()
    first = a_schedule()
    enrolment = a_taker()
    assess(a_registrar(), term_enrolment_id=enrolment.id)
    second = schedules.make_version(an_administrator(), schedule_id=first.id)
    add(second, "Sports", "FLAT", 499_50)

    effect = effect_of(an_administrator(), second)
    schedules.put_in_force(an_administrator(), schedule_id=second.id)
    unchanged = assess(a_registrar(), term_enrolment_id=enrolment.id)

    assert (effect.students, effect.before, effect.after) == (1, Money(19_500_50, "PHP"), Money(20_000_00, "PHP"))
    assert (effect.difference, effect.unbilled) == (Money(499_50, "PHP"), 0)
    assert unchanged.schedule_id == first.id
    assert [proposals(standings([enrolment.id]))[enrolment.id].schedule.id] == [first.id]


@pytest.mark.rule("R59")
@pytest.mark.usefixtures("tenant")
def test_applying_a_version_asks_for_the_number_and_revises_every_plan_once() -> None:
    seven_subjects()
    first = a_schedule()
    enrolment = a_taker()
    assess(a_registrar(), term_enrolment_id=enrolment.id)
    second = schedules.make_version(an_administrator(), schedule_id=first.id)
    add(second, "Sports", "FLAT", 499_50)
    schedules.put_in_force(an_administrator(), schedule_id=second.id)
    second.refresh_from_db()

    with pytest.raises(CountNotConfirmed) as refusal:
        schedules.apply_to_standing(an_administrator(), schedule_id=second.id, confirmed=0)
    assert refusal.value.facts["count"] == 1
    assert schedules.apply_to_standing(an_administrator(), schedule_id=second.id, confirmed=1) == 1
    for waiting in list(bills_by_older_versions(second)):
        assess_now(an_administrator(), waiting.id, reason="A new version is applied", schedule_id=second.id)

    assert sum(dues_of(enrolment)) == 20_000_00
    assert not bills_by_older_versions(second).exists()
    assert Assessment.objects.count() == 2
    assert prove_books().is_right


@pytest.mark.usefixtures("tenant")
def test_the_effect_of_a_schedule_counts_those_who_wait_for_a_plan() -> None:
    seven_subjects()
    enrolment = a_taker()
    a_taker("310002", year_level=2)
    other = a_programme("BSCS")
    assert effect_of(an_administrator(), a_draft("A", programme_id=enrolment.programme_id)).unbilled == 2
    assert effect_of(an_administrator(), a_draft("B", programme_id=other.id)).unbilled == 0
    assert effect_of(an_administrator(), a_draft("C", year_level=2, semester="FIRST")).unbilled == 1


@pytest.mark.usefixtures("tenant")
def test_the_database_lets_only_drafts_change() -> None:
    held = a_schedule()
    line = held.lines.first()
    assert line is not None

    def attack(act: object) -> None:
        with pytest.raises(DatabaseError) as refusal, transaction.atomic():
            act()  # type: ignore[operator]
        assert getattr(refusal.value.__cause__, "sqlstate", "") == "RB001"

    attack(lambda: FeeLine.objects.filter(id=line.id).update(price_minor=1))
    attack(lambda: FeeLine.objects.filter(id=line.id).delete())
    attack(
        lambda: FeeLine.objects.create(
            schedule=held, position=9, label="X", category="OTHER", basis="FLAT", price_minor=1
        )
    )


@pytest.mark.usefixtures("tenant")
def test_the_database_keeps_one_in_force_and_knows_what_a_fee_is() -> None:
    a_schedule()
    draft = a_schedule("DRAFT", is_in_force=False)
    subject = a_subject("ZZ 1")

    def attack(act: object) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()  # type: ignore[operator]

    attack(lambda: a_schedule("TWIN"))
    attack(lambda: FeeSchedule.objects.create(code="x", name="X", state="ACTIVE"))
    attack(lambda: FeeSchedule.objects.create(code="x", name="X", instalments=13))
    fee = {"schedule": draft, "position": 9, "label": "X", "category": "OTHER", "price_minor": 1}
    attack(lambda: FeeLine.objects.create(basis="ONE_SUBJECT", **fee))
    attack(lambda: FeeLine.objects.create(basis="FLAT", subject=subject, **fee))
    attack(lambda: FeeLine.objects.create(basis="FLAT", **{**fee, "price_minor": 0}))


@pytest.mark.django_db(transaction=True)
def test_the_background_work_revises_every_plan_and_nothing_when_it_runs_again(organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        seven_subjects()
        first = a_schedule()
        enrolments = [a_taker(f"31000{number}") for number in range(1, 4)]
        for enrolment in enrolments:
            assess(a_registrar(), term_enrolment_id=enrolment.id)
        second = schedules.make_version(an_administrator(), schedule_id=first.id)
        add(second, "Sports", "FLAT", 499_50)
        schedules.put_in_force(an_administrator(), schedule_id=second.id)

    done = apply_schedule(organisation_id=organisation.id, schedule_id=second.id)
    again = apply_schedule(organisation_id=organisation.id, schedule_id=second.id)

    assert (done.done, done.failed, again.done) == (3, [], 0)
    with tenant_scope(organisation.id):
        assert [sum(dues_of(enrolment)) for enrolment in enrolments] == [20_000_00] * 3
        assert prove_books().is_right
