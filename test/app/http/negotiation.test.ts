import { expect, test } from 'vitest';
import { preferredType } from '../../../app/http/negotiation.ts';

const FORMS = ['application/json', 'text/csv'];

test.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['text/csv', 'text/csv'],
  ['TEXT/CSV', 'text/csv'],
  ['text/csv; charset=utf-8', 'text/csv'],
  ['text/*', 'text/csv'],
  ['application/json;q=0.4, text/csv;q=0.5', 'text/csv'],
  ['text/csv;q=0.5, application/json', 'application/json'],
  ['text/csv;q=0.5, */*;q=0.4', 'text/csv'],
  ['*/*, application/json;q=0', 'text/csv'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
  ['text/csv;q=0, */*;q=0', undefined],
  ['text/csv;q=nonsense', undefined],
  ['image/png', undefined],
])('Accept: %s is answered with %s', (accept, type) => {
  expect(preferredType(accept, FORMS)).toBe(type);
});
