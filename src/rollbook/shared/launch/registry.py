"""Where items come from: the `launch.py` of every installed room, and packs of other makers.

A pack is a Python package with an entry point in the group `rollbook.launch`; loading it registers its
items. A pack that cannot be loaded is reported and stops nobody else.
"""

import logging
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path

from django.conf import settings
from django.urls import get_resolver
from django.utils.module_loading import autodiscover_modules

from rollbook.core import readiness
from rollbook.core.readiness import Item
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.launch.probes import register_probes

log = logging.getLogger(__name__)

ENTRY_POINTS = "rollbook.launch"


@lru_cache(maxsize=1)
def load() -> tuple[str, ...]:
    """Find every item once in this process; return what could not be loaded, in sentences."""
    autodiscover_modules("launch")
    autodiscover_modules("journeys")
    _import_pages()
    problems = []
    for entry_point in entry_points(group=ENTRY_POINTS):
        try:
            entry_point.load()
        except Exception as error:  # noqa: BLE001 - a pack of another maker may fail in any way
            log.error("The item pack %s could not be loaded: %s", entry_point.name, type(error).__name__)
            problems.append(
                f"The item pack {entry_point.name} could not be loaded ({type(error).__name__}); "
                f"repair or remove the package {entry_point.value.split('.')[0]}."
            )
    problems += register_probes(Path(getattr(settings, "HOME", ".")))
    return tuple(problems)


def _import_pages() -> None:
    """Import every page once, here: cheaper than eight threads that import them against each other."""
    try:
        log.debug("%s groups of addresses", len(get_resolver().url_patterns))
    except Exception as error:  # noqa: BLE001 - the items that open pages will say so; the others are evaluated
        log.error("The addresses of the installation cannot be read: %s", type(error).__name__)


def enabled_profiles() -> frozenset[str]:
    """The profiles of this installation: its platform, and the systems its organisations use."""
    systems = Organisation.objects.filter(is_active=True).values_list("system", flat=True).distinct()
    names = {"homeroom": "messaging"}
    return frozenset({"platform", *(names.get(system, system) for system in systems)})


def select(*, stage: str | None = None, profiles: Iterable[str] = (), ids: Iterable[str] = ()) -> list[Item]:
    """The items of a stage and of some profiles; asked for by id, exactly these."""
    load()
    ids = list(ids)
    if ids:
        return [item for item in readiness.items().values() if item.id in _canonical(ids)]
    wanted = frozenset(profiles)
    return [
        item
        for item in readiness.items().values()
        if (stage is None or stage in item.stages) and item.profile in wanted
    ]


def with_needs(items: Iterable[Item]) -> list[Item]:
    """The items and everything they need, each once."""
    found: dict[str, Item] = {}
    waiting = list(items)
    while waiting:
        item = waiting.pop()
        if item.id not in found:
            found[item.id] = item
            waiting += [needed for need in item.needs if (needed := readiness.find_item(need)) is not None]
    return sorted(found.values(), key=lambda item: item.id)


def _canonical(ids: Iterable[str]) -> frozenset[str]:
    found = (readiness.find_item(item_id) for item_id in ids)
    return frozenset(item.id for item in found if item is not None)
