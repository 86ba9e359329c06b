"""The page of settings is what the settings say."""

from rollbook.site.configuration import Configuration, environment_name
from rollbook.site.settings_reference import reference_page
from rollbook.site.testing.plugin import repository


def test_the_page_of_settings_is_current():
    page = repository() / "docs" / "reference" / "settings.md"
    assert page.read_text(encoding="utf-8") == reference_page(), (
        "run: .venv/bin/rollbook settings --write docs/reference/settings.md"
    )


def test_every_setting_is_explained_in_a_sentence():
    unexplained = [
        environment_name(name)
        for name, field in Configuration.model_fields.items()
        if not (field.description or "").endswith(".")
    ]
    assert unexplained == []
