// Trends over time (uPlot).
import uPlot from 'uplot';

import { colours, formatter } from './js/chart-words.js';

window.RollbookCharts = window.RollbookCharts ?? {};

window.RollbookCharts.line = (host, data, look) => {
  host.replaceChildren();
  const say = formatter(data);
  const days = data.labels.map((label) => Date.parse(`${label}T00:00:00Z`) / 1000);
  const dateWords = new Intl.DateTimeFormat(document.documentElement.lang, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const font = `12px ${look.font}`;
  const axis = { stroke: look.muted, font, grid: { stroke: look.line, width: 1 }, ticks: { show: false } };
  const palette = colours(look);
  const plot = new uPlot(
    {
      width: host.clientWidth,
      height: host.clientHeight,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
      cursor: { y: false, points: { size: 7 } },
      legend: { show: false },
      scales: { y: { range: (_, low, high) => [Math.min(0, low), high <= 0 ? 1 : high * 1.08] } },
      axes: [
        { ...axis, grid: { show: false }, values: (_, splits) => splits.map((value) => dateWords.format(value * 1000)), space: 64 },
        { ...axis, values: (_, splits) => splits.map((value) => say.short(value)), size: 64 },
      ],
      series: [{}, ...data.series.map((series, index) => ({
        label: series.label, stroke: palette[index % palette.length], width: 2,
        dash: series.dashed ? [6, 5] : undefined, points: { show: days.length < 20, size: 6, fill: look.ground },
      }))],
      hooks: { draw: [(chart) => nameSeries(chart, data, palette, look)] },
    },
    [days, ...data.series.map((series) => series.values.map((value) => (value === null ? null : Number(value))))],
    host,
  );
  const watch = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: host.clientHeight }));
  watch.observe(host);
  return { destroy() { watch.disconnect(); plot.destroy(); } };
};

// The name stands at the end of its line: no legend to look up.
function nameSeries(chart, data, palette, look) {
  if (data.series.length < 2) return;
  const { ctx } = chart;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `600 ${12 * ratio}px ${look.font}`;
  ctx.textAlign = 'right';
  data.series.forEach((series, index) => {
    const last = series.values.findLastIndex((value) => value !== null);
    if (last < 0) return;
    const y = chart.valToPos(Number(series.values[last]), 'y', true);
    ctx.fillStyle = palette[index % palette.length];
    ctx.fillText(series.label, chart.bbox.left + chart.bbox.width, y - 8 * ratio);
  });
  ctx.restore();
}
