// Alpine (its build for a strict content security policy) comes only to pages with an x-data.
import { fetchOnce } from './load.js';

export function installAlpine(htmx) {
  htmx.onLoad((root) => {
    if (window.Alpine || !(root.matches?.('[x-data]') || root.querySelector?.('[x-data]'))) return;
    fetchOnce(document.body.dataset.alpine);
  });
}
