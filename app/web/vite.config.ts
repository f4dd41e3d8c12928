import { defineConfig, type Plugin } from 'vite';

/** The page, built into dist/app/web, from where the server gives it out. Nothing in it needs an inline script or style. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [leanUplot()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/app/web',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8090' } },
});

/** What stays of uPlot only for charts that this page does not have, and what stands for it: all of these have to be there. */
const UNUSED: readonly (readonly [what: string, found: RegExp, instead: string])[] = [
  // Static members: splines, bars, steps, joins and dates.
  ['static members', /\nuPlot\.assign = [\s\S]*(?=\nexport )/, '\n'],
  // Scales of time: the page counts wall times as numbers, and makes its own ticks (app/charts/timeAxis.ts).
  ['dates', /\nconst months = [\s\S]*?(?=\n\/\/export const series = )/, '\n'],
  ['increments of time', /const \[ timeIncrsMs,[^;]*;\nconst \[ timeIncrsS,[^;]*;/, ''],
  ['texts of times', /\tconst _tzDate {2}= [\s\S]*?\n\tconst _timeSeriesVal .*\n/, ''],
  ['texts of series', /isTime \? \(isStr\(sv\) \?.*?: sv \|\| _timeSeriesVal\) : /, ''],
  ['choice of increments', /\(isTime \? \(ms == 1 \? timeIncrsMs : timeIncrsS\) : numIncrs\)/, 'numIncrs'],
  ['texts of an axis', /isTime \? \(\n\s*\/\/ config array[\s\S]*?av \|\| _timeAxisVals\n\s*\) : /, ''],
  // Logarithmic scales.
  ['splits', /isTime && sc\.distr == 1 \? _timeAxisSplits : sc\.distr == 3 \? logAxisSplits : sc\.distr == 4 \? asinhAxisSplits : /, ''],
  ['filters', /sc\.distr >= 3 && sc\.log == 10 \? log10AxisValsFilt : sc\.distr == 3 && sc\.log == 2 \? log2AxisValsFilt : /, ''],
  ['ranges', /\(sc\.distr == 3 \? snapLogX : sc\.distr == 4 \? snapAsinhX : snapNumX\)/, 'snapNumX'],
  ['ranges of values', /\(sc\.distr == 3 \? snapLogY : sc\.distr == 4 \? snapAsinhY : snapNumY\)/, 'snapNumY'],
  ['ranges of one point', /if \(xScaleDistr == 3\)\n\s*.*\n\s*else if \(xScaleDistr == 4\)\n\s*.*\n\s*else if/, 'if'],
  ['places of values', /sc\.distr == 3 {3}\?.*\n.*\n\s*sc\.distr == 100 \?.* :\n/, ''],
  ['ends of a scale', /distr == 3 \? log10\(sc\.min\).* : sc\.min;\n(.*)distr == 3 \? log10\(sc\.max\).* : sc\.max;/, 'sc.min;\n$1sc.max;'],
  ['values of places', /distr == 3 \? pow\(10, sv\) :\n.*\n\s*distr == 100 \?.* :\n/, ''],
  // The legend: charts have their own readout.
  ['rows of a legend', /\tfunction initLegendRow\(s, i\) \{[\s\S]*?\n\t\}\n/, '\tfunction initLegendRow() { return nullNullTuple; }\n'],
];

/** Takes away from uPlot what is not used here. */
function leanUplot(): Plugin {
  return {
    name: 'lean-uplot',
    transform(code, id) {
      if (!id.endsWith('/uPlot.esm.js')) return undefined;
      const lean = UNUSED.reduce((text, [what, found, instead]) => {
        if (!found.test(text)) throw new Error(`expected uPlot to have its ${what}; this version has not: see app/web/vite.config.ts`);
        return text.replace(found, instead);
      }, code);
      return { code: lean, map: null };
    },
  };
}
