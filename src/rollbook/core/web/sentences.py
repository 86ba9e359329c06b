"""Refusals in the reader's language."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from rollbook.core.errors import Invalid, Refusal
from rollbook.core.money import Money
from rollbook.core.web import formatting


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


def refusal_sentence(refusal: Refusal) -> str:
    """The refusal's own sentence, translated, its amounts and days written as the locale does."""
    if isinstance(refusal, Invalid) or type(refusal).detail is not Refusal.detail:
        return refusal.detail
    plain = " ".join((type(refusal).__doc__ or "").split())
    return gettext(plain).format_map(_Facts({name: _written(fact) for name, fact in refusal.facts.items()}))


def _written(fact: Any) -> Any:
    if isinstance(fact, Money):
        return formatting.amount_text(fact)
    if isinstance(fact, datetime):
        return formatting.moment_text(fact)
    return formatting.day_text(fact) if isinstance(fact, date) else fact
