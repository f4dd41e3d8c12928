import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../domain/errors.ts';
import { readContacts, readMaintenance, readPumps, readReference } from '../../../ingest/reference/readReference.ts';
import { tempDir } from '../../support/tempDir.ts';

const PUMPS = 'COHUTTA,HYDROPUMP,11/27/10,3/15/11,HYDROCAM,29.687276,-91.162492\n';
const MAINTENANCE = 'COHUTTA,3/15/11,J.Thomas,Install\n';

/** Writes both files and reads them. */
function read(pumps: string | Buffer, maintenance: string | Buffer = MAINTENANCE) {
  const dir = tempDir();
  const paths = { pumps: join(dir, 'sensorvendor.csv'), maintenance: join(dir, 'sensormaint.csv') };
  writeFileSync(paths.pumps, pumps);
  writeFileSync(paths.maintenance, maintenance);
  return readReference({ ...paths, required: true });
}

async function refusal(reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(AppError);
  expect((error as AppError).code).toBe('REFERENCE_UNUSABLE');
  return (error as AppError).message;
}

describe('what is read', () => {
  test('a pump has its seven facts', async () => {
    const { pumps } = await read(PUMPS);
    expect([...pumps]).toEqual([
      [
        'COHUTTA',
        {
          id: 'COHUTTA',
          type: 'HYDROPUMP',
          purchased: '2010-11-27',
          inService: '2011-03-15',
          vendor: 'HYDROCAM',
          latitude: 29.687276,
          longitude: -91.162492,
        },
      ],
    ]);
  });

  test('ids that only look like those of readings are theirs', async () => {
    const { pumps, maintenance } = await read(
      PUMPS.replace('COHUTTA', '\u00a0COHUTTA\u200b'),
      MAINTENANCE.replace('COHUTTA', 'COHUTTA\ufeff'),
    );
    expect([[...pumps.keys()], [...maintenance.keys()]]).toEqual([['COHUTTA'], ['COHUTTA']]);
  });

  test('a history is in order of date, and events of a day in the order of the file', async () => {
    const { maintenance } = await read(PUMPS, 'A,12/1/13,X,second\nB,1/1/14,Y,other\nA,12/1/13,X,third\nA,6/7/09,X,first\n');
    expect(maintenance.get('A')?.map(({ date, description }) => `${date} ${description}`)).toEqual([
      '2009-06-07 first',
      '2013-12-01 second',
      '2013-12-01 third',
    ]);
    expect(maintenance.get('B')).toEqual([{ pump: 'B', date: '2014-01-01', technician: 'Y', description: 'other' }]);
  });

  test.each([
    ['CRLF', PUMPS.replace('\n', '\r\n')],
    ['a BOM', `\ufeff${PUMPS}`],
    ['blank lines', `\n  \n${PUMPS}\r\n\n`],
    ['no line end at the end', PUMPS.trimEnd()],
    ['quotes and spaces around fields', '"COHUTTA" , HYDROPUMP ,"11/27/10",3/15/11, "HYDROCAM",29.687276 , -91.162492\n'],
    ['other ways to write dates', PUMPS.replace('11/27/10', '2010-11-27').replace('3/15/11', '03/15/2011')],
  ])('%s makes no difference', async (_, file) => {
    expect((await read(file)).pumps).toEqual((await read(PUMPS)).pumps);
  });

  test('a quoted description may hold commas and quotes', async () => {
    const { maintenance } = await read(PUMPS, 'A,3/15/11,"Thomas, J.","Shutdown ""main"" feed, left"\n');
    expect(maintenance.get('A')).toEqual([
      { pump: 'A', date: '2011-03-15', technician: 'Thomas, J.', description: 'Shutdown "main" feed, left' },
    ]);
  });

  test('an empty file is a reference without lines', async () => {
    const reference = await read('', '');
    expect(reference.pumps.size + reference.maintenance.size).toBe(0);
  });

  test('a long file is read whole', async () => {
    const { maintenance } = await read(PUMPS, MAINTENANCE.repeat(20_000));
    expect(maintenance.get('COHUTTA')?.length).toBe(20_000);
  });
});

