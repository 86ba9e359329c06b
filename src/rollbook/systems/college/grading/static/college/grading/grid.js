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
