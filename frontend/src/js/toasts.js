// Short notices. Good news leaves by itself; trouble stays until it is read or over.
const STAY = 8000;

function region() {
  return document.getElementById('rb-toasts');
}

export function toast(text, { tone = 'info', key = '', action = null, stay = tone === 'bad' } = {}) {
  const host = region();
  if (!host) return null;
  if (key) dismiss(key);
  const template = document.getElementById('rb-toast-template');
  const node = template.content.firstElementChild.cloneNode(true);
  node.dataset.tone = tone;
  if (key) node.dataset.key = key;
  node.querySelector('p').textContent = text;
  if (action) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'rb-toast-action';
    button.textContent = action.label;
    button.addEventListener('click', () => { node.remove(); action.run(); });
    node.querySelector('p').after(button);
  }
  host.append(node);
  if (!stay) leaveLater(node);
  return node;
}

export function dismiss(key) {
  region()?.querySelectorAll(`[data-key="${key}"]`).forEach((node) => node.remove());
}

function leaveLater(node) {
  let timer = setTimeout(() => node.remove(), STAY);
  const hold = () => clearTimeout(timer);
  const release = () => { timer = setTimeout(() => node.remove(), STAY); };
  node.addEventListener('mouseenter', hold);
  node.addEventListener('mouseleave', release);
  node.addEventListener('focusin', hold);
  node.addEventListener('focusout', release);
}

export function installToasts() {
  const host = region();
  if (!host) return;
  document.addEventListener('click', (event) => {
    event.target.closest('[data-toast-close]')?.closest('.rb-toast')?.remove();
  });
  const adopt = (node) => {
    if (node.nodeType === 1 && node.dataset.leaves === 'yes') { delete node.dataset.leaves; leaveLater(node); }
  };
  [...host.children].forEach(adopt);
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(adopt))).observe(host, { childList: true });
}
