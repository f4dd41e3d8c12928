import { exampleOf, type Operation, type Parameter, type Schema } from './describedApi.ts';

/** A request as somebody would type it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  /** `http://127.0.0.1:8090`. */
  readonly origin: string;
}

/** The request for each form in which it is answered: JSON as it is, others by `accept`. */
export function curls({ method, path, operation, origin }: Asked): string[] {
  const { parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content['application/json']?.schema;
  const words = [
    'curl',
    ...(method === 'get' ? [] : [`-X ${method.toUpperCase()}`]),
    ...(body ? ["-H 'content-type: application/json'", `-d ${quoted(JSON.stringify(leastOf(body)))}`] : []),
    ...(requestBody && !body ? ['--data-binary @FILE'] : []),
    quoted(origin + filled(path, parameters) + queryOf(parameters)),
  ];
  const forms = Object.keys(responses['200']?.content ?? {}).filter((form) => form !== 'application/json');
  if (method !== 'get' || forms.includes('text/event-stream')) return [words.join(' ')];
  return [words, ...forms.map((form) => ['curl', `-H 'accept: ${form}'`, ...words.slice(1)])].map((each) => each.join(' '));
}

function filled(path: string, parameters: readonly Parameter[]): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(text(parameters.find((one) => one.name === name)?.schema)));
}

/** What has to be given, and the first two of the rest that have an example. */
function queryOf(parameters: readonly Parameter[]): string {
  const those = parameters.filter((one) => one.in === 'query');
  const optional = those.filter(({ required, schema }) => !required && schema?.example !== undefined).slice(0, 2);
  const given = [...those.filter(({ required }) => required), ...optional];
  return given.length === 0 ? '' : `?${given.map(({ name, schema }) => `${name}=${encodeURIComponent(text(schema))}`).join('&')}`;
}

/** A body with what it has to have. */
function leastOf(schema: Schema): unknown {
  const { properties, required = [], items } = schema;
  if (items) return [leastOf(items)];
  if (!properties) return exampleOf(schema);
  return Object.fromEntries(Object.entries(properties).filter(([name]) => required.includes(name)).map(([name, field]) => [name, leastOf(field)]));
}

function text(schema: Schema | undefined): string {
  const value = schema ? exampleOf(schema) : '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
