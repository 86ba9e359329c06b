"""What the college's forms have in common."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import Form

#: As long as the column that keeps it.
LONGEST_REASON = 500


def reason_field(label: Any = None, *, help_text: Any = "") -> forms.CharField:
    """A reason that stays on the record."""
    return forms.CharField(
        label=label or _("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
    )  # fmt: skip


class ReasonForm(Form):
    """A step that needs nothing but a reason."""

    reason = reason_field()
