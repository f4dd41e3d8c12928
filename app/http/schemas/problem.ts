import { z } from 'zod';

/** Every code of a problem, with its HTTP status and title. */
export const PROBLEMS = {
  INVALID_REQUEST: [400, 'The request can’t be understood'],
  UNAUTHENTICATED: [401, 'Who are you?'],
  FORBIDDEN: [403, 'Not allowed'],
  NOT_FOUND: [404, 'Not found'],
  METHOD_NOT_ALLOWED: [405, 'Method not allowed'],
  NOT_ACCEPTABLE: [406, 'No such form'],
  CONFLICT: [409, 'Not as things are'],
  TOO_LARGE: [413, 'Too large'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'No such content'],
  TOO_MANY_REQUESTS: [429, 'Too many requests'],
  INTERNAL: [500, 'Something failed here'],
  STORE_UNAVAILABLE: [503, 'The store is away'],
  NOT_READY: [503, 'Not ready'],
  TOO_BUSY: [503, 'Too much is asked just now'],
} as const satisfies Record<string, readonly [status: number, title: string]>;
export type ProblemCode = keyof typeof PROBLEMS;

/** An error as RFC 9457 has it, `application/problem+json`. `code` is for programs, `detail` for people. */
export const problem = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().meta({ description: 'What was expected, what came, and what to do next' }),
  code: z
    .string()
    .meta({ description: `For programs; one of a list that only grows: ${Object.keys(PROBLEMS).join(', ')}`, example: 'NOT_FOUND' }),
  instance: z.string().meta({ description: 'The path that was asked for' }),
});
export type Problem = z.output<typeof problem>;
