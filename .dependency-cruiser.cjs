/** The house rules: domain ← storage ← ingest, batch, query ← app. See ARCHITECTURE.md. */
const only = (lib, file) => ({
  name: `${lib}-in-one-place`,
  severity: 'error',
  from: { path: '^(app|domain|ingest|storage|query|batch)/', pathNot: file },
  to: { path: `node_modules/${lib}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-circles-of-folders', severity: 'error', scope: 'folder',
      // This pair is on its way out.
      from: { pathNot: '^domain/(alarm|pump)$' },
      to: { circular: true },
    },
    { name: 'run-not-http-or-cli', severity: 'error', from: { path: '^app/run/' }, to: { path: '^app/(http|cli)/' } },
    { name: 'domain-imports-nothing', severity: 'error', from: { path: '^domain/' }, to: { path: '^(app|ingest|storage|query|batch|test)/' } },
    { name: 'domain-libraries-for-values-only', severity: 'error', from: { path: '^domain/' }, to: { path: 'node_modules/', pathNot: 'node_modules/(dayjs|zod)/' } },
    { name: 'storage-imports-domain-only', severity: 'error', from: { path: '^storage/' }, to: { path: '^(app|ingest|query|batch|test)/' } },
    { name: 'lmdb-imports-no-store', severity: 'error', from: { path: '^storage/lmdb/' }, to: { path: '^storage/(embedded|hbase)/' } },
    { name: 'hbase-not-embedded', severity: 'error', from: { path: '^storage/hbase/' }, to: { path: '^storage/embedded/' } },
    { name: 'embedded-not-hbase', severity: 'error', from: { path: '^storage/embedded/' }, to: { path: '^storage/hbase/' } },
    { name: 'query-imports-domain-and-storage-only', severity: 'error', from: { path: '^query/' }, to: { path: '^(app|ingest|batch|test)/' } },
    { name: 'ingest-not-batch-or-app', severity: 'error', from: { path: '^ingest/' }, to: { path: '^(app|batch|query|test)/' } },
    { name: 'batch-not-ingest-or-app', severity: 'error', from: { path: '^batch/' }, to: { path: '^(app|ingest|query|test)/' } },
    { name: 'nothing-imports-test', severity: 'error', from: { path: '^(app|domain|ingest|storage|query|batch)/' }, to: { path: '^test/' } },
    only('lmdb', '^storage/lmdb/environment\\.ts$'),
    only('mqtt', '^(ingest/receivers/mqtt/client\\.ts|app/simulator/publisher\\.ts)$'),
    only('aedes', '^ingest/receivers/mqtt/broker(/|\\.ts$)'),
    only('axios', '^storage/hbase/gateway/gateway\\.ts$'),
    only('(@?fastify|fastify-type-provider-zod)', '^app/http/'),
    only('prom-client', '^app/http/metrics\\.ts$'),
    only('cockatiel', '^storage/hbase/gateway/patience\\.ts$'),
    only('hyparquet-writer', '^storage/parquet/parquetFile\\.ts$'),
    only('csv-parse', '^ingest/(decode|reference)/'),
    only('(preact|@preact)', '^app/web/'),
    only('uplot', '^app/web/charts/'),
    { name: 'page-imports-types-words-and-rules-only', severity: 'error', from: { path: '^app/web/' }, to: { path: '^(app|domain|ingest|storage|query|batch)/', pathNot: '^(app/web/|domain/(receivers|reading/measures|alarm/(rule|pumpPattern))\\.ts$)', dependencyTypesNot: ['type-only'] } },
    { name: 'nothing-imports-the-page', severity: 'error', from: { path: '^(app|domain|ingest|storage|query|batch)/', pathNot: '^app/web/' }, to: { path: '^app/web/' } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: ['\\.d\\.ts$', '^app/cli\\.ts$', '^app/web/(vite\\.config\\.ts|public/)', '^test/'] }, to: {} },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
