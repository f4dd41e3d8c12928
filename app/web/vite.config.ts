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
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8090' } },
});

/** Takes uPlot's static members away: none is used here, and splines, bars, steps, joins and dates stay in the bundle only for them. */
function leanUplot(): Plugin {
  return {
    name: 'lean-uplot',
    transform(code, id) {
      if (!id.endsWith('/uPlot.esm.js')) return undefined;
      const lean = code.replace(/\nuPlot\.assign = [\s\S]*(?=\nexport )/, '\n');
      if (lean === code)
        throw new Error('expected uPlot to end with its static members; this version does not: see app/web/vite.config.ts');
      return { code: lean, map: null };
    },
  };
}
