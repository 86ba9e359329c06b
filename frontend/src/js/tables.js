// Selecting rows and walking through them with the arrow keys.
import { word } from './words.js';

function refresh(table) {
  const boxes = [...table.querySelectorAll('input[name="row"]')];
  const chosen = boxes.filter((box) => box.checked);
  boxes.forEach((box) => box.closest('tr').setAttribute('aria-selected', String(box.checked)));
  const all = table.querySelector('input[data-all-rows]');
  if (all) {
    all.checked = boxes.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
  const bar = table.querySelector('[data-bulk]');
  if (bar) {
    bar.hidden = chosen.length === 0;
    bar.querySelector('[data-bulk-count]').textContent = word('selected').replace('{count}', String(chosen.length));
  }
}

export function installTables() {
  document.addEventListener('change', (event) => {
    const table = event.target.closest?.('[data-table]');
    if (!table) return;
    if (event.target.matches('[data-all-rows]')) {
      table.querySelectorAll('input[name="row"]').forEach((box) => { box.checked = event.target.checked; });
      refresh(table);
    } else if (event.target.matches('input[name="row"]')) {
      refresh(table);
    } else if (event.target.closest('[data-submit-on-change]')) {
      event.target.form.requestSubmit();
    }
  });
  document.addEventListener('keydown', (event) => {
    if (!event.target.matches?.('.rb-row-link') || !['ArrowDown', 'ArrowUp'].includes(event.key)) return;
    const links = [...event.target.closest('[data-table]').querySelectorAll('.rb-row-link')];
    const next = links[links.indexOf(event.target) + (event.key === 'ArrowDown' ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  });
  document.querySelectorAll('[data-table]').forEach(refresh);
  document.addEventListener('htmx:afterSettle', (event) => event.detail.elt.querySelectorAll?.('[data-table]').forEach(refresh));
}
