import { type Command, Option } from 'commander';

/** `--date`, or `--from` and `--to`: days. */
export function addDays(command: Command): Command {
  return command
    .addOption(new Option('--date <day>', 'one day, YYYY-MM-DD, yesterday or 3/14/14').conflicts(['from', 'to']))
    .option('--from <day>', 'first day, YYYY-MM-DD')
    .option('--to <day>', 'last day, YYYY-MM-DD');
}

/** `--from` and `--to`: times, or days. */
export function addTimes(command: Command): Command {
  return command
    .option('--from <time>', 'from here on: YYYY-MM-DD or YYYY-MM-DDTHH:mm[:ss] of the site, -24h, yesterday, 3/14/14')
    .option('--to <time>', 'up to here: a date is included, a time is not');
}
