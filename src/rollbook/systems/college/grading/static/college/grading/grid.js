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

  // How far down the message below a cell goes, or went when it was last there.
  function placeBelow(field, row) {
    const message = row.querySelector('.rb-error');
    if (!message) return parseFloat(field?.style.marginBottom) || 0;
    return message.getBoundingClientRect().bottom - field.getBoundingClientRect().bottom;
  }

  function remember(row, sent) {
    const fields = [...row.querySelectorAll('input:not([type=hidden])')];
    const here = fields.find((field) => field === document.activeElement);
    typing = {
      row: row.id,
      height: row.offsetHeight,
      below: placeBelow(row.querySelector('[data-grade]'), row),
      here: here && { name: here.name, at: here.selectionEnd },
      since: fields.filter((field) => field.value !== (sent.get(field.name) ?? '')).map(({ name, value }) => ({ name, value })),
    };
  }

  // A button that is pressed straight out of a cell makes its row be saved, and what is said below the cell may come or
  // go before the button is let go: it would move away from under the pointer. So the answer waits that long.
  let isPressed = false;
  const waiting = new Map();

  function letGo() {
    isPressed = false;
    // The click itself is told first.
    setTimeout(() => {
      if (isPressed) return;
      const answers = [...waiting.values()];
      waiting.clear();
      for (const answer of answers) answer();
    });
  }
  document.addEventListener('pointerdown', () => { isPressed = true; }, true);
  for (const end of ['pointerup', 'pointercancel', 'contextmenu', 'dragend']) document.addEventListener(end, letGo, true);
  window.addEventListener('blur', letGo);

  // At the window everybody else has said already what is to be swapped, and how.
  window.addEventListener('htmx:beforeSwap', (event) => {
    const row = rowOf(event);
    if (!row) { typing = null; return; }
    const { requestConfig, serverResponse, shouldSwap, swapOverride } = event.detail;
    if (!isPressed || !shouldSwap) { remember(row, requestConfig.formData); return; }
    event.detail.shouldSwap = false;
    waiting.set(row.id, () => {
      if (!row.isConnected) return;
      remember(row, requestConfig.formData);
      const swapStyle = (swapOverride ?? 'outerHTML').split(' ')[0];
      window.htmx.swap(row, serverResponse, { swapStyle, swapDelay: 0, settleDelay: 20 }, { contextElement: row });
    });
  });

  document.addEventListener('htmx:afterSwap', () => {
    const row = typing && document.getElementById(typing.row);
    const { here, since, height, below } = typing ?? {};
    typing = null;
    if (!row) return;
    // The place of a message is kept when the message goes: nothing moves, neither the cell nor what is below.
    if (row.offsetHeight < height) {
      row.querySelector('[data-grade]')?.style.setProperty('margin-bottom', `${below}px`);
      row.style.height = `${height}px`;
    }
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
