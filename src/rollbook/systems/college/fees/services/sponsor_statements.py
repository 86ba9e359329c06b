"""Issuing the statement that a sponsor is sent (R43)."""

from uuid import UUID

from django.db import transaction

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.rules import fingerprint
from rollbook.shared.documents.services import issue
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import NobodySponsored, SponsorNotFound
from rollbook.systems.college.fees.models import Sponsor
from rollbook.systems.college.fees.reads.sponsors import SUBJECT, statement
from rollbook.systems.college.fees.sponsor_papers import STATEMENT, says


@transaction.atomic
def issue_statement(actor: Actor, *, sponsor_id: UUID, term_id: UUID) -> Document:
    """Issue what a sponsor answers for in a term, as of today. Asked again while it says the same: the same paper."""
    actor.require(permissions.MANAGE_SPONSORS)
    # Two clerks at the same moment get the same paper: the second waits here for the first.
    sponsor: Sponsor | None = Sponsor.objects.select_for_update(of=("self",), no_key=True).filter(id=sponsor_id).first()
    term: Term | None = Term.objects.filter(id=term_id).first()
    if sponsor is None or term is None:
        raise SponsorNotFound
    rows = statement(actor, sponsor.id, term.id)
    if not rows:
        raise NobodySponsored(name=sponsor.name, term=term.code)
    snapshot = says(sponsor, term, rows, organisation_in_scope().local_date(clock.now()))
    standing: Document | None = Document.objects.filter(
        kind=STATEMENT.key, subject_id=sponsor.id, state=Document.State.ISSUED, sha256=fingerprint(snapshot)
    ).first()
    return standing or issue(actor, kind=STATEMENT, snapshot=snapshot, subject=(SUBJECT, sponsor.id))
