"""Actions, records and values of the trail in words that people read."""

import json
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from rollbook.core.money import Money
from rollbook.core.web import formatting

REFUSED = "refused."
#: How fields are named that hold whole minor units of money.
_MINOR = "_minor"


def action_words(action: str) -> str:
    """An action as a short sentence: billing.payment_taken is "Payment taken"."""
    words = action.rpartition(".")[2].replace("_", " ")
    return _("Refused: %(what)s") % {"what": words} if action.startswith(REFUSED) else capfirst(words)


def target_words(target_type: str) -> str:
    """The kind of a record: billing.promissorynote is "Promissory note"."""
    if not target_type:
        return ""
    label, _dot, name = target_type.partition(".")
    try:
        return str(capfirst(apps.get_model(label, name)._meta.verbose_name))
    except (LookupError, ValueError):
        return capfirst(target_type.rpartition(".")[2].replace("_", " "))


def value_words(value: Any, field: str = "", currency: str = "") -> str:
    """A value of a change or a fact; whole minor units of a field such as amount_minor become an amount."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict) and set(value) == {"minor", "currency"}:
        return formatting.amount_text(Money(value["minor"], value["currency"]))
    if field.endswith(_MINOR) and isinstance(value, int) and currency:
        return formatting.amount_text(Money(value, currency))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def field_words(field: str) -> str:
    """The name of a field: external_reference is "External reference", amount_minor is "Amount"."""
    return capfirst(field.removesuffix(_MINOR).replace("_", " "))


def fact_in_short(facts: dict[str, Any], currency: str) -> str:
    """What tells one act from the next like it: the number of a paper, an amount."""
    kept = [facts["number"]] if isinstance(facts.get("number"), str) else []
    if isinstance(facts.get("amount_minor"), int):
        kept.append(value_words(facts["amount_minor"], "amount_minor", str(facts.get("currency") or currency)))
    return " · ".join(kept)


def who_in_short(row: Any) -> str:
    """Who acted, for whoever reads a record: which job it was stands in the trail."""
    return _("By itself") if row["actor_kind"] == "system" else who_words(row)


def who_words(row: Any) -> str:
    """Who acted, as whom, or which job."""
    if row["actor_kind"] == "system":
        return f"SYSTEM · {row['job']}" if row["job"] else "SYSTEM"
    name = str(row["user_name"] or _("Somebody who is no longer a member"))
    if row["actor_kind"] == "token":
        name = _("%(name)s, by a token") % {"name": name}
    if row["impersonator_id"]:
        helper = row["impersonator_name"] or _("a member of staff")
        return _("%(helper)s as %(name)s") % {"helper": helper, "name": name}
    return name
