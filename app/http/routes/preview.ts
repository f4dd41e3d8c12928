import type { z } from 'zod';
import { MEASURES } from '../../../domain/reading/measures.ts';
import type { Answers } from '../../preview/answers.ts';
import { replacedText } from '../../preview/decoded.ts';
import { leftOutText } from '../../run/leftOutNews.ts';
import type { Config } from '../../config/types.ts';
import { finite } from '../answers.ts';
import type { Api } from '../api.ts';
import type { DataSources } from '../dataSources.ts';
import { HttpProblem } from '../problems.ts';
import { preview, type PreviewAnswer, previewQuery } from '../schemas/preview.ts';

/** So much of a file is looked at. */
const BODY_BYTES = 1024 * 1024;
/** A preview of a large file keeps the thread busy that answers everybody. */
const MOST_A_MINUTE = 60;
const BYTES_TYPE = 'application/octet-stream';

/** `preview`: what a file would become. Nothing of it is kept. */
export function previewRoutes(api: Api, { config }: Pick<DataSources, 'config'>): void {
  void api.register(async (own: Api) => {
    own.addContentTypeParser(BYTES_TYPE, { parseAs: 'buffer', bodyLimit: BODY_BYTES }, (_request, body, done) => done(null, body));
    const schema = {
      tags: ['data quality'],
      summary: 'What a file of any shape would become; nothing of it is stored',
      description: `The body is the file, or its first ${BODY_BYTES} bytes, as ${BYTES_TYPE}`,
      querystring: previewQuery,
      response: { 200: preview },
    };
    const rate = own.rateLimit({ max: MOST_A_MINUTE, timeWindow: '1 minute' });
    own.post('/preview', { schema, bodyLimit: BODY_BYTES, onRequest: rate }, async ({ body, query }) => {
      if (!Buffer.isBuffer(body)) throw new HttpProblem('INVALID_REQUEST', `Expected the file as ${BYTES_TYPE}`);
      if (/\.gz$/i.test(query.name))
        throw new HttpProblem('INVALID_REQUEST', `Expected a file that is not compressed, got ${query.name}: "wellwatch preview" unpacks it`);
      return previewAnswer(body, query, config);
    });
  });
}

async function previewAnswer(bytes: Buffer, query: z.output<typeof previewQuery>, config: Config): Promise<PreviewAnswer> {
  const [{ previewOf }, { sampleOf }] = await Promise.all([import('../../preview/preview.ts'), import('../../preview/sample.ts')]);
  const found = previewOf(sampleOf(query.name, bytes, query.cut === 'true'), { config, answers: answersOf(query), now: Date.now() });
  const { form, format, questions, yaml, decoded, leftOut } = found;
  return {
    form, format, found: found.found, questions, yaml,
    rows: decoded?.rows ?? 0,
    readings: decoded?.readings.map(({ pump, at, values }) => ({
      pump, at, values: MEASURES.map((measure) => values[measure] === null ? null : finite(values[measure])),
    })) ?? [],
    rejected: decoded?.rejected ?? 0,
    replaced: replacedText(decoded?.replaced ?? 0) ?? null,
    rejects: decoded?.rejects.map(({ line, reason, raw }) => ({ line, reason, raw })) ?? [],
    refused: decoded?.refusal ?? null,
    leftOut: leftOut ? [...leftOutText(leftOut)] : [],
  };
}

function answersOf({ dateOrder, decimal, pump, pumpColumn, measures = '', good }: z.output<typeof previewQuery>): Answers {
  const named = measures.split(';').map((one) => one.trim()).filter((one) => one !== '');
  return {
    dateOrder, decimal, pump, pumpColumn,
    measures: Object.fromEntries(named.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1).trim()])),
    good: good?.split(','),
  };
}
