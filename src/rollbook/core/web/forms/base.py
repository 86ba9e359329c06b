"""The form that every page uses."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django import forms
from django.http import HttpRequest

from rollbook.core import ids
from rollbook.core.errors import Invalid, Refusal
from rollbook.core.tenancy.selectors import organisation_facts
from rollbook.core.web.forms.fields import MoneyField
from rollbook.core.web.forms.renderer import KitRenderer, control_class
from rollbook.core.web.sentences import refusal_sentence

KEY_FIELD = "idempotency_key"
_KEY = re.compile(r"[A-Za-z0-9_-]{8,100}\Z")


class Form(forms.Form):
    """A form with the kit's look and one idempotency key for each time it is shown."""

    default_renderer = KitRenderer
    #: Names of fields that stand side by side where there is room.
    rows: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def __init__(self, *args: Any, currency: str = "", request: HttpRequest | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        #: The request whose form this is, for fields whose choices depend on the actor. A library's form that
        #: is dressed by this class may have taken it already.
        self.request = request or getattr(self, "request", None)
        super().__init__(*args, **kwargs)
        self.currency = currency
        self._key = self._key_that_came() or str(ids.new_id())

    @classmethod
    def of(
        cls, request: HttpRequest, *, initial: Mapping[str, Any] | None = None, currency: str = "", **kwargs: Any
    ) -> Self:
        """The form of a request: filled with what was sent on POST, empty (or `initial`) otherwise."""
        sent: tuple[Any, ...] = ()
        if request.method == "POST":
            sent = (request.POST, request.FILES)
        return cls(
            *sent,
            initial=dict(initial or {}),
            currency=currency or _currency_of(request),
            request=request,
            **kwargs,
        )

    def _key_that_came(self) -> str:
        data: Any = self.data if self.is_bound else {}
        key = str(data.get(KEY_FIELD, ""))
        return key if _KEY.match(key) else ""

    def __getitem__(self, name: str) -> forms.BoundField:
        # Dressed when it is reached for, so that fields which a subclass adds late are dressed too.
        if name in self.fields:
            self._dress(self.fields[name])
        return super().__getitem__(name)

    def _dress(self, field: forms.Field) -> None:
        if isinstance(field, MoneyField):
            if not field.currency:
                field.in_currency(self.currency)
            field.widget.attrs.update(_preview(field))
        elif look := control_class(field.widget):
            field.widget.attrs.setdefault("class", look)

    @property
    def idempotency_key(self) -> str:
        """The key of this form. Sent twice it is the same; shown afresh it is another."""
        return self._key

    @property
    def status(self) -> int:
        """The status of an answer that shows this form: 422 when what was sent needs another look."""
        return 422 if self.is_bound and self.errors else 200

    def is_submitted_and_valid(self) -> bool:
        """Whether the form was sent and everything in it can be used."""
        return self.is_bound and self.is_valid()

    def refuse(self, refusal: Refusal) -> None:
        """Show a service's refusal: at its fields where it names them, else above all fields."""
        if self.request is not None:
            # So that a refused attempt goes on the record although the page shows the form again.
            vars(self.request)["refusal"] = refusal
        if isinstance(refusal, Invalid) and refusal.errors:
            for error in refusal.errors:
                name = error["field"] if error["field"] in self.fields else None
                self.add_error(name, error["message"])
        else:
            self.add_error(None, refusal_sentence(refusal))

    @property
    def summary(self) -> list[tuple[str, str, str]]:
        """Every error: the id of its control, the label of its field, the sentence. Those of no field come first."""
        found = [("", "", str(message)) for message in self.non_field_errors()]
        for field in self:
            found += [(field.id_for_label or field.auto_id, str(field.label), str(error)) for error in field.errors]
        return found

    @property
    def layout(self) -> list[list[forms.BoundField]]:
        """The visible fields in the order in which they are shown, those of a row together."""
        in_rows = {name: row for row in self.rows for name in row}
        done: set[str] = set()
        lines: list[list[forms.BoundField]] = []
        for field in self.visible_fields():
            if field.name not in done:
                names = in_rows.get(field.name, (field.name,))
                done.update(names)
                lines.append([self[name] for name in names if name in self.fields])
        return lines


def _preview(field: MoneyField) -> dict[str, str]:
    """What makes a money field show, while it is typed, where the money will land."""
    if not field.preview_url:
        return {}
    return {
        "hx-post": str(field.preview_url),
        "hx-target": str(field.preview_target or "#preview"),
        "hx-trigger": "input changed delay:200ms",
        "hx-include": "closest form",
        "hx-swap": "innerHTML",
        "hx-sync": "this:replace",
        "hx-disabled-elt": "unset",
    }


def _currency_of(request: HttpRequest) -> str:
    actor = getattr(request, "actor", None)
    return organisation_facts(actor.organisation_id).currency if actor is not None else ""
