/** What may hold the word and is not it: texts, names, comments; then the word, where SQL does not ask for it itself. */
const AT =
  /[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|(?<![.\w"])at(?![\w"]|\s+time\s+zone\b|\s*\()/gi;

/**
 * A statement whose bare `at` is the column: DuckDB has a word of its own for that (`FROM t AT (VERSION …)`, `AT TIME ZONE`), and
 * takes it for a name in quotes only.
 */
export function quoteAt(sql: string): string {
  return sql.replace(AT, (found) => (found.toLowerCase() === 'at' ? '"at"' : found));
}
