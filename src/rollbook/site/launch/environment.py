"""Settings, host, organisations and the database as this installation uses them."""

import math
import os
import shutil
import time
from datetime import timedelta
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, get_territory_currencies
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import get_resolver

from rollbook.core.db.catalogue import select, value
from rollbook.core.readiness import (
    ALONE,
    Context,
    Outcome,
    Severity,
    failed,
    none_found,
    passed,
    register_item,
    warned,
)
from rollbook.core.tenancy.models import Organisation
from rollbook.core.web.visitor import Visitor, own_host, text_of
from rollbook.shared.jobs.process import settings_fingerprint
from rollbook.shared.jobs.selectors import live_workers
from rollbook.site.configuration import ConfigurationError, configuration, environment_name, read_configuration
from rollbook.site.settings_example import example_file, example_keys, real_looking_values

PLACEHOLDERS = (
    "changeme", "change-me", "change_me", "placeholder", "your-", "your_", "todo", "fixme", "example.com", "example.org",
    "example.edu", "xxxx", "secret-key-here",
)  # fmt: skip
#: Without these, an installation does not serve real people.
NEEDED_IN_PRODUCTION = ("base_url", "mail_host", "mail_from")
GIGABYTE = 1024**3


@register_item(
    id="PLT-ENV-03",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="The host is provisioned and big enough",
    how="Cores, memory, disk and swap of this host are read and held against the table of sizes: production 4 cores "
    "and 4 GB, any other 2 cores and 4 GB, a disk of three times the data, swap used under 10 %.",
    remedy="Give the host what the named measure lacks, then run `rollbook launch check --id PLT-ENV-03`.",
    evidence=("cores", "memory_gb", "disk_gb", "data_gb", "swap_used_percent"),
)
def host_is_big_enough(context: Context) -> Outcome:
    memory = memory_facts()
    disk = shutil.disk_usage(configuration().home)
    data = int(value("SELECT pg_database_size(current_database())"))
    cores = len(os.sched_getaffinity(0))
    swap = _share(memory["SwapTotal"] - memory["SwapFree"], memory["SwapTotal"])
    facts: dict[str, Any] = {
        "cores": cores,
        "memory_gb": _gigabytes(memory["MemTotal"]),
        "disk_gb": _gigabytes(disk.total),
        "data_gb": _gigabytes(data),
        "swap_used_percent": swap,
    }
    needed = 4 if context.is_production else 2
    found = []
    if cores < needed:
        found.append(f"{cores} cores, not {needed}")
    # What the firmware keeps for itself does not make a 4 GB machine too small.
    if memory["MemTotal"] < Decimal("3.7") * GIGABYTE:
        found.append(f"{facts['memory_gb']} GB of memory, not 4")
    if disk.total < 3 * data:
        found.append(f"a disk of {facts['disk_gb']} GB for {facts['data_gb']} GB of data")
    if swap >= 10:
        found.append(f"{swap} % of swap is used")
    return none_found(found, examined=4, what="measures that are too small", **facts)


def memory_facts() -> dict[str, int]:
    """Bytes by name, as the kernel tells them."""
    facts: dict[str, Any] = {"MemTotal": 0, "MemAvailable": 0, "SwapTotal": 0, "SwapFree": 0}
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        name, _, rest = line.partition(":")
        if name in facts:
            facts[name] = int(rest.split()[0]) * 1024
    return facts


