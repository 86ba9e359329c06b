// Search and command palette: `/` and Ctrl-K, arrows, and Enter that opens the only match.
function rows(finder) {
  return [...finder.querySelectorAll('[role="option"]')];
}

function select(finder, row) {
  const input = finder.querySelector('[role="combobox"]');
  rows(finder).forEach((other) => other.setAttribute('aria-selected', String(other === row)));
  if (row) {
    input.setAttribute('aria-activedescendant', row.id);
    row.scrollIntoView({ block: 'nearest' });
  } else {
    input.removeAttribute('aria-activedescendant');
  }
}

function clear(finder) {
  finder.querySelector('.rb-finder-panel').replaceChildren();
  finder.querySelector('[role="combobox"]').setAttribute('aria-expanded', 'false');
  select(finder, null);
}

function openPalette() {
  const palette = document.getElementById('rb-palette');
  if (!palette || palette.open) return;
  palette.showModal();
  const input = palette.querySelector('[role="combobox"]');
  input.value = '';
  input.focus();
  input.dispatchEvent(new Event('palette', { bubbles: true }));
}

function typing(target) {
  return target.closest?.('input, textarea, select, [contenteditable="true"]');
}

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
    const box = document.querySelector('[data-finder="header"] [role="combobox"]');
    event.preventDefault();
    if (box?.offsetParent) { box.focus(); box.select(); } else openPalette();
    return;
  }
  const finder = event.target.closest?.('[data-finder]');
  if (!finder || !event.target.matches('[role="combobox"]')) return;
  const all = rows(finder);
  const current = all.findIndex((row) => row.getAttribute('aria-selected') === 'true');
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    if (!all.length) return;
    event.preventDefault();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    select(finder, all[(current + step + all.length) % all.length]);
  } else if (event.key === 'Enter') {
    // The list may still be on its way: then the form goes to the server, which opens the only match itself.
    const fresh = finder.dataset.shown === event.target.value.trim();
    const chosen = all[current] ?? (fresh && all.length === 1 ? all[0] : null);
    if (chosen) { event.preventDefault(); chosen.click(); }
  } else if (event.key === 'Escape') {
    // A search field would use Escape to empty itself and keep the dialog open.
    const dialog = finder.closest('dialog');
    if (dialog) { event.preventDefault(); event.target.blur(); dialog.close(); } else clear(finder);
  }
}

export function installFinder() {
  document.addEventListener('keydown', onKey);
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-palette-open]')) { event.preventDefault(); openPalette(); return; }
    document.querySelectorAll('[data-finder="header"]').forEach((finder) => { if (!finder.contains(event.target)) clear(finder); });
  });
  document.addEventListener('input', (event) => {
    const finder = event.target.closest?.('[data-finder="header"]');
    if (finder && event.target.value.trim() === '') clear(finder);
  });
  document.addEventListener('htmx:afterSwap', (event) => {
    const finder = event.target.closest?.('[data-finder]');
    if (!finder) return;
    finder.dataset.shown = event.target.querySelector('[data-for]')?.dataset.for ?? '';
    finder.querySelector('[role="combobox"]').setAttribute('aria-expanded', String(rows(finder).length > 0));
    select(finder, null);
  });
}
