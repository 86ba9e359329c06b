// Amounts side by side or stacked (Chart.js, only the parts used).
import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js';

import { formatter } from './js/chart-words.js';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);
window.RollbookCharts = window.RollbookCharts ?? {};

// Students and seats are counted: between one and two there is nothing.
const areWhole = (series) => series.every((one) => one.values.every((value) => value === null || Number.isInteger(Number(value))));

window.RollbookCharts.bar = (host, data, look) => {
  const canvas = document.createElement('canvas');
  canvas.setAttribute('aria-hidden', 'true');
  host.replaceChildren(canvas);
  const say = formatter(data);
  const palette = look.series;
  const quiet = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const chart = new Chart(canvas, {
    type: 'bar',
    data: {
      labels: data.labels,
      datasets: data.series.map((series, index) => ({
        label: series.label, data: series.values.map((value) => (value === null ? null : Number(value))), backgroundColor: palette[index % palette.length],
        borderRadius: 3, borderSkipped: 'bottom', maxBarThickness: 40, categoryPercentage: 0.7, barPercentage: 0.9,
      })),
    },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: quiet ? false : { duration: 250 },
      font: { family: look.font },
      plugins: {
        tooltip: {
          backgroundColor: look.ink, titleColor: look.ground, bodyColor: look.ground, padding: 10, cornerRadius: 8, displayColors: data.series.length > 1,
          callbacks: { label: (item) => `${data.series.length > 1 ? `${item.dataset.label}: ` : ''}${say.long(item.parsed.y)}` },
        },
      },
      scales: {
        x: { stacked: Boolean(data.stacked), grid: { display: false }, border: { color: look.line }, ticks: { color: look.muted, font: { family: look.font, size: 12 }, maxRotation: 0, autoSkipPadding: 12 } },
        y: { stacked: Boolean(data.stacked), beginAtZero: true, grid: { color: look.line }, border: { display: false }, ticks: { color: look.muted, font: { family: look.font, size: 12 }, maxTicksLimit: 6, precision: areWhole(data.series) ? 0 : undefined, callback: (value) => say.short(value) } },
      },
    },
  });
  return chart;
};
