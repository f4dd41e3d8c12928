/**
 * The pump job inside a program of your own, which hears of alerts and of each batch: takes what lies in the inbox of a
 * data directory, and ends.
 *
 *   node dist/docs/examples/listener.js DATADIR
 */
import { loadConfig, Site } from 'wellwatch';

const [dataDir = 'var'] = process.argv.slice(2);

const site = new Site({
  config: loadConfig({ flags: { dataDir } }),
  once: true, //                            false: runs until site.stop()
  alerts: { every: false, runs: true }, //  alerts that belong together, as one
  samples: false,
  onEvent: ({ level, message }) => level !== 'debug' && console.error(`${level}: ${message}`),
});

site.listen({
  onRuns(runs) {
    for (const { pump, rule, measure, count, worst, vendor } of runs)
      console.log(
        `${pump}: ${count} × ${rule}, ${measure} down to ${worst}, made by ${vendor?.vendor ?? 'nobody knows whom'}`,
      );
  },
  onBatchCompleted({ rows, counts, steps }) {
    console.log(`${rows.directory + rows.mqtt} rows in ${steps} steps: ${counts.stored} stored, ${counts.rejected} rejected`);
  },
  onJobEnded: (error) => console.log(error ?? 'done'),
});

await site.start();
await site.ended;
await site.close();
