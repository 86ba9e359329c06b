"""Telling people things: once for each key, folded within ten minutes, mail by preference (R61)."""

import inspect
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

import rollbook
from rollbook.core import clock
from rollbook.core.errors import Invalid
from rollbook.core.identity.models import Membership
from rollbook.core.ids import new_id
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.messaging import kinds, selectors, services
from rollbook.shared.messaging.errors import NobodyHere, NoticeNotFound
from rollbook.shared.messaging.models import Notice
from rollbook.shared.people.models import Person
from rollbook.systems.college.examples import a_member, a_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

NOON = datetime(2031, 7, 1, 4, tzinfo=UTC)


@pytest.fixture
def juan() -> Person:
    return a_person()


def tell(
    person: Person, *, kind: str = kinds.PAYMENT, subject: UUID | None = None, key: str = "p1", **facts: Any
) -> UUID | None:
    system = Actor.system(person.organisation_id, job="test")
    given = facts or {"amount_minor": 5_000_00, "currency": "PHP", "receipt_number": "RCP-2031-000001"}
    return services.notify(
        system, recipient_person_id=person.id, kind=kind, subject_id=subject or new_id(), dedupe_key=key, facts=given
    )


def reader(person: Person) -> Actor:
    return a_member("student", person_id=person.id)


@pytest.mark.rule("R61")
def test_one_is_told_once_however_often_it_is_said(juan: Person) -> None:
    first = tell(juan)
    again = tell(juan)

    assert first is not None
    assert again is None
    assert Notice.objects.count() == 1


@pytest.mark.rule("R61")
def test_the_same_subject_within_ten_minutes_is_one_notice_with_the_newest_words(juan: Person) -> None:
    subject = new_id()
    with clock.frozen_at(NOON):
        tell(juan, subject=subject, key="p1", amount_minor=100, currency="PHP")
    with clock.frozen_at(NOON + timedelta(minutes=9, seconds=59)):
        tell(juan, subject=subject, key="p2", amount_minor=200, currency="PHP")
    with clock.frozen_at(NOON + timedelta(minutes=10)):
        tell(juan, subject=subject, key="p3", amount_minor=300, currency="PHP")

    shown = selectors.own_notices(reader(juan))

    assert [(one.facts["amount_minor"], one.times) for one in shown] == [(300, 1), (200, 2)]
    assert selectors.unread_count(reader(juan)) == 2


@pytest.mark.rule("R61")
def test_another_subject_or_kind_or_person_is_another_notice(juan: Person) -> None:
    maria = a_person("Santos", "Maria")
    subject = new_id()
    tell(juan, subject=subject)
    tell(juan, subject=new_id(), key="p2")
    tell(juan, kind=kinds.HOLD, subject=subject)
    tell(maria, subject=subject)

    assert Notice.objects.filter(folded_into__isnull=True).count() == 4


@pytest.mark.rule("R61")
def test_a_payment_reminder_comes_once_in_a_calendar_month(juan: Person) -> None:
    told = []
    # 31 July 23:59 and 1 August 00:00 in Manila.
    for moment in ("2031-07-25T00:00:00+00:00", "2031-07-31T15:59:00+00:00", "2031-07-31T16:00:00+00:00"):
        with clock.frozen_at(datetime.fromisoformat(moment)):
            told.append(tell(juan, kind=kinds.PAYMENT_REMINDER, key=str(new_id()), amount_minor=1, currency="PHP"))

    assert [one is not None for one in told] == [True, False, True]


def test_many_at_once_are_told_as_one_by_one(juan: Person) -> None:
    maria, subject = a_person("Santos", "Maria"), new_id()
    system = Actor.system(juan.organisation_id, job="test")

    def telling(person: Person, key: str) -> services.Telling:
        return services.Telling(recipient_person_id=person.id, kind=kinds.PERMIT, subject_id=subject, dedupe_key=key)

    made = services.notify_many(
        system, [telling(juan, "a"), telling(juan, "b"), telling(juan, "a"), telling(maria, "a")]
    )

    assert len(made) == 3
    assert Notice.objects.filter(recipient_id=juan.id, folded_into__isnull=True).count() == 1
    assert Notice.objects.filter(recipient_id=juan.id, mail_state="FOLDED").count() == 1
    assert services.notify_many(system, [telling(juan, "a"), telling(maria, "a")]) == []


