"""Curricula: drafted, filled, approved, in force, copied, retired; and what the database holds of it."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from rollbook.core import events
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, VersionConflict
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue import selectors, services
from rollbook.systems.college.catalogue.errors import (
    CurriculumCannotMove,
    CurriculumFixed,
    CurriculumInUse,
    CurriculumNameTaken,
    CurriculumNotFound,
    CurriculumUnsound,
    EntryNotFound,
    PrerequisiteCycle,
    ProgrammeNotFound,
    SubjectInactive,
    SubjectPlaced,
)
from rollbook.systems.college.catalogue.events import CurriculumReopening
from rollbook.systems.college.catalogue.examples import a_curriculum, a_prerequisite, a_subject
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, PrerequisiteRule
from rollbook.systems.college.catalogue.prerequisites import MalformedTree, YearStanding, parse
from rollbook.systems.college.examples import (
    a_cashier,
    a_head_registrar,
    a_member,
    a_programme,
    a_registrar,
    a_stranger,
)

YEAR = "2031-2032"


def of(subject, **more):
    return {"kind": "SPECIFIC", "subject_id": str(subject.id), **more}


@pytest.fixture
def programme(tenant):
    return a_programme("BSIT", total_units_required=6)


@pytest.fixture
def draft(programme):
    return services.draft_curriculum(
        a_registrar(), programme_id=programme.id, name="BSIT  2031 ", effective_academic_year=YEAR
    )


@pytest.fixture
def filled(draft):
    """Two subjects in two terms."""
    for code, semester in (("IT 101", "FIRST"), ("IT 102", "SECOND")):
        services.add_entry(
            a_registrar(), curriculum_id=draft.id, subject_id=a_subject(code).id, year_level=1, semester=semester
        )
    draft.refresh_from_db()
    return draft


def entry_of(curriculum, code):
    return CurriculumEntry.objects.get(curriculum=curriculum, subject__code=code)


def test_a_registrar_drafts_and_the_audit_says_so(draft):
    assert (draft.name, draft.state, draft.version) == ("BSIT 2031", "DRAFT", 1)
    assert AuditEntry.objects.get(action="college.curriculum_drafted").target_id == draft.id


@pytest.mark.parametrize("act", ["draft", "copy"])
def test_others_draft_nothing(draft, act):
    asked = {"name": "Mine", "effective_academic_year": YEAR}
    with pytest.raises(Forbidden):
        if act == "draft":
            services.draft_curriculum(a_cashier(), programme_id=draft.programme_id, **asked)
        else:
            services.copy_curriculum(a_stranger(), curriculum_id=draft.id, **asked)

    assert Curriculum.objects.count() == 1


def test_a_name_is_given_once_in_a_programme_and_a_year_follows_the_other(draft):
    asked = {"programme_id": draft.programme_id, "effective_academic_year": YEAR}
    with pytest.raises(CurriculumNameTaken):
        services.draft_curriculum(a_registrar(), name="bsit 2031", **asked)
    with pytest.raises(Invalid) as refusal:
        services.draft_curriculum(
            a_registrar(), programme_id=draft.programme_id, name="", effective_academic_year="2031-2033"
        )
    assert [error["field"] for error in refusal.value.errors] == ["name", "effective_academic_year"]
    with pytest.raises(ProgrammeNotFound):
        services.draft_curriculum(a_registrar(), programme_id=draft.id, name="X", effective_academic_year=YEAR)


def test_subjects_are_placed_moved_and_taken_out(filled):
    entry = entry_of(filled, "IT 102")

    services.change_entry(a_registrar(), entry_id=entry.id, year_level=2, semester="SUMMER", category="MINOR")
    entry.refresh_from_db()
    assert (entry.year_level, entry.semester, entry.effective_category) == (2, "SUMMER", "MINOR")

    services.set_entry_prerequisites(a_registrar(), entry_id=entry.id, tree=of(entry_of(filled, "IT 101").subject))
    services.remove_entry(a_registrar(), entry_id=entry.id)
    assert [entry.subject.code for entry in selectors.entries_of(filled.id)] == ["IT 101"]
    assert not PrerequisiteRule.objects.exists()
    filled.refresh_from_db()
    assert filled.version == 6
    with pytest.raises(EntryNotFound):
        services.remove_entry(a_registrar(), entry_id=entry.id)


def test_a_subject_stands_once_and_must_be_taught_and_have_a_place_there_is(filled):
    old, it_101 = a_subject("OLD", is_active=False), entry_of(filled, "IT 101").subject
    place = {"curriculum_id": filled.id, "year_level": 1, "semester": "FIRST"}

    with pytest.raises(SubjectPlaced):
        services.add_entry(a_registrar(), subject_id=it_101.id, **place)
    with pytest.raises(SubjectInactive):
        services.add_entry(a_registrar(), subject_id=old.id, **place)
    with pytest.raises(Invalid) as refusal:
        services.add_entry(
            a_registrar(), curriculum_id=filled.id, subject_id=it_101.id, year_level=7, semester="THIRD",
            category="CORE", elective_group="E" * 41,
        )  # fmt: skip
    assert [error["field"] for error in refusal.value.errors] == [
        "year_level", "semester", "category", "elective_group",
    ]  # fmt: skip
    assert CurriculumEntry.objects.count() == 2


def test_who_looked_at_an_older_draft_is_told(filled):
    with pytest.raises(VersionConflict):
        services.remove_entry(a_registrar(), entry_id=entry_of(filled, "IT 101").id, expected_version=1)

    assert CurriculumEntry.objects.count() == 2


@pytest.mark.rule("R10")
def test_a_curriculum_is_approved_by_the_head_registrar_put_in_force_and_retired(filled):
    with pytest.raises(Forbidden):
        services.approve_curriculum(a_registrar(), curriculum_id=filled.id)

    head = a_head_registrar()
    services.approve_curriculum(head, curriculum_id=filled.id, expected_version=filled.version)
    services.activate_curriculum(head, curriculum_id=filled.id)
    assert selectors.curriculum_for_new_students(filled.programme_id).id == filled.id
    assert selectors.curriculum_for_new_students(filled.programme_id, "2030-2031") is None
    services.retire_curriculum(head, curriculum_id=filled.id)

    filled.refresh_from_db()
    assert filled.state == "RETIRED"
    moves = AuditEntry.objects.filter(action="college.curriculum_moved").order_by("at", "id")
    assert [entry.changes["state"]["after"] for entry in moves] == ["APPROVED", "ACTIVE", "RETIRED"]
    with pytest.raises(CurriculumCannotMove) as refusal:
        services.activate_curriculum(head, curriculum_id=filled.id)
    assert refusal.value.detail == (
        "BSIT 2031 is retired and cannot become active from there. Next it can become: nothing more."
    )


@pytest.mark.rule("R10")
def test_what_cannot_be_followed_is_not_approved_and_every_reason_is_told(draft, filled):
    it_101 = entry_of(filled, "IT 101").subject
    a_prerequisite(it_101, "IT 102")

    with pytest.raises(CurriculumUnsound) as refusal:
        services.approve_curriculum(a_head_registrar(), curriculum_id=filled.id)

    assert refusal.value.facts["all_faults"] == ["IT 101 asks for IT 102, which does not come in an earlier term."]
    filled.refresh_from_db()
    assert filled.state == "DRAFT"


@pytest.mark.rule("R10")
def test_what_became_impossible_after_the_approval_is_not_put_in_force(filled):
    services.approve_curriculum(a_head_registrar(), curriculum_id=filled.id)
    services.set_subject_prerequisites(
        a_registrar(), subject_id=entry_of(filled, "IT 101").subject_id, tree=of(a_subject("MATH 1"))
    )

    with pytest.raises(CurriculumUnsound):
        services.activate_curriculum(a_head_registrar(), curriculum_id=filled.id)


@pytest.mark.rule("R10")
def test_units_that_do_not_add_up_are_said_but_do_not_stop(filled):
    services.remove_entry(a_registrar(), entry_id=entry_of(filled, "IT 102").id)

    assert services.approve_curriculum(a_head_registrar(), curriculum_id=filled.id).state == "APPROVED"
    entry = AuditEntry.objects.get(action="college.curriculum_moved")
    assert entry.facts["warnings"] == ["The subjects add up to 3 units; the programme asks for 6."]


@pytest.mark.parametrize("act", ["add", "change", "remove", "prerequisites", "rename"])
def test_what_was_approved_stays_as_it_is(filled, act):
    services.approve_curriculum(a_head_registrar(), curriculum_id=filled.id)
    entry, registrar = entry_of(filled, "IT 102"), a_registrar()

    with pytest.raises(CurriculumFixed) as refusal:
        match act:
            case "add":
                services.add_entry(
                    registrar, curriculum_id=filled.id, subject_id=a_subject("NEW").id, year_level=1, semester="FIRST"
                )
            case "change":
                services.change_entry(registrar, entry_id=entry.id, year_level=2)
            case "remove":
                services.remove_entry(registrar, entry_id=entry.id)
            case "prerequisites":
                tree = of(entry_of(filled, "IT 101").subject)
                services.set_entry_prerequisites(registrar, entry_id=entry.id, tree=tree)
            case "rename":
                services.change_curriculum(
                    registrar, curriculum_id=filled.id, name="Other", effective_academic_year=YEAR
                )

    assert refusal.value.detail.startswith("BSIT 2031 is approved, so its subjects stay as they are. Copy it")
    assert CurriculumEntry.objects.filter(curriculum=filled).count() == 2
    assert not PrerequisiteRule.objects.exists()


def test_the_database_keeps_the_subjects_of_what_was_approved(filled):
    entry = entry_of(filled, "IT 101")
    rule = PrerequisiteRule.objects.create(entry=entry, tree={"kind": "ALL_MAJOR"})
    other = services.draft_curriculum(
        a_registrar(), programme_id=filled.programme_id, name="Other", effective_academic_year=YEAR
    )
    Curriculum.objects.filter(id=filled.id).update(state="ACTIVE")
    attacks = [
        lambda: CurriculumEntry.objects.filter(id=entry.id).update(year_level=3),
        lambda: CurriculumEntry.objects.filter(id=entry.id).update(curriculum=other),
        lambda: CurriculumEntry.objects.filter(id=entry.id).delete(),
        lambda: CurriculumEntry.objects.create(
            curriculum=filled, subject=a_subject("NEW"), year_level=1, semester="FIRST"
        ),
        lambda: PrerequisiteRule.objects.filter(id=rule.id).update(tree={}),
        lambda: PrerequisiteRule.objects.filter(id=rule.id).delete(),
        lambda: PrerequisiteRule.objects.create(entry=entry_of(filled, "IT 102"), tree={}),
    ]

    for attack in attacks:
        with pytest.raises(DatabaseError, match="its curriculum is no draft any more"), transaction.atomic():
            attack()
    assert CurriculumEntry.objects.filter(curriculum=filled).count() == 2


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE college_catalogue_curriculumentry SET year_level = 7", "entry_year_level"),
        ("UPDATE college_catalogue_curriculum SET effective_academic_year = '2031'", "curriculum_year"),
        ("UPDATE college_catalogue_curriculum SET name = ''", "curriculum_has_name"),
        ("UPDATE college_catalogue_curriculum SET programme_id = gen_random_uuid()", "keeps what was recorded"),
    ],
)
def test_the_database_refuses_what_no_curriculum_has(filled, statement, constraint):
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{statement} WHERE organisation_id = %s", [filled.organisation_id])


def test_a_rule_belongs_to_one_entry_or_one_subject(filled):
    entry = entry_of(filled, "IT 101")
    for owner in ({}, {"entry": entry, "subject": entry.subject}):
        with pytest.raises(IntegrityError, match="one_owner"), transaction.atomic():
            PrerequisiteRule.objects.create(tree={}, **owner)


def test_a_copy_has_everything_and_the_original_stays(filled):
    it_101, it_102 = entry_of(filled, "IT 101"), entry_of(filled, "IT 102")
    services.set_entry_prerequisites(a_registrar(), entry_id=it_102.id, tree=of(it_101.subject, min_grade="2.00"))
    services.approve_curriculum(a_head_registrar(), curriculum_id=filled.id)

    copy = services.copy_curriculum(
        a_registrar(), curriculum_id=filled.id, name="BSIT 2032", effective_academic_year="2032-2033"
    )

    assert (copy.state, copy.copied_from_id) == ("DRAFT", filled.id)
    assert selectors.rules_for(copy.id) == selectors.rules_for(filled.id) != {}
    services.remove_entry(a_registrar(), entry_id=entry_of(copy, "IT 102").id)
    assert len(selectors.entries_of(filled.id)) == 2


def test_a_curriculum_in_force_is_reopened_only_while_nobody_follows_it(filled, monkeypatch):
    head, why = a_head_registrar(), "MATH 1 was forgotten in the first year."
    services.approve_curriculum(head, curriculum_id=filled.id)
    services.activate_curriculum(head, curriculum_id=filled.id)
    with pytest.raises(Invalid):
        services.return_curriculum(head, curriculum_id=filled.id, reason="oops")

    def refuse(event):
        raise CurriculumInUse(curriculum=event.name, count=3)

    monkeypatch.setitem(events._subscribers, CurriculumReopening, [refuse])
    with pytest.raises(CurriculumInUse) as refusal:
        services.return_curriculum(head, curriculum_id=filled.id, reason=why)
    assert refusal.value.detail.startswith("BSIT 2031 is followed by 3 students")

    monkeypatch.setitem(events._subscribers, CurriculumReopening, [])
    services.return_curriculum(head, curriculum_id=filled.id, reason=why)
    filled.refresh_from_db()
    assert filled.state == "DRAFT"
    assert AuditEntry.objects.filter(action="college.curriculum_moved", reason=why).count() == 1


@pytest.mark.example("college", 24)
@pytest.mark.rule("R13")
def test_a_prerequisite_that_closes_a_ring_is_refused_with_its_way(tenant):
    a, b, c = a_subject("A"), a_subject("B"), a_subject("C")
    registrar = a_registrar()
    services.set_subject_prerequisites(registrar, subject_id=b.id, tree=of(a))
    services.set_subject_prerequisites(registrar, subject_id=c.id, tree=of(b))

    for tree in (of(c), {"kind": "ANY_OF", "parts": [{"kind": "ALL_MAJOR"}, of(c)]}):
        with pytest.raises(PrerequisiteCycle) as refusal:
            services.set_subject_prerequisites(registrar, subject_id=a.id, tree=tree)
        assert (refusal.value.code, refusal.value.status) == ("CYCLE", 409)
        assert refusal.value.facts["path"] == ["A", "B", "C", "A"]
        assert "A → B → C → A" in refusal.value.detail

    assert PrerequisiteRule.objects.count() == 2
    assert AuditEntry.objects.filter(action="college.prerequisites_set").count() == 2


@pytest.mark.rule("R13")
def test_a_ring_that_only_one_curriculum_has_is_refused_from_both_sides(filled):
    it_101, it_102 = entry_of(filled, "IT 101"), entry_of(filled, "IT 102")
    services.set_entry_prerequisites(a_registrar(), entry_id=it_102.id, tree=of(it_101.subject))

    with pytest.raises(PrerequisiteCycle):
        services.set_subject_prerequisites(a_registrar(), subject_id=it_101.subject_id, tree=of(it_102.subject))
    # Where the curriculum says otherwise for IT 101, the rule of everywhere closes nothing.
    services.set_entry_prerequisites(a_registrar(), entry_id=it_101.id, tree={"kind": "YEAR_STANDING", "year_level": 1})
    services.set_subject_prerequisites(a_registrar(), subject_id=it_101.subject_id, tree=of(it_102.subject))
    with pytest.raises(PrerequisiteCycle):
        services.set_entry_prerequisites(a_registrar(), entry_id=it_101.id, tree=of(it_102.subject))


def test_prerequisites_are_changed_taken_back_and_kept_in_the_audit(tenant):
    a, b = a_subject("A"), a_subject("B")
    registrar = a_registrar()
    services.set_subject_prerequisites(registrar, subject_id=b.id, tree=of(a), expected_version=0)
    services.set_subject_prerequisites(registrar, subject_id=b.id, tree=of(a, min_grade="2.00"), expected_version=1)
    with pytest.raises(VersionConflict):
        services.set_subject_prerequisites(registrar, subject_id=b.id, tree=None, expected_version=1)

    services.set_subject_prerequisites(registrar, subject_id=b.id, tree=None, expected_version=2)

    assert not PrerequisiteRule.objects.exists()
    said = AuditEntry.objects.filter(action="college.prerequisites_set").order_by("at", "id")
    assert [entry.changes["prerequisites"] for entry in said] == [
        {"before": "", "after": "A"}, {"before": "A", "after": "A>=2.00"}, {"before": "A>=2.00", "after": ""},
    ]  # fmt: skip


def test_prerequisites_name_subjects_that_there_are(organisation, other_organisation):
    with tenant_scope(other_organisation.id):
        foreign = a_subject("B")
    with tenant_scope(organisation.id):
        subject = a_subject("A")
        _names_only_what_there_is(subject, foreign)


def _names_only_what_there_is(subject, foreign):
    with pytest.raises(Invalid):
        services.set_subject_prerequisites(a_registrar(), subject_id=subject.id, tree=of(foreign))
    with pytest.raises(MalformedTree):
        services.set_subject_prerequisites(a_registrar(), subject_id=subject.id, tree={"kind": "SPECIFIC"})
    with pytest.raises(Forbidden):
        services.set_subject_prerequisites(a_cashier(), subject_id=subject.id, tree=None)
    assert not PrerequisiteRule.objects.exists()


def test_drafts_are_seen_by_those_who_work_on_them_and_by_the_head_of_the_programme(draft):
    head, other = a_member(roles.PROGRAM_HEAD), a_member(roles.PROGRAM_HEAD)
    draft.programme.head_id = head.membership_id
    draft.programme.save(update_fields=["head_id"])
    a_curriculum(draft.programme, {}, name="BSIT 2026")

    seen = {
        who: [row.name for row in selectors.curricula(actor).order_by("name")]
        for who, actor in {"registrar": a_registrar(), "head": head, "other": other, "cashier": a_cashier()}.items()
    }

    assert seen == {
        "registrar": ["BSIT 2026", "BSIT 2031"], "head": ["BSIT 2026", "BSIT 2031"], "other": ["BSIT 2026"],
        "cashier": ["BSIT 2026"],
    }  # fmt: skip
    with pytest.raises(CurriculumNotFound):
        selectors.get_curriculum(other, draft.id)


def test_another_college_finds_no_curriculum_of_ours(organisation, other_organisation):
    with tenant_scope(organisation.id):
        filled = a_curriculum(a_programme("BSIT"), {(1, "FIRST"): [a_subject("IT 101")]}, state="DRAFT")
        entry = entry_of(filled, "IT 101")
    with tenant_scope(other_organisation.id):
        with pytest.raises(CurriculumNotFound):
            services.approve_curriculum(a_head_registrar(), curriculum_id=filled.id)
        with pytest.raises(EntryNotFound):
            services.remove_entry(a_registrar(), entry_id=entry.id)
        with pytest.raises(CurriculumNotFound):
            services.copy_curriculum(a_registrar(), curriculum_id=filled.id, name="Ours", effective_academic_year=YEAR)
    with tenant_scope(organisation.id):
        assert CurriculumEntry.objects.count() == 1
        assert Curriculum.objects.get().state == "DRAFT"


def test_without_a_curriculum_the_rule_of_everywhere_holds(filled):
    entry = entry_of(filled, "IT 102")
    services.set_entry_prerequisites(a_registrar(), entry_id=entry.id, tree={"kind": "YEAR_STANDING", "year_level": 1})
    rule = a_prerequisite(entry.subject, "IT 101")

    assert selectors.rules_for(None, [entry.subject_id]) == {entry.subject_id: parse(rule.tree)}
    assert selectors.rules_for(filled.id, [entry.subject_id]) == {entry.subject_id: YearStanding(1)}
    assert selectors.rules_for(None) == {}


def test_the_plan_of_a_curriculum_says_what_the_rules_need(filled):
    services.change_entry(a_registrar(), entry_id=entry_of(filled, "IT 102").id, category="MINOR")

    plan = selectors.plan_of(filled.id)

    assert [(place.code, place.units, place.category) for place in plan.places] == [
        ("IT 101", 3, "MAJOR"), ("IT 102", 3, "MINOR"),
    ]  # fmt: skip
    assert plan.units_by_year == (6,)
