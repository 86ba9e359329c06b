"""Mail of notices through a real SMTP server: once each, in the reader's language, as they prefer."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core import mail
from django.core.mail.utils import DNS_NAME
from django.test.utils import override_settings
from django.urls import reverse

from rollbook.core import clock
from rollbook.core.identity.models import User
from rollbook.core.ids import new_id
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.messaging import kinds, services
from rollbook.shared.messaging.jobs import send_mail
from rollbook.shared.messaging.models import Notice
from rollbook.shared.people.models import ContactPoint, Person
from rollbook.systems.college.examples import a_member, a_person

pytestmark = [pytest.mark.django_db]


@pytest.fixture(scope="module", autouse=True)
def addresses_are_known() -> None:
    """Reading every address of the house for the first time takes longer than a transaction may stand idle."""
    reverse("messaging:preferences")


class Letters:
    """What the server took, and what it is told to answer."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], Message]] = []
        self.at_recipient = "250 OK"
        self.at_data = "250 OK"
        self.breaks_at_data = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.breaks_at_data:
            server.transport.abort()
            return "451 nobody hears this"
        if self.at_data.startswith("250"):
            self.taken.append((list(envelope.rcpt_tos), message_from_bytes(envelope.content or b"")))
        return self.at_data


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Iterator[Letters]:
    # Looking its own name up may take a machine without a name server half a minute.
    monkeypatch.setattr(DNS_NAME, "_fqdn", "localhost", raising=False)
    taken = Letters()
    controller = next(filter(None, (_started(taken, port) for port in range(23_400, 23_500))))
    where = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": controller.port, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False, "EMAIL_TIMEOUT": 5,
        "EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": "",
    }  # fmt: skip
    with override_settings(**where):
        yield taken
    controller.stop()


def _started(taken: Letters, port: int) -> Controller | None:
    controller = Controller(taken, hostname="127.0.0.1", port=port, server_hostname="localhost")
    try:
        controller.start()
    except OSError:
        return None
    return controller


@pytest.fixture
def juan(organisation: Organisation) -> Person:
    with tenant_scope(organisation.id):
        person = a_person()
        ContactPoint.objects.create(person=person, kind="EMAIL", value="juan@example.test", is_primary=True)
        return person


def told(
    person: Person, *, kind: str = kinds.HOLD, subject: UUID | None = None, key: str = "k", **facts: Any
) -> Notice:
    with tenant_scope(person.organisation_id):
        services.notify(
            Actor.system(person.organisation_id, job="test"), recipient_person_id=person.id, kind=kind,
            subject_id=subject or new_id(), dedupe_key=key, facts=facts,
        )  # fmt: skip
        notice: Notice = Notice.objects.latest("created_at")
        return notice


def sent(organisation: Organisation) -> None:
    send_mail(organisation_id=organisation.id)


def state(notice: Notice) -> tuple[str, str]:
    with tenant_scope(notice.organisation_id):
        notice.refresh_from_db()
    return notice.mail_state, notice.mail_error


def body(message: Message) -> str:
    payload: Any = message.get_payload(decode=True)
    return payload.decode()


def subject(message: Message) -> str:
    return str(make_header(decode_header(message["Subject"])))


@pytest.mark.rule("R61")
def test_a_notice_goes_out_once(organisation: Organisation, juan: Person, letters: Letters) -> None:
    notice = told(juan)

    sent(organisation)
    sent(organisation)

    assert state(notice) == ("SENT", "")
    [(recipients, message)] = letters.taken
    assert recipients == ["juan@example.test"]
    assert subject(message) == f"{organisation.name}: Hold"
    assert "Hello Juan" in body(message)
    assert "There is a hold on your record." in body(message)
    assert message["Message-ID"] == f"<notice-{notice.id}@rollbook>"


@pytest.mark.rule("R61")
def test_a_payment_waits_until_nothing_more_folds_into_it_and_says_all(
    organisation: Organisation, juan: Person, letters: Letters
) -> None:
    term = new_id()
    first = told(juan, kind=kinds.PAYMENT, subject=term, key="p1", amount_minor=5_000_00, currency="PHP")
    told(juan, kind=kinds.PAYMENT, subject=term, key="p2", amount_minor=1_250_50, currency="PHP")
    sent(organisation)
    assert letters.taken == []

    with clock.frozen_at(clock.now() + timedelta(minutes=10, seconds=1)):
        sent(organisation)

    [(_, message)] = letters.taken
    assert "₱5,000.00" in body(message)
    assert "₱1,250.50" in body(message)
    assert state(first)[0] == "SENT"


