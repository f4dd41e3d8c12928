import { createRequire } from 'node:module';
import type * as Re2 from 're2js';

const require = createRequire(import.meta.url);

/** Loaded for the first pattern: most sites have none. */
function library(): typeof Re2.RE2JS {
  return (require('re2js') as typeof Re2).RE2JS;
}

/** The longest text that a pattern is tried on, in characters. */
const LONGEST = 1024;

/** What the named groups of a pattern matched. */
export type Groups = Readonly<Record<string, string>>;

/** A regular expression of the configuration. */
export interface Pattern {
  /** The groups of a text that fits as a whole; undefined of one that does not. */
  whole(text: string): Groups | undefined;
  /** The groups of a text whose beginning fits. */
  beginning(text: string): Groups | undefined;
}

/**
 * Compiles a regular expression in RE2's syntax, which has neither look-around nor back-references: a match takes time in
 * proportion to the text, whatever the pattern is. Throws the library's error for a text that is none.
 */
export function compilePattern(text: string): Pattern {
  const compiled = library().compile(text);
  const names = Object.keys(compiled.namedGroups());
  const groups = (subject: string, fits: (matcher: ReturnType<typeof compiled.matcher>) => boolean): Groups | undefined => {
    if (subject.length > LONGEST) return undefined;
    const matcher = compiled.matcher(subject);
    if (!fits(matcher)) return undefined;
    return Object.fromEntries(names.map((name) => [name, matcher.group(name) ?? '']));
  };
  return {
    whole: (subject) => groups(subject, (matcher) => matcher.matches()),
    beginning: (subject) => groups(subject, (matcher) => matcher.lookingAt()),
  };
}

/** The names of the groups of a pattern. Throws the library's error for a text that is none. */
export function groupsOf(text: string): string[] {
  return Object.keys(library().compile(text).namedGroups());
}
