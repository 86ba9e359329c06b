// How requests behave on a bad line: refusals are shown where one works, what may be repeated is repeated.
import { dismiss, toast } from './toasts.js';
import { word } from './words.js';

const PAUSES = [1500, 4000, 9000];
const tries = new WeakMap();

// A read may always be repeated; a form may when it carries its idempotency key.
function repeatable(config) {
  return config.verb === 'get' || config.parameters?.has?.('idempotency_key') || config.formData?.has('idempotency_key');
}

export function installNet(htmx) {
  document.addEventListener('htmx:configRequest', (event) => {
    const token = document.body.dataset.csrf;
    if (event.detail.verb !== 'get' && token) event.detail.headers['X-CSRFToken'] = token;
  });

  const lost = (event) => {
    const { elt, requestConfig } = event.detail;
    const again = () => {
      if (document.contains(elt)) htmx.ajax(requestConfig.verb.toUpperCase(), requestConfig.path, { source: elt });
    };
    const attempt = tries.get(elt) ?? 0;
    if (repeatable(requestConfig) && attempt < PAUSES.length) {
      tries.set(elt, attempt + 1);
      toast(word('retrying'), { tone: 'warn', key: 'line', stay: true });
      setTimeout(again, PAUSES[attempt]);
      return;
    }
    tries.delete(elt);
    const offer = repeatable(requestConfig) ? { label: word('again'), run: again } : null;
    toast(word(offer ? 'lost' : 'unknown'), { tone: 'bad', key: 'line', action: offer });
  };
  document.addEventListener('htmx:sendError', lost);
  document.addEventListener('htmx:timeout', lost);

  document.addEventListener('htmx:beforeSwap', (event) => {
    const { detail } = event;
    if (detail.xhr.getResponseHeader('X-Rollbook-Refusal')) {
      // A refusal is added above what was typed, never in its place.
      detail.target.querySelectorAll('.rb-refusal.is-inline').forEach((old) => old.remove());
      detail.swapOverride = 'afterbegin show:top';
      detail.shouldSwap = true;
      detail.isError = false;
    } else if (detail.xhr.status >= 500) {
      detail.shouldSwap = false;
      toast(word('broken'), { tone: 'bad', key: 'line' });
    }
  });

  document.addEventListener('htmx:afterRequest', (event) => {
    if (!event.detail.xhr?.status) return;
    tries.delete(event.detail.elt);
    if (event.detail.xhr.status < 500) dismiss('line');
  });

  document.addEventListener('htmx:afterSettle', (event) => {
    const first = event.detail.elt.querySelector?.('[data-take-focus]');
    if (first) first.focus({ preventScroll: false });
  });

  window.addEventListener('offline', () => toast(word('offline'), { tone: 'warn', key: 'line', stay: true }));
  window.addEventListener('online', () => dismiss('line'));
}
