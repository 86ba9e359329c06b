"""The college's side of admissions: programmes, terms with their application days, and what a submission begins."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollbook.core.policies import services as policies
from rollbook.core.web.shell import address_of
from rollbook.core.web.states import Words
from rollbook.core.web.tables import BulkAction
from rollbook.shared.admissions import permissions as admissions
from rollbook.shared.admissions.models import Application
from rollbook.shared.admissions.scheme import Choice, Consent, Fact, Intake, Kind, Scheme, Wanted
from rollbook.shared.admissions.selectors import today_here
from rollbook.shared.people.rules import AgeBounds
from rollbook.systems.college.admission import lists
from rollbook.systems.college.admission.policies import ADMISSION_MODE, ADMISSION_OPEN, AUTO, CONSENT
from rollbook.systems.college.catalogue.models import Programme, Term, TermWindow


class CollegeScheme(Scheme):
    """A student number waits at the end of it."""

    system: ClassVar[str] = "college"
    ages: ClassVar[AgeBounds] = AgeBounds(14, 90)
    kinds: ClassVar[tuple[Kind, ...]] = lists.KINDS
    facts: ClassVar[tuple[Fact, ...]] = lists.FACTS
    checklist: ClassVar[Mapping[str, tuple[Wanted, ...]]] = lists.CHECKLIST
    choice_word: ClassVar[Words] = gettext_lazy("Programme")
    intake_word: ClassVar[Words] = gettext_lazy("Term")

    def is_switched_on(self) -> bool:
        return bool(policies.get(ADMISSION_OPEN))

    def choices(self) -> Sequence[Choice]:
        return [_choice(programme) for programme in Programme.objects.filter(is_active=True).order_by("code")]

    def intakes(self) -> Sequence[Intake]:
        windows = (
            TermWindow.objects.filter(kind=TermWindow.Kind.APPLICATION, closes_on__gte=today_here())
            .exclude(term__state__in=Term.ENDED)
            .select_related("term")
            .order_by("opens_on", "term__starts_on")
        )
        return [
            Intake(
                id=window.term_id,
                label=f"{window.term.get_kind_display()} {window.term.academic_year}",
                opens_on=window.opens_on,
                closes_on=window.closes_on,
                detail=window.term.code,
            )
            for window in windows
        ]

    def labels(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        programmes = dict(Programme.objects.filter(id__in=list(ids)).values_list("id", "code"))
        return programmes | dict(Term.objects.filter(id__in=list(ids)).values_list("id", "code"))

    def code_of_choice(self) -> Combinable:
        return Subquery(Programme.objects.filter(id=OuterRef("choice_id")).values("code")[:1])

    def code_of_intake(self) -> Combinable:
        return Subquery(Term.objects.filter(id=OuterRef("intake_id")).values("code")[:1])

    def bulk_actions(self) -> Sequence[BulkAction]:
        return (
            BulkAction("admit", _("Admit"), "admission:admit_many", admissions.DECIDE_APPLICATIONS, icon="user-check"),
        )

    def consent(self) -> Consent:
        text: str = policies.get(CONSENT)
        # The wording itself stands in the history of the setting; its digest says which one it was.
        return Consent(text, hashlib.sha256(text.encode()).hexdigest()[:16])

    def choice_address(self, slug: str, choice: Choice) -> str:
        return reverse("apply_college:programme", args=[slug, choice.code])

    def admit_address(self, application: Application) -> str:
        return reverse("admission:admit", args=[application.id])

    def result_address(self, application: Application) -> str:
        return address_of("students:student", application.result_id) if application.result_id else ""

    def admission_follows(self, application: Application) -> None:
        if policies.get(ADMISSION_MODE) == AUTO:
            from rollbook.systems.college.admission.services import admit_at_once

            admit_at_once(application)


def _choice(programme: Programme) -> Choice:
    years = _("1 year") if programme.duration_years == 1 else _("%(n)s years") % {"n": programme.duration_years}
    return Choice(
        id=programme.id,
        code=programme.code,
        label=programme.name,
        detail=f"{programme.get_level_display()} · {years}",
        group=programme.department,
    )
