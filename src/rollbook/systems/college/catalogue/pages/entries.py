"""One subject of a draft: where it stands, what it is there, what comes before it, and taking it out."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue import permissions, selectors, services
from rollbook.systems.college.catalogue.forms import EntryForm
from rollbook.systems.college.catalogue.models import CurriculumEntry
from rollbook.systems.college.catalogue.prerequisites import parse, write


@page(permission=permissions.DRAFT_CURRICULA)
def entry(request: PageRequest, entry_id: UUID) -> HttpResponse:
    """Move a subject of a draft, say what it is there and what must come before it."""
    found = selectors.get_entry(request.actor, entry_id)
    rule = selectors.rule_of_entry(found.id)
    own = parse(rule.tree) if rule else None
    initial = {
        "term": f"{found.year_level}-{found.semester}",
        "category": found.category,
        "elective_group": found.elective_group,
        "tree": write(own, selectors.codes_of(selectors.named_in(own))),
        "version": found.curriculum.version,
        "rule_version": rule.version if rule else 0,
    }
    form = EntryForm.of(
        request, initial=initial, years=max(found.curriculum.programme.duration_years, found.year_level)
    )
    if form.is_submitted_and_valid():
        try:
            _save(request, found, form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:curriculum", found.curriculum_id, message=_("Saved."))
    everywhere = selectors.rule_of_subject(found.subject_id)
    tree = parse(everywhere.tree) if everywhere else None
    context = {
        "entry": found,
        "form": form,
        "everywhere": write(tree, selectors.codes_of(selectors.named_in(tree))),
        "may_edit": found.curriculum.is_draft,
    }
    return render(request, "college/catalogue/entry.html", context, status=form.status)


@require_POST
@page(permission=permissions.DRAFT_CURRICULA)
def remove_entry(request: PageRequest, entry_id: UUID) -> HttpResponse:
    """Take a subject out of a draft."""
    found = selectors.get_entry(request.actor, entry_id)
    services.remove_entry(request.actor, entry_id=found.id)
    message = _("%(code)s is taken out.") % {"code": found.subject.code}
    return done(request, "catalogue:curriculum", found.curriculum_id, message=message)


def _save(request: PageRequest, found: CurriculumEntry, form: EntryForm) -> None:
    sent = form.cleaned_data
    services.change_entry(request.actor, entry_id=found.id, expected_version=sent["version"], **form.place())
    rule = selectors.rule_of_entry(found.id)
    if sent["tree"] != (rule.tree if rule else None):
        services.set_entry_prerequisites(
            request.actor, entry_id=found.id, tree=sent["tree"], expected_version=sent["rule_version"]
        )
