import { expect, test } from 'vitest';
import { contactsOf, contactText } from '../../../domain/pump/contacts.ts';
import { referenceOf } from '../../../ingest/reference/readReference.ts';

const PUMP = { id: 'COHUTTA', type: 'HYDROPUMP', purchased: '2010-11-27', inService: '2011-03-15', vendor: 'HYDROCAM', latitude: 0, longitude: 0 };
const event = (date: string, technician: string) => ({ pump: 'COHUTTA', date, technician, description: 'Inspection' });

test('who was there last and who made it are called, however their names are written', () => {
  const reference = referenceOf({
    pumps: [PUMP],
    maintenance: [event('2012-02-20', 'A.Smith'), event('2014-02-05', 'J. Thomas'), event('2014-03-01', '')],
    contacts: [{ name: 'j.thomas', phone: '555-0101', mail: 'j@example.org' }, { name: 'HydroCam', phone: null, mail: 'help@hydrocam.example' }],
  });
  expect(contactsOf('COHUTTA', reference).map(contactText)).toEqual([
    'J. Thomas 555-0101', 'HYDROCAM help@hydrocam.example',
  ]);
  expect(contactsOf('OTHER', reference)).toEqual([]);
});

test('without a number the name is told', () => {
  const reference = referenceOf({ pumps: [PUMP], maintenance: [event('2014-02-05', 'J.Thomas')] });
  expect(contactsOf('COHUTTA', reference).map(contactText)).toEqual(['J.Thomas', 'HYDROCAM']);
});
