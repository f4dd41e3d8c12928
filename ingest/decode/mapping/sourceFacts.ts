import { isPumpId, MAX_PUMP_ID, pumpIdOf } from '../../../domain/pump/pumpId.ts';
import { quoteField } from '../csv/fields.ts';
import type { Format } from './format.ts';
import type { Pattern } from './pattern.ts';

/** A topic of a message's source, `mqtt:a/b`. */
export function topicLevel(source: string, level: number): string | undefined {
  return source.slice(source.indexOf(':') + 1).split('/')[level - 1];
}

/** The pump that all of a source is of, undefined when its records name pumps, or why there is none. */
export function pumpOfSource(format: Format, source: string, filePattern: Pattern | undefined): string | undefined | { refusal: string } {
  const { pump, name } = format;
  if (pump === undefined || pump.kind === 'place' || pump.kind === 'key') return undefined;
  const found =
    pump.kind === 'value' ? pump.id
    : pump.kind === 'topic' ? topicLevel(source, pump.level)
    : filePattern?.beginning(source)?.pump;
  const id = pumpIdOf(found ?? '');
  if (isPumpId(id)) return id;
  const where = pump.kind === 'topic' ? `level ${pump.level} of the topic` : 'the file\'s name';
  return { refusal: `expected ${where} to tell the pump (formats.${name}.pump), got ${quoteField(source)}` };
}

/** Why a text can't be a pump's id. */
export function pumpReason(text: string): string {
  return `expected the pump to be 1 to ${MAX_PUMP_ID} characters without control characters or "/", got ${quoteField(text)}`;
}
