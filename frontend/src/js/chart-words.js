// Numbers and colours of charts. Plotting needs numbers; the exact amounts stand in the table underneath.
export function formatter(data) {
  const language = document.documentElement.lang || 'en';
  const money = data.currency ? { style: 'currency', currency: data.currency, currencyDisplay: 'narrowSymbol' } : {};
  const short = new Intl.NumberFormat(language, { ...money, notation: 'compact', maximumFractionDigits: 1, minimumFractionDigits: 0 });
  const long = new Intl.NumberFormat(language, money);
  return { short: (value) => short.format(value), long: (value) => long.format(value) };
}