describe('a file that can’t be used', () => {
  test('is refused for one bad line, which is named with what was expected and what came', async () => {
    const message = await refusal(read(`${PUMPS}BUTTE,HYDROPUMP,2/30/08,9/26/09,GENPUMP,1,2\n`));
    expect(message).toContain('sensorvendor.csv');
    expect(message).toContain('line 2: expected purchased to be a date');
    expect(message).toContain('`2/30/08`');
  });

  test.each([
    ['too few fields', 'A,T,1/1/10,1/1/10,V,1', 'expected 7 fields'],
    ['too many fields', 'A,T,1/1/10,1/1/10,V,1,2,3', 'expected 7 fields'],
    ['no id', ',T,1/1/10,1/1/10,V,1,2', 'expected id'],
    ['an id with a slash', 'A/B,T,1/1/10,1/1/10,V,1,2', 'expected id'],
    ['a latitude beyond the pole', 'A,T,1/1/10,1/1/10,V,-91.1,29.6', 'expected latitude to be a number from -90 to 90'],
    ['a longitude that is none', 'A,T,1/1/10,1/1/10,V,1,west', 'expected longitude'],
    ['a control character in a text', 'A,T\u001b[2J,1/1/10,1/1/10,V,1,2', 'expected type'],
  ])('%s', async (_, line, expected) => {
    expect(await refusal(read(`${line}\n`))).toContain(expected);
  });

  test('a header line, which is told to be one', async () => {
    const hint = '(it reads like a header line, and this file has none: remove it)';
    expect(await refusal(read(`resourceid,pumptype,purchasedate,servicedate,vendor,longitude,latitude\n${PUMPS}`))).toContain(hint);
    expect(await refusal(read(PUMPS, `pump,date,technician,description\n${MAINTENANCE}`))).toContain(`got \`date\` ${hint}`);
    expect(await refusal(read('COHUTTA,HYDROPUMP,11/31/10,3/15/11,V,1,2\n'))).not.toContain('header');
    expect(await refusal(read(`${PUMPS}id,type,purchased,inService,vendor,latitude,longitude\n`))).not.toContain('header');
  });

  test('a pump that stands there twice', async () => {
    expect(await refusal(read(PUMPS + PUMPS))).toContain(
      'line 2: expected one line for each pump, got COHUTTA again, which stands in line 1',
    );
  });

  test('names the first few bad lines and counts the others', async () => {
    const message = await refusal(read(PUMPS, 'A,x,y,z\n'.repeat(12)));
    expect(message).toContain('line 5:');
    expect(message).not.toContain('line 6:');
    expect(message).toContain('and 7 lines more');
    expect(await refusal(read(PUMPS, 'A,x,y,z\n'.repeat(6)))).toContain('and 1 line more');
  });

  test('counts lines as an editor does, also after blank and quoted ones', async () => {
    expect(await refusal(read(PUMPS, '\n\nA,3/15/11,X,"one\nfine"\n\nB,1,2\n'))).toMatch(/line 3: .*line 6: expected 4 fields/);
  });

  test('a quote that is never closed', async () => {
    expect(await refusal(read(PUMPS, 'A,3/15/11,X,"Install\n'))).toContain('matching quotes');
  });

  test('bytes that are no UTF-8 are named by their line', async () => {
    expect(await refusal(read(Buffer.concat([Buffer.from(PUMPS), Buffer.from([0xc3, 0x28, 10])])))).toContain('line 2: expected UTF-8');
  });

  test('a folder', async () => {
    const dir = tempDir();
    expect(await refusal(readReference({ pumps: dir, maintenance: dir, required: true }))).toContain(dir);
  });
});

test('absent files are an empty reference unless they are required', async () => {
  const dir = tempDir();
  const paths = { pumps: join(dir, 'none.csv'), maintenance: join(dir, 'nothing.csv') };
  expect((await readReference({ ...paths, required: false })).pumps.size).toBe(0);
  expect(await refusal(readReference({ ...paths, required: true }))).toContain('none.csv');
});

describe('years of two digits', () => {
  const now = () => Date.UTC(2026, 10, 28);
  const purchased = async (date: string) => {
    const path = join(tempDir(), 'sensorvendor.csv');
    writeFileSync(path, `A,PUMP,${date},2/1/11,ACME,29.1,-91.2\n`);
    return (await readPumps(path, now))[0].purchased;
  };

  test.each([
    ['3/1/98', '1998-03-01'],
    ['12/31/99', '1999-12-31'],
    ['1/1/00', '2000-01-01'],
    ['11/27/10', '2010-11-27'],
    ['11/28/26', '2026-11-28'],
    ['3/1/27', '2027-03-01'],
    ['3/1/28', '1928-03-01'],
    ['3/1/2062', '2062-03-01'],
    ['2062-03-01', '2062-03-01'],
  ])('a pump bought on %s was bought on %s', async (text, date) => {
    expect(await purchased(text)).toBe(date);
  });

  test('lie in the past for maintenance too', async () => {
    const path = join(tempDir(), 'sensormaint.csv');
    writeFileSync(path, 'A,12/31/99,J. Roe,Seal replaced\nA,3/15/26,J. Roe,Bearing replaced\n');
    expect((await readMaintenance(path, now)).map(({ date }) => date)).toEqual(['1999-12-31', '2026-03-15']);
  });
});

describe('contacts', () => {
  function contacts(text: string) {
    const path = join(tempDir(), 'contacts.csv');
    writeFileSync(path, text);
    return readContacts(path);
  }

  test('a name with a number, an address or both', async () => {
    expect(await contacts('J.Thomas,+1 (985) 555-0101 ext. 7,j.thomas@example.org\nHYDROCAM,555.0199,\nGENPUMP,,help@genpump.example\n')).toEqual([
      { name: 'J.Thomas', phone: '+1 (985) 555-0101 ext. 7', mail: 'j.thomas@example.org' },
      { name: 'HYDROCAM', phone: '555.0199', mail: null },
      { name: 'GENPUMP', phone: null, mail: 'help@genpump.example' },
    ]);
  });

  test.each([
    ['J.Thomas,,\n', 'a phone number, a mail address or both'],
    [',555-0101,\n', 'name to be there'],
    ['J.Thomas,none at night,\n', 'phone to be a number'],
    ['J.Thomas,555-0101,example.org\n', 'mail to be an address'],
    ['J. Thomas,555-0101,\nJ.THOMAS,555-0102,\n', 'line 2: expected one line for each name, got J.THOMAS again'],
    ['name,phone,mail\n', 'like a header line'],
  ])('refused: %j', async (text, sentence) => {
    expect(await refusal(contacts(text))).toContain(sentence);
  });
});