@pytest.mark.rule("R61")
def test_who_does_not_want_it_by_mail_gets_none(organisation: Organisation, juan: Person, letters: Letters) -> None:
    with tenant_scope(organisation.id):
        services.choose_mail(a_member("student", person_id=juan.id), {kinds.HOLD: False})
        User.objects.update(email=None)
    notice = told(juan)

    sent(organisation)

    assert letters.taken == []
    assert state(notice) == ("NOT_WANTED", "")


def test_who_has_no_address_is_told_in_the_house_alone(organisation: Organisation, letters: Letters) -> None:
    with tenant_scope(organisation.id):
        person = a_person("Santos", "Maria")
    notice = told(person)

    sent(organisation)

    assert letters.taken == []
    assert state(notice) == ("NO_ADDRESS", "")


def test_a_refusal_for_good_is_not_tried_again(organisation: Organisation, juan: Person, letters: Letters) -> None:
    letters.at_recipient = "550 no such mailbox"
    notice = told(juan)

    sent(organisation)
    letters.at_recipient = "250 OK"
    with clock.frozen_at(clock.now() + timedelta(hours=3)):
        sent(organisation)

    assert letters.taken == []
    assert state(notice) == ("FAILED", "refused 550")


def test_a_refusal_for_now_is_tried_again(organisation: Organisation, juan: Person, letters: Letters) -> None:
    letters.at_data = "451 try later"
    notice = told(juan)
    sent(organisation)
    assert state(notice) == ("WAITING", "answered 451")

    letters.at_data = "250 OK"
    sent(organisation)
    assert letters.taken == []
    with clock.frozen_at(clock.now() + timedelta(minutes=3)):
        sent(organisation)

    assert state(notice) == ("SENT", "")
    assert len(letters.taken) == 1


def test_a_line_that_breaks_while_the_message_is_on_it_is_never_sent_again_blindly(
    organisation: Organisation, juan: Person, letters: Letters
) -> None:
    letters.breaks_at_data = True
    notice = told(juan)
    sent(organisation)
    assert state(notice)[0] == "UNKNOWN"

    letters.breaks_at_data = False
    with clock.frozen_at(clock.now() + timedelta(days=1)):
        sent(organisation)

    assert letters.taken == []
    assert state(notice)[0] == "UNKNOWN"


def test_a_server_that_is_not_there_is_tried_five_times(organisation: Organisation, juan: Person) -> None:
    notice = told(juan)
    nowhere = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": 1,
    }
    with override_settings(**nowhere, EMAIL_USE_TLS=False):
        for hour in range(7):
            with clock.frozen_at(clock.now() + timedelta(hours=hour * 2)):
                sent(organisation)

    assert state(notice)[0] == "FAILED"
    assert notice.mail_tries == 5


def test_what_a_dead_worker_was_sending_was_perhaps_sent(
    organisation: Organisation, juan: Person, letters: Letters
) -> None:
    notice = told(juan)
    with tenant_scope(organisation.id):
        Notice.objects.filter(id=notice.id).update(mail_state="SENDING", mail_at=clock.now())
    sent(organisation)
    assert state(notice)[0] == "SENDING"

    with clock.frozen_at(clock.now() + timedelta(minutes=16)):
        sent(organisation)

    assert state(notice) == ("UNKNOWN", "worker lost")
    assert letters.taken == []


def test_one_bad_address_keeps_nobody_elses_mail_back(
    organisation: Organisation, juan: Person, letters: Letters
) -> None:
    with tenant_scope(organisation.id):
        maria = a_person("Santos", "Maria")
        ContactPoint.objects.create(person=maria, kind="EMAIL", value="maria@example.test", is_primary=True)
    told(juan)
    told(maria)

    sent(organisation)

    assert sorted(recipients[0] for recipients, _ in letters.taken) == ["juan@example.test", "maria@example.test"]


def test_no_address_and_no_name_stand_in_the_queue(organisation: Organisation, juan: Person) -> None:
    notice = told(juan)
    with tenant_scope(organisation.id):
        kept = Notice.objects.filter(id=notice.id).values().get()
    assert "juan" not in str(kept).lower()
    assert mail.outbox == []


def test_the_mail_is_in_the_readers_language(organisation: Organisation, juan: Person, letters: Letters) -> None:
    with tenant_scope(organisation.id):
        member = a_member("student", person_id=juan.id)
    User.objects.filter(id=member.user_id).update(language="fil", email="juan.fil@example.test")
    told(juan)

    sent(organisation)

    [(recipients, message)] = letters.taken
    assert recipients == ["juan.fil@example.test"]
    assert "There is a hold" not in body(message)
