// Trends over time (uPlot).
import uPlot from 'uplot';

import { formatter } from './js/chart-words.js';

window.RollbookCharts = window.RollbookCharts ?? {};

window.RollbookCharts.line = (host, data, look) => {
  host.replaceChildren();
  const say = formatter(data);
  const days = data.labels.map((label) => Date.parse(`${label}T00:00:00Z`) / 1000);
  const dateWords = new Intl.DateTimeFormat(document.documentElement.lang, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const font = `12px ${look.font}`;
  const axis = { stroke: look.muted, font, grid: { stroke: look.line, width: 1 }, ticks: { show: false } };
  const palette = look.series;
  const plot = new uPlot(
    {
      width: host.clientWidth,
      height: host.clientHeight,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
      padding: [18, 24, 0, 0],
      cursor: { y: false, points: { size: 7 } },
      legend: { show: false },
      scales: { y: { range: (_, low, high) => [Math.min(0, low), high <= 0 ? 1 : high * 1.08] } },
      axes: [
        { ...axis, grid: { show: false }, values: (_, splits) => splits.map((value) => dateWords.format(value * 1000)), space: 64, size: 30 },
        { ...axis, values: (_, splits) => splits.map((value) => say.short(value)), size: 56 },
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

// The name stands at the end of its line, above the upper one and below the lower: no legend to look up.
function nameSeries(chart, data, palette, look) {
  if (data.series.length < 2) return;
  const { ctx } = chart;
  const ratio = devicePixelRatio;
  const ends = data.series.map((series, index) => {
    const last = series.values.findLastIndex((value) => value !== null);
    return { label: series.label, colour: palette[index % palette.length], y: last < 0 ? null : chart.valToPos(Number(series.values[last]), 'y', true) };
  }).filter((end) => end.y !== null).sort((one, other) => one.y - other.y);
  ctx.save();
  ctx.font = `600 ${12 * ratio}px ${look.font}`;
  ctx.textAlign = 'right';
  ends.forEach((end, index) => {
    ctx.fillStyle = end.colour;
    ctx.fillText(end.label, chart.bbox.left + chart.bbox.width, end.y + (index === 0 ? -9 : 26 + (index - 1) * 15) * ratio);
  });
  ctx.restore();
}
