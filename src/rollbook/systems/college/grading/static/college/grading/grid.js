// The grade grid: arrows and Enter move between grades, a column from a spreadsheet is pasted over them.
// What is pasted is not saved by itself: the whole sheet is checked when it is saved.
(() => {
  const cells = (grid) => [...grid.querySelectorAll('[data-grade]')];

  function move(cell, step) {
    const all = cells(cell.closest('[data-grade-grid]'));
    const next = all[all.indexOf(cell) + step];
    if (next) { next.focus(); next.select(); }
    return Boolean(next);
  }

  document.addEventListener('keydown', (event) => {
    const cell = event.target;
    if (!cell.matches?.('[data-grade-grid] [data-grade]') || event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1, Enter: event.shiftKey ? -1 : 1 };
    const step = steps[event.key];
    if (step === undefined) return;
    // Enter would send the whole sheet; here it goes on to the next grade.
    event.preventDefault();
    if (!move(cell, step)) cell.blur();
  });

  // A row comes back while somebody has typed on in it (INC, then the work): what was typed since it was sent stays, is
  // saved in its turn, and so does the place where they are.
  let typing = null;
  const rowOf = (event) => (event.detail.target?.matches?.('[data-grade-grid] tr') ? event.detail.target : null);
  const save = (field) => field.dispatchEvent(new Event('change', { bubbles: true }));

  document.addEventListener('htmx:beforeSwap', (event) => {
    const row = rowOf(event);
    if (!row) { typing = null; return; }
    const sent = event.detail.requestConfig.formData;
    const fields = [...row.querySelectorAll('input:not([type=hidden])')];
    const here = fields.find((field) => field === document.activeElement);
    typing = {
      row: row.id,
      here: here && { name: here.name, at: here.selectionEnd },
      since: fields.filter((field) => field.value !== (sent.get(field.name) ?? '')).map(({ name, value }) => ({ name, value })),
    };
  });

  document.addEventListener('htmx:afterSwap', () => {
    const row = typing && document.getElementById(typing.row);
    const { here, since } = typing ?? {};
    typing = null;
    if (!row) return;
    const named = (name) => row.querySelector(`[name="${CSS.escape(name)}"]`);
    const place = here && named(here.name);
    place?.focus();
    for (const { name, value } of since) {
      const field = named(name);
      if (!field) continue;
      field.value = value;
      // Who left the field meanwhile expects it to be saved; else leaving it saves it: the browser itself has seen
      // nobody type into this one.
      if (field !== place) { save(field); continue; }
      let isSaved = false;
      field.addEventListener('change', () => { isSaved = true; }, { once: true });
      field.addEventListener('blur', () => { if (!isSaved) save(field); }, { once: true });
    }
    place?.setSelectionRange(here.at, here.at);
  });

  document.addEventListener('paste', (event) => {
    const cell = event.target;
    if (!cell.matches?.('[data-grade-grid] [data-grade]')) return;
    const text = event.clipboardData?.getData('text/plain') ?? '';
    const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
    if (lines.length < 2) return;
    event.preventDefault();
    const all = cells(cell.closest('[data-grade-grid]'));
    const first = all.indexOf(cell);
    lines.forEach((line, index) => {
      const target = all[first + index];
      if (!target) return;
      // Of several columns the last one is the grade: number, name, grade.
      target.value = line.split('\t').pop().trim();
    });
    const last = all[Math.min(first + lines.length, all.length) - 1];
    last.focus();
  });
})();
