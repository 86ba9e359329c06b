// A weekly hour is carried to another place of the week: dragged, or by the arrow keys from its handle.
// Nothing is saved here. The hour's own page opens with the new place, says what is in the way, and saves.
(() => {
  const DAYS = 7;
  const STEP = 30;
  const LAST = 1440 - STEP;
  let dragged = null;
  let carried = null;

  const weekOf = (node) => node.closest('[data-moving]');
  const number = (text) => (text ? Number(text) : null);

  function open(week, handle, place) {
    const url = new URL(handle.href);
    const set = (name, value) => { if (value !== null && value !== undefined && value !== '') url.searchParams.set(name, value); };
    set('weekday', place.weekday);
    set('start_min', place.start);
    if (week.dataset.moving) set(week.dataset.moving, place.line);
    location.assign(url);
  }

  function mark(week, cell) {
    week.querySelector('.is-target')?.classList.remove('is-target');
    cell?.classList.add('is-target');
  }

  const placeOf = (cell) => ({
    weekday: number(cell.dataset.weekday), start: number(cell.dataset.start), line: cell.dataset.line,
  });

  document.addEventListener('dragstart', (event) => {
    const hour = event.target.closest?.('[data-hour]');
    if (!hour) return;
    dragged = hour;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', hour.textContent.trim());
  });
  document.addEventListener('dragend', () => {
    if (dragged) mark(weekOf(dragged), null);
    dragged = null;
  });
  document.addEventListener('dragover', (event) => {
    const cell = dragged && event.target.closest?.('[data-place]');
    if (!cell) return;
    event.preventDefault();
    mark(weekOf(cell), cell);
  });
  document.addEventListener('drop', (event) => {
    const cell = dragged && event.target.closest?.('[data-place]');
    if (!cell) return;
    event.preventDefault();
    if (!cell.contains(dragged)) open(weekOf(cell), dragged.querySelector('[data-move]'), placeOf(cell));
  });

  // The cell in which a place lies: the last one of its day that begins by then, or the one of its line.
  function cellAt(week, place) {
    const ofDay = [...week.querySelectorAll(`[data-place][data-weekday="${place.weekday}"]`)];
    if (place.start === null) return ofDay.find((cell) => cell.dataset.line === place.line);
    return ofDay.filter((cell) => number(cell.dataset.start) <= place.start).pop();
  }

  function say(week, words) {
    const said = document.querySelector('[data-moving-said]');
    if (said) said.textContent = words;
  }

  function words(week, place, cell) {
    const day = week.dataset.days.split('|')[place.weekday - 1];
    if (place.start === null) return `${day}, ${cell?.dataset.lineName ?? ''}`;
    const pad = (value) => String(value).padStart(2, '0');
    return `${day} ${pad(Math.floor(place.start / 60))}:${pad(place.start % 60)}`;
  }

  function begin(handle) {
    const hour = handle.closest('[data-hour]');
    const week = weekOf(hour);
    const weekday = number(hour.dataset.weekday);
    if (!week || weekday === null) return null;
    const inLines = Boolean(hour.dataset.line);
    return { handle, week, weekday, start: inLines ? null : number(hour.dataset.start), line: hour.dataset.line };
  }

  function step(place, key) {
    if (key === 'ArrowLeft' || key === 'ArrowRight') {
      const next = place.weekday + (key === 'ArrowRight' ? 1 : -1);
      if (next >= 1 && next <= DAYS) place.weekday = next;
      return;
    }
    const down = key === 'ArrowDown';
    if (place.start !== null) {
      place.start = Math.min(LAST, Math.max(0, place.start + (down ? STEP : -STEP)));
    } else if (place.week.dataset.moving) {
      const lines = [...new Set([...place.week.querySelectorAll('[data-place]')].map((cell) => cell.dataset.line))];
      place.line = lines[lines.indexOf(place.line) + (down ? 1 : -1)] ?? place.line;
    }
  }

  function putBack() {
    if (!carried) return;
    mark(carried.week, null);
    say(carried.week, carried.week.dataset.back);
    carried = null;
  }

  document.addEventListener('keydown', (event) => {
    const handle = event.target.closest?.('[data-move]');
    if (!handle || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key.startsWith('Arrow')) {
      if (carried?.handle !== handle) carried = begin(handle);
      if (!carried) return;
      event.preventDefault();
      step(carried, event.key);
      const cell = cellAt(carried.week, carried);
      mark(carried.week, cell);
      cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      say(carried.week, words(carried.week, carried, cell));
    } else if (event.key === 'Enter' && carried?.handle === handle) {
      event.preventDefault();
      open(carried.week, handle, carried);
    } else if (event.key === 'Escape' && carried) {
      event.preventDefault();
      putBack();
    }
  });
  document.addEventListener('focusout', (event) => {
    if (carried && event.target === carried.handle) putBack();
  });
})();
