"""Student files: choose one, see what it would do, import it, take it back."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.forms import FileForm, TakeBackForm
from rollbook.systems.college.records.importing import enroller_in_use
from rollbook.systems.college.records.models import ImportRun
from rollbook.systems.college.records.reading import MOST_BYTES
from rollbook.systems.college.records.rules import COLUMNS, NEEDED_COLUMNS
from rollbook.systems.college.records.tables import ImportRowTable, ImportTable
from rollbook.systems.college.records.words import IMPORT_STATES


@page(permission=permissions.IMPORT_STUDENTS)
def files(request: PageRequest) -> HttpResponse:
    """Every student file."""
    table = ImportTable(request, selectors.imports(request.actor).values(*ImportTable.fields()))
    return table.respond("college/records/files.html")


@page(permission=permissions.IMPORT_STUDENTS)
def upload(request: PageRequest) -> HttpResponse:
    """Choose a file; it is checked and nothing is changed."""
    form = FileForm.of(request)
    if form.is_submitted_and_valid():
        file = form.cleaned_data["file"]
        try:
            run = services.check_file(
                request.actor, file_name=file.name, content=file.read(MOST_BYTES + 1),
                create_missing=form.cleaned_data["create_missing"], enroller=enroller_in_use(),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:file", run.id, message=_("Checked. Nothing was changed yet."))
    context = {
        "form": form,
        "needed": NEEDED_COLUMNS,
        "others": [name for name in COLUMNS if name not in NEEDED_COLUMNS],
    }
    return render(request, "college/records/upload.html", context, status=form.status)


@page(permission=permissions.IMPORT_STUDENTS)
def file(request: PageRequest, run_id: UUID) -> HttpResponse:
    """What a file would do, or did, line by line."""
    run = selectors.get_import(request.actor, run_id)
    rows = selectors.import_rows(run).order_by()
    table = ImportRowTable(request, rows.values(*ImportRowTable.fields()))
    context = {
        "run": run,
        "state": IMPORT_STATES[run.state],
        "new": run.rows_total - run.rows_with_errors - run.rows_standing,
        "is_checked": run.state == ImportRun.State.CHECKED,
        "is_imported": run.state == ImportRun.State.COMMITTED,
    }
    return table.respond("college/records/file.html", context)


@require_POST
@page(permission=permissions.IMPORT_STUDENTS)
def commit(request: PageRequest, run_id: UUID) -> HttpResponse:
    """Import a checked file."""
    run = services.commit_import(
        request.actor, run_id=run_id, valid_only=request.POST.get("valid_only") == "1", enroller=enroller_in_use()
    )
    message = _("%(students)s students were added.") % {"students": run.made["students"]}
    return done(request, "students:file", run.id, message=message)


@page(permission=permissions.IMPORT_STUDENTS)
def take_back(request: PageRequest, run_id: UUID) -> HttpResponse:
    """Undo an import on which nothing rests yet."""
    run = selectors.get_import(request.actor, run_id)
    form = TakeBackForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.take_back_import(
                request.actor, run_id=run.id, reason=form.cleaned_data["reason"], enroller=enroller_in_use()
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:file", run.id, message=_("Taken back."))
    return render(request, "college/records/take_back.html", {"form": form, "run": run}, status=form.status)
