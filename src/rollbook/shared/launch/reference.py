"""The reference page of the checklist, its table written from the items themselves."""

from pathlib import Path

from rollbook.core.readiness import Item, items
from rollbook.shared.launch import registry
from rollbook.shared.launch.probes import is_probe


def reference_page() -> str:
    """The page in Markdown."""
    registry.load()
    page = Path(__file__).with_name("reference.md").read_text(encoding="utf-8")
    rows = [_row(item) for item in items().values() if not is_probe(item.id)]
    return page.replace("{items}", "\n".join(rows))


def _row(item: Item) -> str:
    cells = (item.id, item.severity.value, " ".join(item.stages), item.run.value, item.title, item.how, item.remedy)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
