"""The sample settings file: every setting with its sentence, and no value."""

import textwrap
from pathlib import Path

from rollbook.site.configuration import Configuration, environment_name
from rollbook.site.settings_reference import _default

HEADER = """\
# Settings of a Rollbook installation. Copy this file, fill in what you need, and load it into the environment.
# Every setting may be left empty: then its default holds. Written by `rollbook settings --example`.
"""


def example_file() -> Path:
    """Where the sample ships: in the package; `.env.example` of a checkout is a link to it."""
    return Path(__file__).with_name("env.example")


def example_text() -> str:
    """The sample, written from the settings themselves."""
    parts = [HEADER]
    for name, field in Configuration.model_fields.items():
        default = _default(name, field).replace("`", "").replace("*", "")
        sentence = f"{field.description} Default: {default}."
        parts.append("\n".join(textwrap.wrap(sentence, 110, initial_indent="# ", subsequent_indent="# ")))
        parts.append(f"{environment_name(name)}=\n")
    return "\n".join(parts)


def example_keys(text: str) -> set[str]:
    """The settings that a sample names."""
    return {line.partition("=")[0].strip() for line in _lines(text)}


def real_looking_values(text: str) -> list[str]:
    """Settings of a sample that carry a value."""
    return sorted(line.partition("=")[0].strip() for line in _lines(text) if line.partition("=")[2].strip())


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if "=" in line and not line.lstrip().startswith("#")]
