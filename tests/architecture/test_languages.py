"""The catalogues: the kit speaks Filipino, placeholders survive translation, compiled files are current."""

import re

import pytest

from rollbook.site import languages

_PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w+>")


def test_every_sentence_of_the_kit_is_translated():
    left = [
        message.id
        for message in languages.untranslated(languages.read("fil"))
        if any(where.startswith(("rollbook/core/web/", "rollbook/core/errors")) for where, _ in message.locations)
    ]

    assert left == []


def test_a_translation_keeps_every_placeholder():
    catalogue = languages.read("fil")
    waiting = {id(message) for message in languages.untranslated(catalogue)}
    for message in catalogue:
        if not message.id or id(message) in waiting:
            continue
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = set(_PLACEHOLDERS.findall(sources[-1]))
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        for string in strings:
            assert set(_PLACEHOLDERS.findall(string)) <= wanted, string
        assert set(_PLACEHOLDERS.findall(strings[-1])) == wanted, strings[-1]


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_the_compiled_catalogue_is_made_of_the_one_that_translators_edit(language):
    assert languages.catalogue_path(language, "mo").read_bytes() == languages.as_mo(languages.read(language))


def test_sentences_of_templates_code_and_refusals_are_found():
    found = {words if isinstance(words, str) else words[0] for words, _, _ in languages.sentences()}

    assert "Skip to the content" in found
    assert "Enter an amount such as %(example)s." in found
    assert "We could not find that. It may have been moved, or you may not have access to it." in found
    assert "An amount: `minor` whole minor units (centavos, cents) of `currency`." not in found
