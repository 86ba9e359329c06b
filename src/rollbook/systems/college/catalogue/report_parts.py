"""What reports of the college have in common: their headings, and filters by term, programme and subject."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.tables import ChoiceFilter
from rollbook.shared.analytics.register import ReportGroup, Values
from rollbook.systems.college.catalogue.models import Programme, Subject, Term

COLLEGE = ("college",)
STUDENTS = ReportGroup("students", _("Students"), order=10)
CLASSES = ReportGroup("classes", _("Classes and grades"), order=20)
MONEY = ReportGroup("money", _("Money"), order=30)
OVERSIGHT = ReportGroup("oversight", _("Who decided what"), order=40)
REGULATOR = ReportGroup("regulator", _("For the regulator"), order=50)

#: Chosen in place of a term; the reports are of one term unless somebody says so.
EVERY_TERM = "ALL"


def term_choices() -> Sequence[tuple[Any, Any]]:
    """The terms of the organisation in scope, the latest first, and all of them together."""
    codes = Term.objects.order_by("-starts_on", "code").values_list("code", flat=True)
    return [*((code, code) for code in codes), (EVERY_TERM, _("All terms"))]


def present_term() -> dict[str, list[str]]:
    """The term that runs, or the latest there is, as it stands in an address."""
    code = Term.objects.order_by("-is_current", "-starts_on", "code").values_list("code", flat=True).first()
    return {"term": [code or EVERY_TERM]}


def programme_choices() -> Sequence[tuple[Any, str]]:
    """The programmes by code."""
    return [(code, f"{code} {name}") for code, name in Programme.objects.order_by("code").values_list("code", "name")]


def subject_choices() -> Sequence[tuple[Any, str]]:
    """The subjects by code."""
    return [(code, f"{code} {title}") for code, title in Subject.objects.order_by("code").values_list("code", "title")]


#: The term that a report is about: the present one until another is chosen.
TERM = ChoiceFilter("term", _("Term"), choices=term_choices, default=present_term)
#: A term, only where somebody chooses one.
ANY_TERM = ChoiceFilter("term", _("Term"), choices=term_choices)
PROGRAMME = ChoiceFilter("programme", _("Programme"), choices=programme_choices, multiple=True)
SUBJECT = ChoiceFilter("subject", _("Subject"), choices=subject_choices, multiple=True)


def chosen(values: Values, *names: str) -> dict[str, Any]:
    """The choices of filters as parameters: a list of what is kept, or None for everything."""
    return {name: list(values[name]) if values.get(name) else None for name in names}


def term_chosen(values: Values) -> dict[str, Any]:
    """The code of the term that a report is about; None for all terms."""
    code = (values.get("term") or (EVERY_TERM,))[0]
    return {"term": None if code == EVERY_TERM else code}
