import { Command } from 'commander';
import { packageVersion } from '../config/packageRoot.ts';
import { acts } from './usage/acts.ts';
import { ALARM_ACTS } from './usage/alarmActs.ts';
import { alarmReport } from './usage/alarmReport.ts';
import { alarmTrial } from './usage/alarmTrial.ts';
import { alarms } from './usage/alarms.ts';
import { alerts } from './usage/alerts.ts';
import { backup } from './usage/backup.ts';
import { addBrokerUser, listBrokerUsers, removeBrokerUser } from './usage/brokerUser.ts';
import { addCommand, type AnyUsage, withCommonOptions } from './usage/command.ts';
import { copy } from './usage/copy.ts';
import { doctor } from './usage/doctor.ts';
import { exportTable } from './usage/export.ts';
import { preview } from './usage/preview.ts';
import { listNotifications, retryNotification, testChannel } from './usage/notify.ts';
import { pumps } from './usage/pumps.ts';
import { readings } from './usage/readings.ts';
import { receipts } from './usage/receipts.ts';
import { rejects } from './usage/rejects.ts';
import { report } from './usage/report.ts';
import { restore } from './usage/restore.ts';
import { retract } from './usage/retract.ts';
import { run } from './usage/run.ts';
import { simulate } from './usage/simulate.ts';
import { sql } from './usage/sql.ts';
import { stats } from './usage/stats.ts';
import { status } from './usage/status.ts';
import { summarize } from './usage/summarize.ts';
import { trace } from './usage/trace.ts';
import { addToken, listTokens, removeToken } from './usage/token.ts';

/** The commands in the order of `--help`. */
const COMMANDS: readonly AnyUsage[] = [
  run, summarize, stats, alerts, acts, readings, rejects, receipts, trace, retract, pumps, status, sql, report, exportTable, copy, backup,
  restore, preview, simulate,
];
/** Those after `token`. */
const TOKEN_COMMANDS: readonly AnyUsage[] = [addToken, listTokens, removeToken];
/** Those after `notify`. */
const NOTIFY_COMMANDS: readonly AnyUsage[] = [testChannel, listNotifications, retryNotification];
/** Those after `broker-user`. */
const BROKER_USER_COMMANDS: readonly AnyUsage[] = [addBrokerUser, listBrokerUsers, removeBrokerUser];

const HELP = `
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
    .addHelpText('after', HELP)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'wellwatch: ')) })
    .exitOverride();
  for (const usage of COMMANDS) addCommand(program, usage, done);
  const alarmsCommand = addCommand(program, alarms, done);
  for (const usage of [...ALARM_ACTS, alarmTrial, alarmReport]) addCommand(alarmsCommand, usage, done);
  const notify = program.command('notify').description('who is told of alarms: try it, and see what was told');
  for (const usage of NOTIFY_COMMANDS) addCommand(notify, usage, done);
  const token = program.command('token').description('bearer tokens for the page and the API');
  for (const usage of TOKEN_COMMANDS) addCommand(token, usage, done);
  const brokerUser = program.command('broker-user').description('who may publish to the embedded broker, and what');
  for (const usage of BROKER_USER_COMMANDS) addCommand(brokerUser, usage, done);
  addCommand(program, doctor, done);
  // Set last: commands take over what their parent has when they are made.
  return program.showHelpAfterError('(add --help to see what can be given; the options of a command stand after it)');
}
