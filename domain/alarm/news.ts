import { sameValue } from '../reading/readings.ts';

/**
 * Whether an alert is news. It is of a cell, not of a row: what is said here of rows that correct, replace and are replaced holds for
 * those that have the measure. An alert is known by its pump, the time of its reading and its rule; it is news unless an alert
 * of the same three with the same value was there before.
 *
 * | the row that breaks the rule | there before | what follows |
 * |---|---|---|
 * | is the first of its time | nothing | news |
 * | is equal to the stored one: a duplicate, a message sent again | the same alert | nothing |
 * | corrects another measure only | an alert with this value | nothing |
 * | corrects the value | an alert with another value | news |
 * | corrects a reading in limits | no alert | news |
 * | came earlier than the stored one, or is replaced within its step | – | nothing: it is not stored |
 * | is replaced within its step, in the hour that the clock shows twice | – | news, and withdrawn |
 *
 * A row in limits that corrects one with an alert has none that could be news: the alert is withdrawn.
 *
 * Four places ask. While a small step waits, whoever tells asks for what was told of it ({@link ToldAlerts}), and the job
 * for the stored reading of that time: a value that breaks the rule now has done so before. When the step is written, the
 * store asks for its stored alert (`Outcome.raised` is what is news), and of that the job tells what it has not told yet.
 */
export function isNews(value: number, before: number | undefined): boolean {
  return before === undefined || !sameValue(value, before);
}
