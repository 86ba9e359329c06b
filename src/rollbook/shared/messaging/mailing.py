"""Notices as mail: claimed in batches, worded late, each sent at most once.

A batch is marked as being sent and committed before the first message leaves. A worker that dies in between leaves
messages that were perhaps sent: those are never sent again blindly, and operators see them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from rollbook.core import clock
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import OrganisationFacts, organisation_facts
from rollbook.core.web.rendering import as_at_home
from rollbook.shared.jobs import stopping
from rollbook.shared.jobs.batches import BatchReport
from rollbook.shared.messaging import kinds, sql
from rollbook.shared.messaging.kinds import KINDS
from rollbook.shared.messaging.models import Notice
from rollbook.shared.messaging.selectors import as_facts

log = structlog.get_logger("rollbook.messaging")

BATCH = 100
MOST_TRIES = 5
FIRST_PAUSE = timedelta(minutes=2)
#: A message that is being sent for longer than this was left by a worker that died.
LOST_AFTER = timedelta(minutes=15)
_PERMANENT = range(500, 600)

Mail = Notice.Mail


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed notice with everything that its mail needs."""

    notice_id: UUID
    kind: str
    facts: Sequence[dict[str, Any]]
    tries: int
    address: str
    language: str
    name: str
    is_wanted: bool


def send_waiting(organisation_id: UUID) -> BatchReport:
    """Send every notice whose time has come, a batch at a time."""
    report, here = BatchReport(), organisation_facts(organisation_id)
    _mark_lost(organisation_id)
    while not stopping.is_asked():
        letters = _claim(organisation_id)
        if not letters:
            return report
        _send_batch(here, letters, report)
    report.is_finished = False
    return report


def _claim(organisation_id: UUID) -> list[Letter]:
    now = clock.now()
    with tenant_scope(organisation_id), connection.cursor() as cursor:
        cursor.execute(sql.CLAIM, {"organisation": organisation_id, "at": now, "most": BATCH})
        claimed = [row[0] for row in cursor.fetchall()]
        if not claimed:
            return []
        cursor.execute(sql.TO_MAIL, {"organisation": organisation_id, "ids": claimed})
        return [_letter(row) for row in cursor.fetchall()]


def _letter(row: tuple[Any, ...]) -> Letter:
    notice_id, kind, facts, tries, folded, address, language, name, by_mail = row
    later = json.loads(folded) if isinstance(folded, str) else folded
    is_wanted = by_mail if by_mail is not None else KINDS[kind].by_mail
    return Letter(notice_id, kind, [as_facts(facts), *later], tries, address, language, name, is_wanted)


def _send_batch(here: OrganisationFacts, letters: Sequence[Letter], report: BatchReport) -> None:
    unwanted = [letter for letter in letters if not letter.is_wanted]
    nowhere = [letter for letter in letters if letter.is_wanted and not letter.address]
    _close(here.id, {Mail.NOT_WANTED: unwanted, Mail.NO_ADDRESS: nowhere})
    post = get_connection()
    try:
        for letter in [letter for letter in letters if letter.is_wanted and letter.address]:
            state, error = _send(here, letter, post)
            _note(here.id, letter, state, error)
            if state == Mail.SENT:
                report.done += 1
    finally:
        post.close()


def _send(here: OrganisationFacts, letter: Letter, post: Any) -> tuple[str, str]:
    """Send one message; answers the state that it comes to, and the kind of what went wrong."""
    try:
        post.open()
    except (OSError, SMTPException) as error:
        # Nothing was handed over yet.
        return Mail.WAITING, type(error).__name__
    try:
        written(here, letter, post).send()
    except (OSError, SMTPException) as error:
        return _after(error, post)
    return Mail.SENT, ""


def _after(error: Exception, post: Any) -> tuple[str, str]:
    """What became of a message whose sending broke: refused for good, refused for now, or not known."""
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return (Mail.FAILED if all(code in _PERMANENT for code in codes) else Mail.WAITING), f"refused {codes[0]}"
    if isinstance(error, SMTPResponseException):
        return (Mail.FAILED if error.smtp_code in _PERMANENT else Mail.WAITING), f"answered {error.smtp_code}"
    post.close()
    if isinstance(error, (SMTPServerDisconnected, TimeoutError, ConnectionError)):
        # The line broke while the message was on it.
        return Mail.UNKNOWN, type(error).__name__
    return Mail.WAITING, type(error).__name__


def written(here: OrganisationFacts, letter: Letter, post: Any = None) -> EmailMessage:
    """A notice as a message, in its reader's language. Its id is always the same, so that a double can be told."""
    language = letter.language or here.locale
    with translation.override(language), as_at_home(here):
        kind = KINDS[letter.kind]
        sentences = list(dict.fromkeys(kinds.sentence(letter.kind, facts) for facts in letter.facts))
        place = kinds.address(letter.kind, letter.facts[-1])
        context = {
            "name": letter.name,
            "institution": here.name,
            "title": str(kind.label),
            "sentences": sentences,
            "link": f"{settings.BASE_URL}{place}" if place else "",
            "choose": settings.BASE_URL + reverse("messaging:preferences"),
        }
        subject = " ".join(render_to_string("messaging/mail/subject.txt", context).split())
        body = render_to_string("messaging/mail/body.txt", context)
    headers = {"Message-ID": f"<notice-{letter.notice_id}@rollbook>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject=subject, body=body, to=[letter.address], headers=headers, connection=post)


def _close(organisation_id: UUID, letters: dict[str, list[Letter]]) -> None:
    """Note which notices are no mail at all."""
    now = clock.now()
    with tenant_scope(organisation_id):
        for state, closed in letters.items():
            if closed:
                Notice.objects.filter(id__in=[letter.notice_id for letter in closed], mail_state=Mail.SENDING).update(
                    mail_state=state, mail_at=now, mail_error=""
                )


def _note(organisation_id: UUID, letter: Letter, state: str, error: str) -> None:
    now = clock.now()
    if state == Mail.WAITING and letter.tries >= MOST_TRIES:
        state = Mail.FAILED
    if error:
        log.warning("mail not sent", notice_id=str(letter.notice_id), state=state, error=error, tries=letter.tries)
    with tenant_scope(organisation_id):
        Notice.objects.filter(id=letter.notice_id, mail_state=Mail.SENDING).update(
            mail_state=state, mail_at=now, mail_error=error[:60], mail_due_at=_due(letter, state, now)
        )


def _due(letter: Letter, state: str, now: datetime) -> datetime:
    return now + FIRST_PAUSE * 2 ** (letter.tries - 1) if state == Mail.WAITING else now


def _mark_lost(organisation_id: UUID) -> None:
    """What a dead worker was sending was perhaps sent."""
    with tenant_scope(organisation_id):
        Notice.objects.filter(mail_state=Mail.SENDING, mail_at__lt=clock.now() - LOST_AFTER).update(
            mail_state=Mail.UNKNOWN, mail_error="worker lost"
        )
