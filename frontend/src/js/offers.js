// An amount that is offered: a press puts it into its field as if it had been typed there.
export function installOffers() {
  document.addEventListener('click', (event) => {
    const offer = event.target.closest?.('[data-fill]');
    const field = offer && document.getElementById(offer.dataset.fill);
    if (!field) return;
    field.value = offer.dataset.value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.focus();
    field.select();
  });
}
