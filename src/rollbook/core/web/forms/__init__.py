"""Forms: they keep what was typed, say what is wrong beside the field, and are harmless when sent twice."""

from rollbook.core.web.forms.base import Form
from rollbook.core.web.forms.fields import DateField, MoneyField

__all__ = ["DateField", "Form", "MoneyField"]
