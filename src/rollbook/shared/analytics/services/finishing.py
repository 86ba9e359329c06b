"""What a run ends with: its file, kept for a time, private to whoever asked."""

from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import formatting
from rollbook.shared.analytics import rules
from rollbook.shared.analytics.asking import Asked
from rollbook.shared.analytics.buckets import REPORTS, STORED_AS, SUBJECT
from rollbook.shared.analytics.models import ReportRun
from rollbook.shared.analytics.printing import Heading
from rollbook.shared.analytics.writing import Sheet
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.services import keep_paper


def sheet_of(actor: Actor, wanted: Asked) -> Sheet:
    """What is to be written, under a heading that says what it is, of which rows, made when and for whom."""
    facts = organisation_in_scope()
    made = _("Made %(moment)s for %(name)s") % {"moment": formatting.moment_text(clock.now()), "name": actor.name}
    heading = Heading(
        title=str(wanted.report.title), institution=facts.name, sentences=wanted.sentences, made=made,
        on_letter=rules.prints_on_letter(formatting.current_locale().territory or ""),
    )  # fmt: skip
    return Sheet(heading, wanted.columns, facts.currency)


def finish(actor: Actor, run: ReportRun, content: bytes, *, rows: int) -> None:
    """Keep the file of a run, which is done with it."""
    stored = _kept(actor, run, content)
    run.state, run.file_id, run.rows, run.done = ReportRun.State.DONE, stored.id, rows, rows
    run.finished_at, run.reason = clock.now(), ""
    run.save(update_fields=["state", "file_id", "rows", "done", "finished_at", "reason"])


def _kept(actor: Actor, run: ReportRun, content: bytes) -> StoredFile:
    return keep_paper(
        actor, bucket=REPORTS, content=content, content_type=STORED_AS[run.format], name=file_name(run),
        subject=(SUBJECT, run.id),
    )  # fmt: skip


def file_name(run: ReportRun) -> str:
    """What the file is called: the report and the local day."""
    day = organisation_in_scope().local_date(run.created_at)
    return f"{run.key}-{day.isoformat()}.{run.format}"
