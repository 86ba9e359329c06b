"""The settings of an installation: typed, explained, and refused in a sentence."""

from pathlib import Path

import pytest

from rollbook.site.configuration import Configuration, ConfigurationError, read_configuration
from rollbook.site.runtime import keys

WRONG = [
    ("ROLLBOOK_PORT", "eighty", "ROLLBOOK_PORT: write a whole number."),
    ("ROLLBOOK_PORT", "40000", "ROLLBOOK_PORT: write less than 32768."),
    ("ROLLBOOK_ENV", "prod", "ROLLBOOK_ENV: write 'development', 'staging' or 'production'."),
    ("ROLLBOOK_DEBUG", "perhaps", "ROLLBOOK_DEBUG: write true or false."),
    ("ROLLBOOK_ALLOWED_HOSTS", "*", "ROLLBOOK_ALLOWED_HOSTS: name the hosts"),
    ("ROLLBOOK_BASE_URL", "rollbook.example.edu", "ROLLBOOK_BASE_URL: write it like https://rollbook.example.edu."),
    ("ROLLBOOK_SECRET_KEY", "short", "ROLLBOOK_SECRET_KEY: it needs 50 characters or more"),
    ("ROLLBOOK_TRUSTED_PROXIES", "10.0.0.0/99", "ROLLBOOK_TRUSTED_PROXIES: 10.0.0.0/99 is neither an address"),
    ("ROLLBOOK_DATABASE_APP_ROLE", "Robert'); --", "ROLLBOOK_DATABASE_APP_ROLE: use lower-case letters"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_a_wrong_setting_is_named_with_what_to_write(monkeypatch, name, value, sentence):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as refusal:
        read_configuration()
    assert sentence in str(refusal.value)


def test_a_wrong_secret_is_not_repeated(monkeypatch):
    monkeypatch.setenv("ROLLBOOK_SECRET_KEY", "my-actual-key")
    with pytest.raises(ConfigurationError) as refusal:
        read_configuration()
    assert "my-actual-key" not in str(refusal.value)


def test_lists_are_words_separated_by_commas(monkeypatch):
    monkeypatch.setenv("ROLLBOOK_ALLOWED_HOSTS", "a.example.edu, b.example.edu,")
    assert read_configuration().allowed_hosts == ("a.example.edu", "b.example.edu")


def test_an_empty_setting_is_the_default(monkeypatch):
    monkeypatch.setenv("ROLLBOOK_PORT", "")
    assert read_configuration().port == 8700


def test_in_production_only_named_hosts_are_answered(monkeypatch):
    monkeypatch.setenv("ROLLBOOK_ENV", "production")
    monkeypatch.setenv("ROLLBOOK_BASE_URL", "https://rollbook.example.edu/")
    config = read_configuration()
    assert (config.hosts, config.is_https, config.address) == (
        ["rollbook.example.edu"],
        True,
        "https://rollbook.example.edu",
    )


def test_debug_is_off_and_no_secret_has_a_default():
    secrets = {name for name, field in Configuration.model_fields.items() if "Secret" in str(field.annotation)}
    assert "secret_key" in secrets
    assert {Configuration.model_fields[name].default for name in secrets} == {None}
    assert Configuration.model_fields["debug"].default is False


def test_a_key_is_made_once_and_kept_private(tmp_path):
    made = keys.read_or_make_key(tmp_path, "secret-key", size=64)
    assert len(made) >= 50
    assert keys.read_or_make_key(tmp_path, "secret-key", size=64) == made
    assert keys.is_private(tmp_path / "keys" / "secret-key")
    assert keys.is_private(tmp_path / "keys")
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["secret-key"]


def test_an_empty_key_file_is_not_taken_for_a_key(tmp_path):
    keys.keys_folder(tmp_path)
    keys.write_private(tmp_path / "keys" / "secret-key", "")
    with pytest.raises(ConfigurationError, match="is empty. Restore it from a backup"):
        keys.read_or_make_key(tmp_path, "secret-key")


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ConfigurationError, match="ROLLBOOK_HOME: .* cannot be made or protected"):
        keys.read_or_make_key(tmp_path / "file", "secret-key")


def test_the_package_names_no_host_of_a_registry():
    root = Path(__file__).resolve().parents[4]
    if not (root / "lock").is_dir():
        pytest.skip("only a checkout has lock files")
    texts = [path.read_text(encoding="utf-8") for path in [*root.glob("lock/*.txt"), root / "pyproject.toml"]]
    assert [text for text in texts if "://" in text.replace("https://github.com", "")] == []
