// Charts come only to pages that have one: the drawing script is fetched when it is needed.
import { fetchOnce } from './load.js';

export function tokens() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return { ink: read('--ink'), muted: read('--muted'), line: read('--line'), series: [1, 2, 3, 4, 5].map((number) => read(`--series-${number}`)), ground: read('--ground'), font: read('--font-sans') };
}

async function draw(figure) {
  const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const needs = [fetchOnce(figure.dataset.script)];
  if (figure.dataset.style) needs.push(fetchOnce(figure.dataset.style));
  await Promise.all(needs);
  figure.rbChart?.destroy();
  figure.rbChart = window.RollbookCharts[figure.dataset.chart](figure.querySelector('.rb-chart-canvas'), data, tokens());
  figure.dataset.drawn = 'yes';
}

function drawAll(root) {
  const figures = root.matches?.('[data-chart]') ? [root] : root.querySelectorAll?.('[data-chart]') ?? [];
  figures.forEach((figure) => {
    // The numbers stand under the picture: without it nothing is lost.
    draw(figure).catch(() => { figure.querySelector('.rb-chart-canvas').hidden = true; figure.querySelector('details').open = true; });
  });
}

export function installCharts(htmx) {
  htmx.onLoad(drawAll);
  const redraw = () => drawAll(document);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
}
