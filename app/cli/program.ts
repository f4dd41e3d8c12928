import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { packageRoot, packageVersion } from '../config/packageRoot.ts';
import { type GivenOptions, openContext, openSurface } from './context.ts';

/** Options as commander gives them, of all commands together. */
interface Words extends GivenOptions {
  readonly pump?: string;
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly all?: boolean;
  readonly once?: boolean;
  readonly demo?: boolean;
  readonly quiet?: boolean;
  readonly print?: boolean;
  readonly supervise?: boolean;
  readonly source?: string;
  readonly limit?: string;
  readonly role?: string;
  readonly files?: string;
  readonly mqtt?: string;
  readonly rows?: string;
  readonly seed?: string;
  readonly corrupt?: string;
  readonly out?: string;
}

/** What a command does; its module is loaded when it is called, and not before. */
type Action = (words: Words, names: readonly string[]) => Promise<number>;

/** How a command is called, what it does, and a call or two to learn from. */
interface CommandText {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly string[];
}

type Add = (parent: Command, text: CommandText, action: Action) => Command;

const ROOT_HELP = `
Exit codes: 0 done, 1 failed (nothing half-written), 2 wrong usage or configuration.
With --json a command prints JSON lines and nothing else on standard output.
Commands run beside a running job on the same data directory.

Examples:
  wellwatch run --demo                      look around with sample data and simulated pumps
  wellwatch run                             take files from var/inbox and messages on port 1883
  wellwatch alerts --from 2014-03-14        what went wrong since then
  wellwatch doctor                          is everything as it should be?`;

/** The command line. `done` gets the exit code of the command that was called. */
export function buildProgram(done: (exitCode: number) => void): Command {
  const program = withCommonOptions(new Command('wellwatch'))
    .description('Watches oil pumps: takes readings from CSV files and MQTT, tells of low pressure, and keeps it all.')
    .version(packageVersion())
    .helpCommand('help [command]', 'how a command is called')
    .enablePositionalOptions()
    .showHelpAfterError('(add --help to see what can be given)')
    .addHelpText('after', ROOT_HELP)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'wellwatch: ')) })
    .exitOverride();

  const add: Add = (parent, { name, summary, examples }, action) => {
    const command = withCommonOptions(parent.command(name).description(summary)).addHelpText(
      'after',
      `\nExample${examples.length > 1 ? 's' : ''}:\n${examples.map((example) => `  wellwatch ${example}`).join('\n')}`,
    );
    return command.action(async () =>
      done(await action({ ...program.opts<Words>(), ...command.opts<Words>() }, command.processedArgs as string[])),
    );
  };
  addJob(program, add);
  addQueries(program, add);
  addKeeping(program, add);
  // Set last: commands take over what their parent has when they are made.
  return program.showHelpAfterError('(add --help to see what can be given; the options of a command stand after it)');
}

/** What every command takes, after its name or before it. */
function withCommonOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration in YAML; every key has a default')
    .option('--data-dir <dir>', 'where everything is kept (default: var)')
    .option('--json', 'JSON lines on standard output, nothing else');
}

function addJob(program: Command, add: Add): void {
  add(
    program,
    {
      name: 'run',
      summary: 'the receivers and the streaming job, until SIGTERM or Ctrl-C',
      examples: ['run', 'run --once --json', 'run --demo'],
    },
    async (words) => {
      const { config } = await openContext(words, words.demo ? demoDefaults() : {});
      return (await import('./commands/run.ts')).run(config, words);
    },
  )
    .option('--once', 'take what lies in the inbox and the journal, then end')
    .option('--demo', 'sample data and simulated pumps, in var/demo unless another directory is given')
    .option('--quiet', 'without the live view')
    .addOption(
      new Option(
        '--print',
        'each batch instead of the live view: its first readings, its alerts, and these joined with vendor and maintenance',
      ).conflicts(['json', 'quiet']),
    )
    .option('--supervise', 'start again after a crash');

  inDays(
    add(
      program,
      {
        name: 'summarize',
        summary: 'the daily batch: statistics of each pump and day',
        examples: ['summarize', 'summarize --date 2014-03-14 --pump LAGNAPPE'],
      },
      async (words) => (await import('./commands/summarize.ts')).summarize(await openContext(words), words),
    ),
  ).option('--pump <id>', 'one pump only');
}

