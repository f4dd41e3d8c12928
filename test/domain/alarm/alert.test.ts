import { expect, test } from 'vitest';
import { type Alert, alertFrom, alertOf } from '../../../domain/alarm/alert.ts';
import { enrich } from '../../../domain/alarm/enriched.ts';
import { NO_REFERENCE, type Reference } from '../../../domain/pump/reference.ts';
import { LOW_PSI } from '../../support/rules.ts';
import { row, stepOf, time } from '../../support/steps.ts';

const ALERT: Alert = {
  pump: 'A', time: time('2014-03-10'), rule: 'low-psi', measure: 'psi', value: 2, comparison: 'below', threshold: 5, receivedAt: 7,
};

test('an alert says which reading broke which rule, and the threshold that was in force', () => {
  const { readings } = stepOf([row('A', '2014-03-10', 2, 7)]);
  expect(alertOf({ row: 0, rule: LOW_PSI }, readings)).toEqual(ALERT);
});

test('a stored alert knows its direction: its value lies on that side of the threshold', () => {
  const { comparison, ...stored } = ALERT;
  expect(alertFrom(stored)).toEqual({ ...stored, comparison });
  expect(alertFrom({ ...stored, value: 5.000000000000001 }).comparison).toBe('above');
});

test('an alert is joined with its pump and the whole history of it', () => {
  const vendor = {
    id: 'A', type: 'HYDROPUMP', purchased: '2008-05-25', inService: '2009-09-26', vendor: 'GENPUMP', latitude: 1, longitude: 2,
  };
  const maintenance = [{ pump: 'A', date: '2014-03-01', technician: 'J.Thomas', description: 'Inspection' }];
  const reference: Reference = { pumps: new Map([['A', vendor]]), maintenance: new Map([['A', maintenance]]), contacts: new Map() };
  expect(enrich(ALERT, reference)).toEqual({ ...ALERT, known: true, vendor, maintenance });
});

test('an alert of a pump that nobody knows comes through, and says so', () => {
  expect(enrich(ALERT, NO_REFERENCE)).toEqual({ ...ALERT, known: false, vendor: null, maintenance: [] });
});
