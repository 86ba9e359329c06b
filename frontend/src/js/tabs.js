// On a phone not every tab fits: the one that is open is scrolled to, so that nobody wonders where they are.
function show() {
  for (const tab of document.querySelectorAll('.rb-tabs [aria-current=page]')) {
    const row = tab.closest('.rb-tabs');
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}

export function installTabs() {
  show();
  window.addEventListener('resize', show);
  document.addEventListener('htmx:afterSettle', show);
}