def test_the_database_itself_refuses_a_second_notice_of_the_same_ten_minutes(juan: Person) -> None:
    tell(juan, subject=new_id())
    standing = Notice.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(
            recipient_id=juan.id,
            kind=standing.kind,
            subject_id=standing.subject_id,
            dedupe_key="other",
            facts={},
            created_at=standing.created_at + timedelta(minutes=1),
            fold_until=standing.fold_until + timedelta(minutes=1),
            mail_due_at=standing.mail_due_at,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(
            recipient_id=juan.id,
            kind=standing.kind,
            subject_id=new_id(),
            dedupe_key=standing.dedupe_key,
            facts={},
            fold_until=standing.fold_until,
            mail_due_at=standing.mail_due_at,
        )


@pytest.mark.rule("R61")
def test_who_tells_something_names_no_channel_so_that_others_may_be_added_behind_the_port() -> None:
    """Mail, its addresses and wishes are this room's own; whoever tells says whom, what kind, about what."""
    asked = set(inspect.signature(services.notify).parameters)
    assert asked == {
        "actor", "recipient_person_id", "recipient_member_id", "kind", "subject_id", "dedupe_key", "facts",
    }  # fmt: skip
    source, own = Path(rollbook.__file__).parent, ("shared/messaging/", "/tests/")
    knows = re.compile(r"rollbook\.shared\.messaging(\.| import )(mailing|models|sql)|choose_mail|MailPreference")
    telling = [path for path in source.rglob("*.py") if not any(part in path.as_posix() for part in own)]
    assert [path.name for path in telling if knows.search(path.read_text("utf-8"))] == []


def test_a_kind_that_nobody_declared_is_a_mistake(juan: Person) -> None:
    with pytest.raises(ValueError, match="no kind of notice"):
        tell(juan, kind="GOSSIP")


def test_what_was_read_is_read_and_what_comes_later_is_new_again(juan: Person) -> None:
    subject, me = new_id(), reader(juan)
    tell(juan, subject=subject, key="p1")
    head = selectors.own_notices(me)[0]
    services.mark_read(me, head.id)
    assert selectors.unread_count(me) == 0

    tell(juan, subject=subject, key="p2")

    assert selectors.unread_count(me) == 1
    assert [one.is_unread for one in selectors.own_notices(me)] == [True]
    assert services.mark_all_read(me) == 1
    assert selectors.unread_count(me) == 0


def test_nobody_reads_for_somebody_else(juan: Person) -> None:
    notice = tell(juan)
    stranger = reader(a_person("Santos", "Maria"))

    assert notice is not None
    with pytest.raises(NoticeNotFound):
        services.mark_read(stranger, notice)
    assert selectors.own_notices(stranger) == []
    assert Notice.objects.get().read_at is None


def test_another_college_sees_nothing(other_organisation: Organisation) -> None:
    assert Notice.objects.count() == 0


def tell_member(member: Actor, *, key: str = "m1", subject: UUID | None = None) -> UUID | None:
    system = Actor.system(member.organisation_id, job="test")
    return services.notify(
        system, recipient_person_id=member.person_id, recipient_member_id=member.membership_id, kind=kinds.SYSTEM,
        subject_id=subject or new_id(), dedupe_key=key, facts={"text": "Something waits"},
    )  # fmt: skip


@pytest.mark.rule("R61")
def test_a_member_who_is_nobody_on_the_roll_is_told_once_too_and_reads_it() -> None:
    dean, other, subject = a_member("dean"), a_member("dean"), new_id()
    with clock.frozen_at(NOON):
        assert tell_member(dean, subject=subject) is not None
        assert tell_member(dean, subject=subject) is None
        tell_member(dean, key="m2", subject=subject)

    assert [(one.sentence, one.times) for one in selectors.own_notices(dean)] == [("Something waits", 2)]
    assert (selectors.unread_count(dean), selectors.unread_count(other)) == (1, 0)
    with pytest.raises(NoticeNotFound):
        services.mark_read(other, selectors.own_notices(dean)[0].id)
    services.mark_all_read(dean)
    services.choose_mail(dean, {kinds.SYSTEM: False})

    assert selectors.unread_count(dean) == 0
    assert (selectors.own_preferences(dean)[kinds.SYSTEM], selectors.own_preferences(other)[kinds.SYSTEM]) == (
        False, True,
    )  # fmt: skip


def test_who_is_put_on_the_roll_later_still_reads_what_they_were_told_before(juan: Person) -> None:
    member = a_member("dean")
    tell_member(member)
    Membership.objects.filter(id=member.membership_id).update(person_id=juan.id)
    later = replace(member, person_id=juan.id)
    tell_member(later, key="m2")

    assert len(selectors.own_notices(later)) == selectors.unread_count(later) == 2


def test_the_database_holds_that_a_notice_is_for_one_and_comes_once(juan: Person) -> None:
    dean = a_member("dean")
    tell_member(dean)

    with pytest.raises(IntegrityError, match="messaging_notice_for_one"), transaction.atomic():
        Notice.objects.create(**same_notice(dean, dedupe_key="x", recipient_id=juan.id))
    with pytest.raises(IntegrityError, match="messaging_notice_member_once"), transaction.atomic():
        Notice.objects.create(**same_notice(dean, subject_id=new_id()))
    with pytest.raises(IntegrityError, match="messaging_notice_member_folds"), transaction.atomic():
        Notice.objects.create(**same_notice(dean, dedupe_key="x"))


def same_notice(member: Actor, **changes: Any) -> dict[str, Any]:
    told = Notice.objects.get(member=member.membership_id)
    names = ("member_id", "kind", "subject_id", "dedupe_key", "created_at", "fold_until", "mail_due_at")
    return {name: getattr(told, name) for name in names} | changes


def test_who_is_no_member_either_is_told_so() -> None:
    nobody = replace(a_member("administrator"), membership_id=None)

    assert selectors.own_notices(nobody) == []
    assert selectors.unread_count(nobody) == 0
    with pytest.raises(NobodyHere):
        services.choose_mail(nobody, {kinds.HOLD: True})


def test_one_chooses_what_comes_by_mail(juan: Person) -> None:
    me = reader(juan)

    services.choose_mail(me, {kinds.PERMIT: False})
    services.choose_mail(me, {kinds.PERMIT: False, kinds.HOLD: True})

    wished = selectors.own_preferences(me)
    assert wished[kinds.PERMIT] is False
    assert wished[kinds.PAYMENT] is True
    with pytest.raises(Invalid):
        services.choose_mail(me, {"GOSSIP": True})


def test_a_page_of_notices_goes_on_where_the_one_before_ended(juan: Person) -> None:
    for number in range(5):
        with clock.frozen_at(NOON + timedelta(hours=number)):
            tell(juan, key=f"p{number}", amount_minor=number, currency="PHP")
    me = reader(juan)

    first = selectors.own_notices(me, most=2)
    second = selectors.own_notices(me, most=2, before=first[-1].id)

    assert [one.facts["amount_minor"] for one in (*first, *second)] == [4, 3, 2, 1]


FACTS: dict[str, dict[str, Any]] = {
    kinds.PAYMENT: {"amount_minor": 1_234_50, "currency": "PHP", "receipt_number": "RCP-2031-000001"},
    kinds.PERMIT: {"exams": ["PRELIM", "MIDTERM"]},
    kinds.GRADE_POSTED: {"subjects": ["IT101"]},
    kinds.INC_WARNING: {"subject": "IT101", "deadline": "2031-12-20"},
    kinds.INC_EXPIRED: {"subject": "IT101"},
    kinds.ENROLMENT: {"subjects": ["IT101", "IT102"]},
    kinds.WAITLIST_OFFER: {"section": "IT101-A", "until": "2031-08-02"},
    kinds.SCHEDULE_CHANGE: {"section": "IT101-A"},
    kinds.DOCUMENT: {"title": "TOR-2031-000001"},
    kinds.HOLD: {},
    kinds.REQUEST: {"state": "APPROVED", "request": "LEAVE", "from_date": "2031-08-04"},
    kinds.PAYMENT_REMINDER: {"amount_minor": 5_000_00, "currency": "PHP", "due_on": "2031-08-31"},
    kinds.SYSTEM: {"text": "The office is closed on Friday."},
}


@pytest.mark.parametrize("kind", sorted(kinds.KINDS))
def test_each_kind_has_its_sentence(kind: str) -> None:
    said = kinds.sentence(kind, FACTS[kind])

    assert said.endswith(".")
    assert "None" not in said
    assert all(str(value) in said for name, value in FACTS[kind].items() if name in ("subject", "section", "title"))


@pytest.mark.parametrize("kind", sorted(set(kinds.KINDS) - {kinds.SYSTEM}))
def test_each_sentence_is_told_in_filipino_too(kind: str) -> None:
    english = kinds.sentence(kind, FACTS[kind])
    with translation.override("fil"):
        assert kinds.sentence(kind, FACTS[kind]) != english


def test_an_address_that_leads_out_of_the_house_is_not_followed() -> None:
    assert kinds.address(kinds.SYSTEM, {"url": "//elsewhere.example/"}) == ""
    assert kinds.address(kinds.SYSTEM, {"url": "https://elsewhere.example/"}) == ""
    assert kinds.address(kinds.SYSTEM, {"url": "/my/payments/"}) == "/my/payments/"


def test_notices_of_another_college_are_out_of_sight(juan: Person, other_organisation: Organisation) -> None:
    tell(juan)
    assert Notice.objects.count() == 1


@pytest.mark.isolation
def test_a_person_of_another_college_cannot_be_told(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    stranger = new_id()
    with pytest.raises(IntegrityError), transaction.atomic():
        services.notify(
            Actor.system(organisation.id, job="test"),
            recipient_person_id=stranger,
            kind=kinds.HOLD,
            subject_id=new_id(),
            dedupe_key="x",
        )
    with tenant_scope(organisation.id):
        assert Notice.objects.count() == 0
