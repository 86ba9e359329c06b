"""What happens to files by night. A plain function: the site declares it as a job."""

from uuid import UUID

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.files import services


def tidy_up(*, organisation_id: UUID) -> services.Swept:
    """Withdraw what its bucket keeps for a time only; then, in another transaction, remove what no row speaks for."""
    actor = Actor.system(organisation_id, job="files.tidy_up")
    with tenant_scope(organisation_id):
        services.remove_expired(actor, today=organisation_in_scope().local_date(clock.now()))
    with tenant_scope(organisation_id):
        return services.sweep(actor)
