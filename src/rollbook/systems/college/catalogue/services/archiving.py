"""Terms that ended long ago are archived: read, and changed no more. Nothing of them is moved or removed."""

from datetime import timedelta

from django.db import transaction

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.services.terms import move_term

ARCHIVED_AFTER = timedelta(days=730)


@transaction.atomic
def archive_terms(actor: Actor) -> int:
    """Archive every closed term that ended more than two years ago; answers how many. Done again it does nothing.

    One that was never closed waits until somebody closes it, and the current one stays what it is.
    """
    before = organisation_in_scope().local_date(clock.now()) - ARCHIVED_AFTER
    due = Term.objects.filter(state=Term.State.CLOSED, ends_on__lt=before, is_current=False).order_by("starts_on", "id")
    term_ids = list(due.values_list("id", flat=True))
    for term_id in term_ids:
        move_term(actor, term_id=term_id, state=Term.State.ARCHIVED)
    return len(term_ids)