function addQueries(program: Command, add: Add): void {
  inDays(
    add(
      program,
      {
        name: 'stats',
        summary: 'what the daily batch stored, by pump and day',
        examples: ['stats --pump LAGNAPPE', 'stats --from 2014-03-10 --to 2014-03-12 --json'],
      },
      async (words) => (await import('./commands/stats.ts')).stats(await openContext(words), words),
    ),
  ).option('--pump <id>', 'one pump only');

  inTime(
    add(
      program,
      {
        name: 'alerts',
        summary: 'alerts with vendor and maintenance, by pump and time',
        examples: ['alerts', 'alerts --pump LAGNAPPE --from 2014-03-14T12:00 --json'],
      },
      async (words) => (await import('./commands/alerts.ts')).alerts(await openContext(words), words),
    ),
  )
    .option('--pump <id>', 'one pump only')
    .option('--all', 'each alert on a line of its own, instead of runs of them');

  inTime(
    add(
      program,
      {
        name: 'readings',
        summary: 'stored readings of a pump',
        examples: ['readings --pump LAGNAPPE --from 2014-03-14 --to 2014-03-14', 'readings --pump LAGNAPPE --json | head'],
      },
      async (words) => (await import('./commands/readings.ts')).readings(await openContext(words), { ...words, pump: words.pump! }),
    ),
  ).requiredOption('--pump <id>', 'which pump');

  add(
    program,
    { name: 'rejects', summary: 'rows that could not be taken, and why', examples: ['rejects', 'rejects --source pumps.csv --limit 20'] },
    async (words) => (await import('./commands/rejects.ts')).rejects(await openContext(words), words),
  )
    .option('--source <name>', 'of one file or topic only')
    .option('--limit <n>', 'the newest n only');
  add(program, { name: 'pumps', summary: 'the reference data, the last reading of each pump, unknown pumps', examples: ['pumps'] },
    async (words) => (await import('./commands/pumps.ts')).pumps(await openContext(words)));
  add(
    program,
    {
      name: 'status',
      summary: 'the running job: receivers, rate, delays, last batches, the balance',
      examples: ['status', 'status --json'],
    },
    async (words) => (await import('./commands/status.ts')).status(await openContext(words)),
  );

  inTime(
    add(
      program,
      {
        name: 'export',
        summary: 'readings, alerts or stats as a CSV or Parquet file',
        examples: [
          'export alerts alerts.csv --from 2014-03-14',
          'export readings readings.parquet',
          'export readings - --pump LAGNAPPE | gzip > lagnappe.csv.gz',
        ],
      },
      async (words, [what, file]) => {
        const { exportTable, EXPORTS } = await import('./commands/export.ts');
        return exportTable(await openContext(words), { ...words, what: EXPORTS.find((each) => each === what)!, file: file });
      },
    ),
  )
    .addArgument(new Argument('<what>', 'what to write').choices(['readings', 'alerts', 'stats']))
    .argument('<file>', 'a .csv or .parquet file, or - for CSV on standard output')
    .option('--pump <id>', 'one pump only');
}

const COPY_HELP = `
What it needs: store.kind hbase in the configuration (see the README), readings in the embedded table of the data
directory, and no job that runs on it. Readings keep their times of receipt, alerts the thresholds that were in force.
It may be stopped with Ctrl-C and goes on where it was when it is run again. At the end both tables are read and
compared row by row; run after the end, it does only that. The embedded table stays as it is: remove its folder, table
in the data directory, when you need it no more.`;

function addKeeping(program: Command, add: Add): void {
  add(
    program,
    { name: 'copy', summary: 'moves the embedded table into HBase, resumable, verified', examples: ['copy --to hbase --config site.yaml'] },
    async (words) => (await import('./commands/copy.ts')).copy(await openContext(words)),
  )
    .addOption(new Option('--to <store>', 'which store').choices(['hbase']).makeOptionMandatory())
    .addHelpText('after', COPY_HELP);

  add(
    program,
    {
      name: 'simulate',
      summary: 'generated readings, always the same for the same seed',
      examples: ['simulate --files 3', 'simulate --mqtt mqtt://127.0.0.1:1883 --rows 1000'],
    },
    async (words) => (await import('./commands/simulate.ts')).simulate({ ...words, config: (await openContext(words)).config }),
  )
    .addOption(new Option('--files <n>', 'how many files').conflicts('mqtt'))
    .option('--mqtt <url>', 'publish to a broker instead')
    .option('--rows <n>', 'how many rows in all')
    .option('--seed <s>', 'which sequence')
    .option('--corrupt <share>', 'share of bad rows, from 0 to 1')
    .option('--out <dir>', 'where the files go (default: the inbox)');

  const token = program.command('token').description('bearer tokens for the page and the API');
  add(
    token,
    {
      name: 'add',
      summary: 'make a token for the page and the API; it is shown once and kept as a hash',
      examples: ['token add dashboard --role read'],
    },
    async (words, [name]) => (await import('./commands/token.ts')).addToken(await openContext(words), { name: name, role: words.role! }),
  )
    .argument('<name>', 'whose token it is')
    .requiredOption('--role <role>', 'read, which is all that looking takes, or operate, for what changes something (nothing does yet)');
  add(token, { name: 'list', summary: 'who has a token', examples: ['token list'] },
    async (words) => (await import('./commands/token.ts')).listTokens(await openContext(words)));
  add(token, { name: 'remove', summary: 'take a token back', examples: ['token remove dashboard'] },
    async (words, [name]) => (await import('./commands/token.ts')).removeToken(await openContext(words), name))
    .argument('<name>', 'whose token it is');

  add(
    program,
    {
      name: 'doctor',
      summary: 'checks configuration, data directory, broker, store and reference; says what to do',
      examples: ['doctor', 'doctor --config site.yaml --json'],
    },
    async (words) => (await import('./commands/doctor.ts')).doctor(openSurface(words), words),
  );
}

/** What the demo has instead of the general defaults; what somebody configures goes before it. */
function demoDefaults(): Record<string, unknown> {
  const reference = join(packageRoot(), 'data', 'reference');
  // A port of its own: a broker that is here already must not keep anybody from looking around.
  return {
    dataDir: join('var', 'demo'),
    receivers: { mqtt: { port: 0 } },
    reference: { pumps: join(reference, 'sensorvendor.csv'), maintenance: join(reference, 'sensormaint.csv') },
  };
}

function inDays(command: Command): Command {
  return command
    .addOption(new Option('--date <day>', 'one day, YYYY-MM-DD').conflicts(['from', 'to']))
    .option('--from <day>', 'first day, YYYY-MM-DD')
    .option('--to <day>', 'last day, YYYY-MM-DD');
}

function inTime(command: Command): Command {
  return command
    .option('--from <time>', 'from here on: YYYY-MM-DD or YYYY-MM-DDTHH:mm[:ss] of the site')
    .option('--to <time>', 'up to here: a date is included, a time is not');
}
