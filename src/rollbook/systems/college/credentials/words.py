"""How graduation and papers are put into words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from rollbook.systems.college.catalogue.curriculum_rules import Requirement
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.credentials.rules.graduation import Outcome

_KINDS = dict(Term.Kind.choices)


def requirement_text(missing: Requirement) -> str:
    """A requirement that is not met, with its place in the curriculum."""
    codes, first = missing.codes, missing.first
    where = _("year %(year)s, %(semester)s") % {
        "year": first.year_level, "semester": str(_KINDS[Term.Kind(first.semester)]).lower(),
    }  # fmt: skip
    named = codes[0] if len(codes) == 1 else _("one of %(codes)s") % {"codes": ", ".join(codes)}
    return f"{named} ({where})"


def reason_text(code: str, fact: str) -> str:
    """Another reason why a student cannot graduate yet, in a sentence."""
    sentences = {
        "UNITS": _("Only %(fact)s units are earned."),
        "RESIDENCY": _("Only %(fact)s units were earned here."),
        "INC": _("Still incomplete: %(fact)s."),
        "NG": _("Without a grade: %(fact)s."),
        "HOLD": _("Held: %(fact)s."),
        "AVERAGE": _("The average does not reach what is asked for (%(fact)s)."),
    }
    return sentences[code] % {"fact": fact}


def reasons_of(outcome: Outcome) -> Sequence[str]:
    """Everything that stands in the way, one sentence each."""
    missing = [_("Missing: %(what)s.") % {"what": requirement_text(one)} for one in outcome.missing]
    return [*missing, *(reason_text(code, fact) for code, fact in outcome.reasons)]
