/** So much of a text is parsed line by line. */
const MOST_LINES = 500;

/** The documents of a text of JSON, one after the other or one a line; undefined when it is none. */
export function documentsOf(text: string): unknown[] | undefined {
  const trimmed = text.trimStart();
  if (!/^(\{\s*["}]|\[\s*[{["\]\d-])/.test(trimmed)) return undefined;
  const whole = parsed(trimmed);
  if (whole !== undefined) return [whole];
  const lines = trimmed.split('\n').slice(0, MOST_LINES).map((line) => parsed(line.trim())).filter((value) => value !== undefined);
  return lines.length > 0 ? lines : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // it is not whole, or none
  }
}
