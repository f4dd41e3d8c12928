import { afterEach, describe } from 'vitest';
import type { Table } from '../../../storage/table/table.ts';
import { alertsContract } from './alerts.ts';
import { propertyContract } from './anySteps.ts';
import { blankedContract } from './blankedCells.ts';
import { daysContract } from './days.ts';
import { expiryContract } from './expiry.ts';
import { ledgerContract } from './ledger.ts';
import { missingContract } from './missing.ts';
import type { ContractLimits, TableSetup } from './opening.ts';
import { originsContract } from './originsContract.ts';
import { readingsContract } from './readings.ts';
import { retainedContract } from './retained.ts';

/** What every store must do. `open` gives an empty table; it is closed by the suite. */
export function tableContract(name: string, open: (setup: TableSetup) => Promise<Table>, limits: ContractLimits): void {
  const opened: Table[] = [];
  const table = async (setup: TableSetup = {}): Promise<Table> => {
    const one = await open(setup);
    opened.push(one);
    return one;
  };
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  describe(`${name}: readings`, () => readingsContract(table));
  describe(`${name}: missing cells`, () => missingContract(table));
  describe(`${name}: real rows`, () => blankedContract(table));
  describe(`${name}: a row of a retained message`, () => retainedContract(table));
  describe(`${name}: alerts`, () => alertsContract(table));
  describe(`${name}: days and statistics`, () => daysContract(table));
  describe(`${name}: what commits with a step`, () => ledgerContract(table));
  describe(`${name}: where rows come from`, () => originsContract(table, limits.runs));
  describe(`${name}: expiry`, () => expiryContract(table));
  describe(`${name}: any steps`, () => propertyContract(table, limits));
}
