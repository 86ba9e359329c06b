// Builds everything that the browser loads. Same sources, same bytes: `script/check-frontend` relies on it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import subsetFont from 'subset-font';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const flag = process.argv.indexOf('--out');
const base = flag > 0 ? path.resolve(process.argv[flag + 1]) : root;
const out = path.join(base, 'src/rollbook/core/web/static/rollbook');
const journeys = path.join(base, 'tests/journeys');
const from = (...parts) => path.join(here, 'node_modules', ...parts);

fs.mkdirSync(out, { recursive: true });
fs.mkdirSync(journeys, { recursive: true });

function styles() {
  for (const name of ['rollbook', 'public', 'charts']) {
    execFileSync(
      process.execPath,
      [from('@tailwindcss/cli/dist/index.mjs'), '-i', `src/css/${name}.css`, '-o', path.join(out, `${name}.css`), '--minify'],
      { cwd: here, stdio: ['ignore', 'ignore', 'pipe'] },
    );
  }
}

async function scripts() {
  await esbuild.build({
    absWorkingDir: here,
    entryPoints: ['src/rollbook.js', 'src/alpine.js', 'src/charts-line.js', 'src/charts-bar.js'],
    outdir: out,
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2021'],
    legalComments: 'none',
    logLevel: 'warning',
  });
}

// Only the icons listed are shipped, in one file that every page refers to.
function icons() {
  const names = JSON.parse(fs.readFileSync(path.join(here, 'icons.json'), 'utf8'));
  const symbols = [...new Set(names)].sort().map((name) => {
    const svg = fs.readFileSync(from('lucide-static/icons', `${name}.svg`), 'utf8');
    const shape = svg.replace(/<!--[\s\S]*?-->/g, '').match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    return `<symbol id="${name}" viewBox="0 0 24 24">${shape.replace(/\s*\n\s*/g, '').replace(/ \/>/g, '/>')}</symbol>`;
  });
  fs.writeFileSync(path.join(out, 'icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`);
}

// Inter for Latin names and every currency sign we meet, two weights' range, tabular figures kept.
async function font() {
  const ranges = [[0x20, 0x7e], [0xa0, 0x17f], [0x2010, 0x2027]];
  const extra = 'ẸẹỌọṢṣ‰′″‹›⁄₦₱₹€₵₽₫₩™←↑→↓↵⌘−≈≠≤≥';
  const text = ranges.flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => String.fromCodePoint(a + i))).join('') + extra;
  const source = fs.readFileSync(from('inter-ui/variable/InterVariable.woff2'));
  const subset = await subsetFont(source, text, {
    targetFormat: 'woff2',
    variationAxes: { wght: { min: 400, max: 650 }, opsz: 16 },
    keepFeatures: ['kern', 'tnum', 'ccmp', 'mark', 'locl', 'case'],
  });
  fs.writeFileSync(path.join(out, 'inter.woff2'), subset);
}

function copies() {
  fs.copyFileSync(from('axe-core/axe.min.js'), path.join(journeys, 'axe.min.js'));
  fs.copyFileSync(from('axe-core/LICENSE'), path.join(journeys, 'axe.LICENSE.txt'));
  const shipped = ['htmx.org', '@alpinejs/csp', 'tailwindcss', 'daisyui', 'uplot', 'chart.js', 'lucide-static', 'inter-ui'];
  const texts = shipped.map((name) => {
    const { version, license } = JSON.parse(fs.readFileSync(from(name, 'package.json'), 'utf8'));
    const file = fs.readdirSync(from(name)).find((entry) => /^licen[cs]e/i.test(entry));
    const body = file ? fs.readFileSync(from(name, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version}\n${'='.repeat(name.length + version.length + 1)}\n\n${body}\n`;
  });
  fs.writeFileSync(path.join(out, 'LICENSES.txt'), texts.join('\n\n'));
}

styles();
await Promise.all([scripts(), font()]);
icons();
copies();

for (const name of fs.readdirSync(out).sort()) {
  const bytes = fs.readFileSync(path.join(out, name));
  console.log(`${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}  ${String(bytes.length).padStart(7)}  ${name}`);
}
