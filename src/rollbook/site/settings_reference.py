"""The reference page of settings, written from the settings themselves."""

from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from rollbook.site.configuration import Configuration, environment_name

HEADER = """\
# Settings

Rollbook reads its settings once, when a process starts, from the environment. No password or secret has a default:
secrets are made at installation and kept in `ROLLBOOK_HOME/keys`, readable by their owner alone. `rollbook doctor`
explains any setting that is wrong.

This page is written by `rollbook settings --write docs/reference/settings.md`; a test fails when it is behind.

| setting | kind | default | what it does |
| --- | --- | --- | --- |
"""


def reference_page() -> str:
    """The page in Markdown."""
    rows = [
        f"| `{environment_name(name)}` | {_kind(field.annotation)} | {_default(name, field)} | {field.description} |"
        for name, field in Configuration.model_fields.items()
    ]
    return HEADER + "\n".join(rows) + "\n"


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    text = str(annotation)
    words = {
        "SecretStr": "secret",
        "tuple": "list",
        "bool": "`true` or `false`",
        "int": "number",
        "Path": "path",
    }
    return next((word for part, word in words.items() if part in text), "text")


def _default(name: str, field: FieldInfo) -> str:
    if name == "home":
        return "`~/.local/share/rollbook`; as root `/var/lib/rollbook`"
    if field.default is None or field.default in ("", ()):
        return "*none*"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    if isinstance(field.default, tuple):
        return f"`{','.join(field.default)}`"
    return f"`{field.default}`"
