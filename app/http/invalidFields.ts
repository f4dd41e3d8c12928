import type { FastifyError, FastifyRequest } from 'fastify';
import { shown } from '../config/issues.ts';

/** What zod says of a field, as `fastify-type-provider-zod` hands it on. */
interface FieldIssue {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string | undefined;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** `limit: expected at most 500, got "1000"; psi: expected none of that name`: each parameter or field that is wrong, and what came. */
export function invalidFields(
  { validation, validationContext }: Pick<FastifyError, 'validation' | 'validationContext'>,
  { query, params, body }: FastifyRequest,
): string {
  const given = validationContext === 'querystring' ? query : validationContext === 'params' ? params : body;
  return [...new Set((validation as readonly FieldIssue[]).flatMap((issue) => sentences(issue, given)))].join('; ');
}

function sentences({ instancePath, keyword, message = '', params = {} }: FieldIssue, given: unknown): string[] {
  if (keyword === 'unrecognized_keys')
    return (params.keys as string[]).map((key) => `${key}: there is no such parameter; /api/docs lists those that there are`);
  const [name] = instancePath.split('/').filter(Boolean);
  if (name === undefined) return [keyword === 'invalid_type' ? 'expected a JSON object' : message];
  const value = (given as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return [`${name}: ${expectation(keyword, message, params)}, got ${shown(value)}`];
}

function expectation(
  keyword: string,
  message: string,
  { expected, minimum, maximum, origin, values }: Readonly<Record<string, unknown>>,
): string {
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '';
  switch (keyword) {
    case 'invalid_type':
      return `expected a ${expected === 'int' ? 'whole number' : String(expected)}`;
    case 'too_small':
      return `expected at least ${String(minimum)}${unit}`;
    case 'too_big':
      return `expected at most ${String(maximum)}${unit}`;
    case 'invalid_value':
      return `expected ${(values as unknown[]).map(String).join(' or ')}`;
    default:
      return message;
  }
}
