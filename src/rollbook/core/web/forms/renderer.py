"""Draws Django's forms with the kit's own field."""

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.template import engines

#: The kit's class for each kind of control; daisyUI draws it.
_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "checkbox"),
    (forms.CheckboxSelectMultiple, "checkbox"),
    (forms.RadioSelect, "radio"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file-input"),
    (forms.HiddenInput, ""),
    (forms.widgets.Input, "input"),
)


class KitRenderer(BaseRenderer):
    """The kit's templates for forms and fields; Django's own for the bare controls."""

    form_template_name = "rollbook/forms/form.html"
    field_template_name = "rollbook/forms/field.html"

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("django/forms/"):
            return _plain.get_template(template_name)
        return engines["django"].get_template(template_name)


_plain = DjangoTemplates()


def control_class(widget: forms.Widget) -> str:
    """The class by which a control gets its look."""
    return next((name for kind, name in _CLASSES if isinstance(widget, kind)), "")
