import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import { checkReference } from '../../../app/doctor/content.ts';
import { tempDir } from '../../support/tempDir.ts';

test('doctor says whose number is missing, and that nobody\'s is', async () => {
  const dir = tempDir();
  const path = (name: string) => join(dir, name);
  writeFileSync(path('sensorvendor.csv'), 'COHUTTA,HYDROPUMP,11/27/10,3/15/11,HYDROCAM,29.687276,-91.162492\n');
  writeFileSync(path('sensormaint.csv'), 'COHUTTA,3/15/11,A.Smith,Install\nCOHUTTA,2/20/12,J.Thomas,Inspection\n');
  const found = async (contacts: string) => {
    writeFileSync(path('contacts.csv'), contacts);
    const config = loadConfig({ env: {
      WELLWATCH_REFERENCE_PUMPS: path('sensorvendor.csv'), WELLWATCH_REFERENCE_MAINTENANCE: path('sensormaint.csv'),
      WELLWATCH_REFERENCE_CONTACTS: path('contacts.csv'),
    } });
    return (await checkReference(config)).at(-1);
  };
  expect(await found('HYDROCAM,555-0199,\n')).toMatchObject({ check: 'contacts', state: 'warning', message: '1 contact; not among them is J.Thomas' });
  expect(await found('HYDROCAM,555-0199,\nJ.Thomas,,j@example.org\n')).toMatchObject({ state: 'ok', message: '2 contacts, and nobody is missing' });
  expect(await found('HYDROCAM,,\n')).toMatchObject({ check: 'reference', state: 'failed' });
});
