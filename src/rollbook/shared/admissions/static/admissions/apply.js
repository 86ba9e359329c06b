// Keeps what an applicant types, and shows how far a file is. Without this script everything works by its buttons.
(() => {
  'use strict';

  const form = document.querySelector('form[data-autosave]');
  if (form) {
    const status = form.querySelector('[role=status]');
    let waiting = 0;
    const keep = async () => {
      try {
        const answer = await fetch(form.action || location.href, {
          method: 'POST', body: new FormData(form), headers: { 'X-Autosave': '1' }, credentials: 'same-origin', keepalive: true,
        });
        status.textContent = answer.ok && !answer.redirected ? status.dataset.kept : status.dataset.notKept;
      } catch {
        status.textContent = status.dataset.notKept;
      }
    };
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(keep, 1200); };
    form.addEventListener('input', soon);
    form.addEventListener('submit', () => clearTimeout(waiting));
  }

  const upload = document.querySelector('form[data-upload]');
  if (upload) {
    const status = upload.querySelector('[role=status]');
    upload.addEventListener('submit', (event) => {
      const chosen = [...upload.querySelectorAll('input[type=file]')].some((input) => input.files.length);
      if (!chosen) return;
      event.preventDefault();
      const request = new XMLHttpRequest();
      request.upload.addEventListener('progress', (sent) => {
        if (sent.lengthComputable) status.textContent = `${status.dataset.sending} ${Math.round((100 * sent.loaded) / sent.total)} %`;
      });
      request.addEventListener('load', () => {
        if (request.status === 422) {
          // Some files could not be taken: the page says which, and why.
          const page = new DOMParser().parseFromString(request.responseText, 'text/html');
          upload.replaceWith(page.querySelector('form[data-upload]'));
          document.querySelector('form[data-upload] [role=alert]')?.scrollIntoView();
        } else {
          location.assign(request.responseURL);
        }
      });
      request.addEventListener('error', () => upload.submit());
      request.open('POST', upload.action);
      request.send(new FormData(upload));
    });
  }
})();
