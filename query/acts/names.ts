import { AppError } from '../../domain/errors.ts';
import { suggestion } from '../../domain/suggestion.ts';
import { visible } from '../../domain/text.ts';

/** Throws NOT_FOUND, with the nearest name, when a pump is not among those that are known. */
export function requirePump(pump: string, known: readonly string[]): void {
  if (known.includes(pump)) return;
  throw new AppError(
    'NOT_FOUND',
    `expected a pump with readings or of the vendor file, as "wellwatch pumps" lists them, got ${visible(pump)}${suggestion(pump, known)}`,
  );
}

/** Throws NOT_FOUND, with the nearest name, when a rule is neither in force nor has ever alarmed at the pump. */
export function requireRule(rule: string, known: readonly string[]): void {
  if (known.includes(rule)) return;
  throw new AppError('NOT_FOUND', `expected the id of a rule, got ${visible(rule)}${suggestion(rule, known)}`);
}

/** What somebody wrote, without blanks at its ends; null is nothing. Throws USAGE when it is too long or holds control characters. */
export function writtenText(what: string, text: string | undefined, most = 2000): string | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return null;
  if (trimmed.length > most || /[^\P{Cc}\n\t]/u.test(trimmed))
    throw new AppError('USAGE', `${what}: expected at most ${most} characters of text, got ${trimmed.length} or a control character`);
  return trimmed;
}

/** The same where nothing is not enough. Throws USAGE. */
export function neededText(what: string, text: string | undefined, most?: number): string {
  const written = writtenText(what, text, most);
  if (written === null) throw new AppError('USAGE', `${what}: expected some words, got nothing: whoever comes next wants to know why`);
  return written;
}
