"""What people type about provider accounts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.forms import Form
from rollbook.shared.gateways.models import GatewaySecret
from rollbook.shared.gateways.providers import CHOICES

_SECRET = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
_REASON = forms.Textarea(attrs={"rows": 2})


class AccountForm(Form):
    """An account at a provider."""

    rows = (("provider", "mode"),)

    provider = forms.ChoiceField(label=_("Provider"), choices=list(CHOICES.items()))
    mode = forms.ChoiceField(
        label=_("Mode"), choices=[("test", _("Test mode")), ("live", _("Real money"))], initial="test"
    )
    label = forms.CharField(label=_("Name"), max_length=80, help_text=_("As people call the account."))
    secret_key = forms.CharField(label=_("Secret key"), max_length=300, widget=_SECRET)
    webhook_secret = forms.CharField(
        label=_("Webhook secret"), max_length=300, required=False, widget=_SECRET,
        help_text=_("The provider shows it once the address for events is entered there; it can be added later."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why"), max_length=500, widget=_REASON)


class SecretForm(Form):
    """A new secret of an account."""

    kind = forms.ChoiceField(label=_("Which"), choices=GatewaySecret.Kind.choices, initial="WEBHOOK_SECRET")
    value = forms.CharField(label=_("Secret"), max_length=300, widget=_SECRET)
    reason = forms.CharField(label=_("Why"), max_length=500, widget=_REASON)