def _gigabytes(size: int) -> Decimal:
    return Decimal(size * 100 // GIGABYTE) / 100


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else Decimal(0)


@register_item(
    id="PLT-ENV-05",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    title="Every setting is present, typed and not a placeholder, on every process",
    how="The environment is read again as at start; values are searched for words of placeholders; the fingerprint of "
    "the settings that each living worker reported is held against this process's own.",
    remedy="Run `rollbook doctor`, correct the named setting, and restart: `rollbook down`, then `rollbook up`.",
    evidence=("settings", "fingerprints"),
)
def settings_are_real(context: Context) -> Outcome:
    found: list[str] = []
    try:
        given = read_configuration()
    except ConfigurationError as refusal:
        return failed(str(refusal), value=1, limit="= 0", unit="wrong settings", settings=0)
    fields = type(given).model_fields
    for name in fields:
        setting = getattr(given, name)
        words = _plain(setting).lower()
        if any(word in words for word in PLACEHOLDERS):
            found.append(f"{environment_name(name)} is a placeholder")
    if context.is_production:
        found += [
            f"{environment_name(name)} is missing"
            for name in NEEDED_IN_PRODUCTION
            if not getattr(given, name) or "localhost" in str(getattr(given, name))
        ]
    own = settings_fingerprint()
    theirs = {worker.name: worker.settings_fingerprint for worker in live_workers(context.now)}
    found += [f"the worker {name} runs with other settings" for name, print_ in theirs.items() if print_ != own]
    return none_found(
        found, examined=len(fields), what="settings missing, made up or not the same everywhere", settings=len(fields),
        fingerprints=sorted({own, *theirs.values()}),
    )  # fmt: skip


def _plain(setting: Any) -> str:
    reveal = getattr(setting, "get_secret_value", None)
    return str(reveal() if reveal else setting)


@register_item(
    id="PLT-ENV-07",
    stages=("PRE",),
    severity=Severity.WARNING,
    title="A sample settings file ships without values",
    how="The keys of `.env.example` are held against the settings; its values are searched for any that look real.",
    remedy="Run `rollbook settings --example` and commit the file that it writes.",
    evidence=("keys",),
)
def sample_file_is_true(_context: Context) -> Outcome:
    try:
        text = example_file().read_text(encoding="utf-8")
    except OSError:
        return failed("There is no sample file.", value=0, limit="= 1", unit="files")
    declared = {environment_name(name) for name in type(configuration()).model_fields}
    keys = example_keys(text)
    found = [f"{key} is missing" for key in sorted(declared - keys)]
    found += [f"{key} is no setting" for key in sorted(keys - declared)]
    found += [f"{key} has a value that looks real" for key in real_looking_values(text)]
    return none_found(found, examined=len(keys), what="faults in the sample file", keys=len(keys))


LEAKS = (
    "Traceback",
    "DEBUG = True",
    "Django Version",
    "django.core.exceptions",
    "Request Method:",
    "Python Executable",
)


@register_item(
    id="PLT-ENV-08",
    stages=("PRE", "DAY", "ON"),
    severity=Severity.BLOCKER,
    title="Debug is off",
    how="The setting is read; an unknown address is asked, and an error is forced: no answer may show a trace, a "
    "setting or the version of the software.",
    remedy="Set `ROLLBOOK_DEBUG=false` and restart: `rollbook down`, then `rollbook up`.",
    evidence=("setting", "unknown_address_leaks", "error_page_leaks", "banners"),
    is_waivable=False,
)
def debug_is_off(_context: Context) -> Outcome:
    unknown = Visitor().get("/launch-checklist/no-such-address/")
    unknown_leaks = [word for word in LEAKS if word in text_of(unknown)]
    error_leaks = [word for word in LEAKS if word in _forced_error_page()]
    banners = [f"{name}: {value}" for name, value in unknown.items() if name.lower() in ("server", "x-powered-by")]
    facts: dict[str, Any] = {
        "setting": settings.DEBUG,
        "unknown_address_leaks": unknown_leaks,
        "error_page_leaks": error_leaks,
        "banners": banners,
    }
    count = int(bool(settings.DEBUG)) + bool(unknown_leaks) + bool(error_leaks) + bool(banners)
    if count:
        shown = " and a forced error page contained a trace" if error_leaks else ""
        state = "on" if settings.DEBUG else "off"
        return failed(f"Debug is {state}{shown}.", value=count, limit="= 0", unit="leaks", **facts)
    return passed("Debug is off and no answer shows more than it should.", value=0, limit="= 0", unit="leaks", **facts)


def _forced_error_page() -> str:
    """What a visitor would read if a page broke, without breaking one: nothing is logged or reported."""
    from django.core.handlers.exception import handle_uncaught_exception

    request: HttpRequest = RequestFactory().get("/launch-checklist/error/", headers={"host": own_host()})
    request.request_id = "launch-checklist"  # type: ignore[attr-defined]
    try:
        raise RuntimeError("forced by the launch checklist")
    except RuntimeError as forced:
        details = (RuntimeError, forced, forced.__traceback__)
        response = handle_uncaught_exception(request, get_resolver(), details)  # type: ignore[arg-type]
    return text_of(response)


@register_item(
    id="PLT-ENV-10",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="Host names are explicit",
    how="The allowed host names are read; a request with a forged one is sent.",
    remedy="Set `ROLLBOOK_BASE_URL` (and `ROLLBOOK_ALLOWED_HOSTS` for further names), without a wildcard, and restart.",
    evidence=("hosts", "forged_answer"),
)
def hosts_are_explicit(_context: Context) -> Outcome:
    hosts = list(settings.ALLOWED_HOSTS)
    found = [f"{host} is a wildcard" for host in hosts if host == "*" or host.startswith(".")]
    answer = Visitor(host="forged.invalid").get("/login/").status_code
    if answer != 400:
        found.append(f"a forged host name was answered {answer}")
    if settings.DEBUG and not hosts:
        found.append("no host is named")
    return none_found(
        found, examined=len(hosts) + 1, what="faults in the host names", hosts=hosts, forged_answer=answer
    )


@register_item(
    id="PLT-ENV-11",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="Time zone and currency of each organisation are set and consistent with its country",
    how="Each organisation is read; the country's zones and currencies come from the tables of IANA and CLDR; a date "
    "and an amount are written in its language.",
    remedy="Create the organisation anew with the right --timezone and --currency, or correct its country (Settings).",
    evidence=("organisations", "samples"),
)
def organisations_fit_their_country(context: Context) -> Outcome:
    countries = _countries_of_zones()
    found: list[str] = []
    samples: dict[str, str] = {}
    rows = list(Organisation.objects.filter(is_active=True).order_by("slug"))
    for row in rows:
        possible = {row.country} if row.country else countries.get(row.timezone, set())
        if row.timezone not in countries:
            found.append(f"{row.slug}: the time zone {row.timezone} is unknown")
            continue
        if row.country and row.country not in countries[row.timezone]:
            found.append(f"{row.slug}: {row.timezone} is not in {row.country}")
        money = {currency for country in possible for currency in get_territory_currencies(country, tender=True)}
        if row.currency not in money:
            found.append(f"{row.slug}: {row.currency} is not money of {' or '.join(sorted(possible))}")
            continue
        local = context.now.astimezone(ZoneInfo(row.timezone))
        language = row.locale.replace("-", "_") or "en"
        amount = format_currency(Decimal("1234.50"), row.currency, locale=language)
        samples[row.slug] = f"{format_date(local.date(), locale=language)}, {amount}"
    return none_found(
        found, examined=len(rows), what="organisations with the wrong time or money", organisations=len(rows),
        samples=samples,
    )  # fmt: skip


def _countries_of_zones() -> dict[str, set[str]]:
    text = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    zones: dict[str, set[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones.setdefault(zone, set()).add(country)
    return zones


@register_item(
    id="PLT-ENV-17",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    title="Migrations run once per release, before new code takes traffic, never racing",
    how="The migrations that the code brings are held against those recorded in the database: none pending, none "
    "recorded twice, none unknown, and each after those it depends on.",
    remedy="Run `rollbook migrate`, then restart the processes that started before it.",
    evidence=("applied", "pending", "unknown"),
)
def migrations_ran_once(_context: Context) -> Outcome:
    loader = MigrationLoader(connection)
    known = set(loader.graph.nodes)
    applied = set(loader.applied_migrations)
    pending = [f"{app}.{name}" for app, name in sorted(known - applied)]
    apps = {app for app, _ in known}
    unknown = [
        f"{app}.{name}"
        for app, name in sorted(applied - known)
        if app in apps and (app, name) not in loader.replacements
    ]
    twice = [
        f"{app}.{name} ran {count} times"
        for app, name, count in select(
            "SELECT app, name, count(*) FROM django_migrations GROUP BY 1, 2 HAVING count(*) > 1"
        )
    ]
    found = [f"{name} is pending" for name in pending] + [f"{name} is unknown here" for name in unknown] + twice
    try:
        loader.check_consistent_history(connection)
    except InconsistentMigrationHistory:
        found.append("one ran before a migration it depends on")
    return none_found(
        found, examined=len(known), what="migrations pending, doubled or unknown", applied=len(applied), pending=pending,
        unknown=unknown,
    )  # fmt: skip


#: Kept free for the owner, for backups and for somebody who has to look.
RESERVE = 10
#: The worker listens and fetches over connections of its own, beside those of its jobs.
QUEUE_CONNECTIONS = 3


def pool_sum(*, web: int, workers: int, pool: int, extra: int = 0) -> int:
    """The most connections that all processes together may hold, with the reserve."""
    return web * pool + workers * (pool + QUEUE_CONNECTIONS) + extra + RESERVE


@register_item(
    id="PLT-DB-10",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="Connection pooling is configured and sums below the server limit",
    how="The pools of all processes and a reserve are added up and held against 80 % of the server's limit; the live "
    "count is read.",
    remedy="Lower `ROLLBOOK_DATABASE_POOL_SIZE` or `ROLLBOOK_WEB_WORKERS`, or raise max_connections of the server.",
    evidence=("pool", "web_processes", "workers", "max_connections", "live"),
)
def pools_fit(context: Context) -> Outcome:
    given = configuration()
    most = int(value("SELECT setting FROM pg_settings WHERE name = 'max_connections'"))
    live = int(value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"))
    workers = max(len(live_workers(context.now)), 1)
    pool = given.database_pool_size
    total = pool_sum(web=given.web_workers, workers=workers, pool=pool)
    limit = math.floor(most * 8 / 10)
    facts: dict[str, Any] = {
        "pool": pool,
        "web_processes": given.web_workers,
        "workers": workers,
        "max_connections": most,
        "live": live,
    }
    if not 2 <= pool <= 20:
        return failed("The pool of one process is too small or too large.", value=pool, limit="2 to 20", **facts)
    if total > limit:
        return failed("The pools add up to more than the server bears.", value=total, limit=f"≤ {limit}", **facts)
    if pool < given.web_threads:
        return warned(
            "Threads of a web process wait for each other's connections.", value=pool, limit=f"≥ {given.web_threads}",
            remedy="Set ROLLBOOK_DATABASE_POOL_SIZE to at least ROLLBOOK_WEB_THREADS.", **facts,
        )  # fmt: skip
    return passed("All pools together fit.", value=total, limit=f"≤ {limit}", unit="connections", **facts)


@register_item(
    id="PLT-INF-03",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="Database connections are encrypted",
    how="Every session of the database that does not come from this machine must use TLS; where the server is on "
    "another host, an unencrypted entry is tried.",
    remedy="Add `?sslmode=verify-full` to DATABASE_URL (and DATABASE_APP_URL), and allow only `hostssl` in pg_hba.conf.",
    evidence=("sessions", "local", "encrypted"),
)
def connections_are_encrypted(_context: Context) -> Outcome:
    rows = select(
        "SELECT a.client_addr::text, coalesce(s.ssl, false) FROM pg_stat_activity a"
        " LEFT JOIN pg_stat_ssl s ON s.pid = a.pid WHERE a.datname = current_database() AND a.usename = current_user"
    )
    local = [row for row in rows if row[0] is None or row[0] in ("127.0.0.1/32", "::1/128", "127.0.0.1", "::1")]
    plain = [
        str(address) for address, is_encrypted in rows if (address, is_encrypted) not in local and not is_encrypted
    ]
    found = [f"a session from {address}" for address in plain]
    return none_found(
        found, examined=len(rows), what="sessions without TLS", sessions=len(rows), local=len(local),
        encrypted=sum(is_encrypted for _, is_encrypted in rows),
    )  # fmt: skip


@register_item(
    id="PLT-PERF-12",
    stages=("PRE", "H", "D1", "ON"),
    severity=Severity.BLOCKER,
    interval=timedelta(minutes=5),
    parallel_key=ALONE,
    title="Server resources have headroom",
    how="The processors are watched for a second; memory, disk, inodes and the round trip to the database are read.",
    remedy="Find what uses the named resource (`top`, `df -h`), free it, or give the host more.",
    evidence=("cpu_percent", "memory_percent", "disk_free_percent", "inodes_free_percent", "latency_ms"),
)
def resources_have_headroom(_context: Context) -> Outcome:
    memory = memory_facts()
    disk = os.statvfs(configuration().home)
    busy = _cpu_percent()
    used = _share(memory["MemTotal"] - memory["MemAvailable"], memory["MemTotal"])
    free = _share(disk.f_bavail, disk.f_blocks)
    inodes = _share(disk.f_favail, disk.f_files) if disk.f_files else Decimal(100)
    latency = _round_trip_ms()
    facts: dict[str, Any] = {
        "cpu_percent": busy,
        "memory_percent": used,
        "disk_free_percent": free,
        "inodes_free_percent": inodes,
        "latency_ms": latency,
    }
    for is_bad, summary, measured, limit, unit in (
        (used >= 80, "Memory runs short.", used, "< 80", "%"),
        (free <= 10, "The disk runs full.", free, "> 10", "%"),
        (inodes <= 10, "The disk runs out of inodes.", inodes, "> 10", "%"),
        (latency >= 50, "The database is far away.", latency, "< 50", "ms"),
    ):
        if is_bad:
            return failed(summary, value=measured, limit=limit, unit=unit, **facts)
    if busy >= 70:
        return failed("The processors are busy.", value=busy, limit="< 70", unit="%", **facts)
    if free <= 20:
        return warned("The disk fills.", value=free, limit="> 20", unit="%", **facts)
    return passed("There is headroom.", value=busy, limit="< 70", unit="%", **facts)


def _cpu_percent(seconds: float = 1.0) -> Decimal:
    """The share of time in which the processors of this host worked, over the next second."""
    before = _cpu_ticks()
    time.sleep(seconds)
    after = _cpu_ticks()
    return _share(after[0] - before[0], after[1] - before[1])


def _cpu_ticks() -> tuple[int, int]:
    fields = [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return sum(fields) - idle, sum(fields)


def _round_trip_ms() -> Decimal:
    best = Decimal(10_000)
    for _ in range(3):
        began = time.perf_counter()
        value("SELECT 1")
        best = min(best, Decimal(str(round((time.perf_counter() - began) * 1000, 2))))
    return best


@register_item(
    id="PLT-PERF-13",
    stages=("PRE",),
    severity=Severity.WARNING,
    title="Optional cache stays small and disposable",
    how="The caches that are set up are read: state lives in PostgreSQL, so none outside the process is needed.",
    remedy="Take the external cache out of CACHES, or limit its memory to 500 MB with an eviction policy.",
    evidence=("caches",),
)
def cache_is_disposable(_context: Context) -> Outcome:
    caches = {name: facts["BACKEND"].rsplit(".", 1)[-1] for name, facts in settings.CACHES.items()}
    external = [name for name, backend in caches.items() if backend not in ("LocMemCache", "DummyCache")]
    return none_found(external, examined=len(caches), what="caches outside the process", caches=caches)


@register_item(
    id="PLT-DJG-01",
    stages=("PRE",),
    severity=Severity.WARNING,
    title="Django's own deployment checks",
    how="`manage check --deploy` is run in this process; each warning is one finding.",
    remedy="Serve over https (`ROLLBOOK_BASE_URL=https://…`): it switches on secure cookies, redirect and HSTS.",
    evidence=("checks",),
)
def django_checks_pass(_context: Context) -> Outcome:
    messages = run_checks(include_deployment_checks=True)
    serious = [message for message in messages if message.is_serious(30) and not message.is_silenced()]
    found = [f"{message.id}: {str(message.msg).split('. ')[0][:120]}" for message in serious]
    return none_found(found, examined=len(messages) + 1, what="warnings of Django", checks=len(messages))
