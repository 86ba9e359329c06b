// Menus, dialogs, explanations, appearance. All by delegation, so that parts swapped in work at once.
import { installToasts } from './toasts.js';

const YEAR = 365 * 24 * 3600;

function closeMenus(except) {
  document.querySelectorAll('details[data-menu][open]').forEach((menu) => {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  });
}

function installMenus() {
  document.addEventListener('click', (event) => closeMenus(event.target.closest('details[data-menu]')));
  document.addEventListener('toggle', (event) => {
    if (event.target.matches?.('details[data-menu]') && event.target.open) closeMenus(event.target);
  }, true);
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const menu = event.target.closest?.('details[data-menu][open]') ?? document.querySelector('details[data-menu][open]');
    if (!menu) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
}

function installDialogs() {
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-dialog-open]');
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.dialogOpen)?.showModal();
      return;
    }
    if (event.target.closest('[data-dialog-close]')) {
      event.preventDefault();
      event.target.closest('dialog')?.close();
      return;
    }
    // A click on the veil closes, except where something is being typed.
    if (event.target.matches?.('dialog[data-veil-closes]')) event.target.close();
  });
}

function installPopovers() {
  document.addEventListener('toggle', (event) => {
    const panel = event.target;
    if (!panel.matches?.('.rb-popover') || event.newState !== 'open') return;
    const button = document.querySelector(`[popovertarget="${panel.id}"]`);
    if (!button || window.innerWidth < 960) return;
    const place = button.getBoundingClientRect();
    panel.classList.add('is-placed');
    const left = Math.min(Math.max(16, place.right - panel.offsetWidth), window.innerWidth - panel.offsetWidth - 16);
    const below = place.bottom + 8;
    const top = below + panel.offsetHeight > window.innerHeight - 16 ? place.top - panel.offsetHeight - 8 : below;
    panel.style.left = `${left}px`;
    panel.style.top = `${Math.max(16, top)}px`;
  }, true);
}

function installAppearance() {
  document.addEventListener('click', (event) => {
    const choice = event.target.closest('[data-appearance]');
    if (!choice) return;
    event.preventDefault();
    const value = choice.dataset.appearance;
    if (value === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
    document.cookie = `rollbook_appearance=${value}; path=/; max-age=${YEAR}; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
    document.querySelectorAll('[data-appearance]').forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.appearance === value)));
  });
}

function installPrinting() {
  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-print]')) return;
    event.preventDefault();
    window.print();
  });
  window.addEventListener('beforeprint', () => {
    document.querySelectorAll('details.rb-numbers').forEach((details) => { details.dataset.wasOpen = details.open ? 'yes' : ''; details.open = true; });
  });
  window.addEventListener('afterprint', () => {
    document.querySelectorAll('details.rb-numbers').forEach((details) => { details.open = details.dataset.wasOpen === 'yes'; });
  });
}

export function installShell() {
  installToasts();
  installMenus();
  installDialogs();
  installPopovers();
  installAppearance();
  installPrinting();
}
