// Amounts as the locale types them, one submission at a time, drafts that survive a bad line.
import { word } from './words.js';

function tidyAmount(input) {
  const { group, decimal, places } = input.dataset;
  const bare = input.value.trim().split(group).join('').replace(/[\s\u00a0\u202f]/g, '');
  const [whole, fraction = ''] = bare.split(decimal);
  if (!/^\d{1,15}$/.test(whole) || !/^\d*$/.test(fraction) || fraction.length > Number(places) || bare.split(decimal).length > 2) return;
  const grouped = whole.replace(/^0+(?=\d)/, '').replace(/\B(?=(\d{3})+(?!\d))/g, group);
  input.value = Number(places) > 0 ? `${grouped}${decimal}${fraction.padEnd(Number(places), '0')}` : grouped;
}

function installAmounts() {
  document.addEventListener('focusout', (event) => {
    if (event.target.matches?.('input[data-money]') && event.target.dataset.group && event.target.dataset.tidy !== 'no') tidyAmount(event.target);
  });
}

function installSingleSubmission() {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.matches('[hx-post], [data-hx-post]') || form.method.toLowerCase() !== 'post') return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
  window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent));
}

// Drafts live in this tab only and come back only when asked for: a stale amount must never fill itself in.
const skip = new Set(['hidden', 'password', 'file', 'submit', 'button']);
const draftKey = (form) => `draft:${location.pathname}:${form.dataset.keepDraft}`;

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && !skip.has(field.type));
}

function keep(form) {
  const values = fieldsOf(form).map((field) => [field.name, field.value, ['checkbox', 'radio'].includes(field.type) ? field.checked : null]);
  sessionStorage.setItem(draftKey(form), JSON.stringify({ at: Date.now(), values }));
}

function restore(form, values) {
  for (const [name, value, checked] of values) {
    for (const field of fieldsOf(form).filter((candidate) => candidate.name === name)) {
      if (checked === null) field.value = value;
      else if (field.value === value) field.checked = checked;
    }
  }
}

function offerDraft(form) {
  const kept = sessionStorage.getItem(draftKey(form));
  if (!kept || form.querySelector('[data-draft-offer]')) return;
  const { at, values } = JSON.parse(kept);
  // What stands there as it was typed, or cannot be typed any more, is no draft.
  const isSettled = ([name, value, checked]) => fieldsOf(form).every((field) => field.name !== name || (checked === null ? field.value === value : field.value !== value || field.checked === checked));
  if (values.every(isSettled)) {
    sessionStorage.removeItem(draftKey(form));
    return;
  }
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: 'numeric', minute: '2-digit' }).format(at);
  const offer = document.createElement('div');
  offer.className = 'rb-alert';
  offer.dataset.draftOffer = '';
  const text = document.createElement('p');
  text.className = 'rb-alert-body';
  text.textContent = word('draft').replace('{time}', time);
  const actions = document.createElement('div');
  actions.className = 'rb-actions rb-alert-body';
  for (const [label, run] of [[word('restore'), () => restore(form, values)], [word('discard'), () => sessionStorage.removeItem(draftKey(form))]]) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-small';
    button.textContent = label;
    button.addEventListener('click', () => { run(); offer.remove(); });
    actions.append(button);
  }
  offer.append(text, actions);
  form.prepend(offer);
}

function installDrafts() {
  document.addEventListener('input', (event) => {
    const form = event.target.form;
    if (form?.dataset.keepDraft) keep(form);
  });
  document.addEventListener('htmx:beforeOnLoad', (event) => {
    const form = event.detail.elt.closest?.('form[data-keep-draft]');
    // Sent away to sign in again is not sent: the draft waits until they are back.
    const { xhr } = event.detail;
    if (form && xhr.getResponseHeader('HX-Redirect') && !xhr.getResponseHeader('X-Rollbook-Sign-In')) sessionStorage.removeItem(draftKey(form));
  });
  document.querySelectorAll('form[data-keep-draft]').forEach(offerDraft);
}

export function installForms() {
  installAmounts();
  installSingleSubmission();
  installDrafts();
}
