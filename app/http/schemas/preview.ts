import { z } from 'zod';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { value } from './values.ts';

const MEASURE = new RegExp(`^(?:${MEASURES.join('|')})=.+$`);
const answer = z.string().min(1).max(256).optional();

/** Whose file it is, and what is answered to the questions of an earlier preview. */
export const previewQuery = z.strictObject({
  name: z.string().min(1).max(255).meta({ description: 'The file’s name, by which its format is found', example: 'trend.csv' }),
  cut: z.enum(['true', 'false']).optional().meta({ description: 'The body is only its beginning' }),
  dateOrder: z.enum(['day', 'month']).optional().meta({ description: 'Which comes first in its dates' }),
  decimal: z.enum(['comma', 'point']).optional(),
  pump: answer.meta({ description: 'The id of the pump that all of it is of' }),
  pumpColumn: answer.meta({ description: 'The column or path that has the pump’s id' }),
  measures: z.string().max(1024).optional().refine((text) => !text || text.split(';').every((one) => MEASURE.test(one.trim())), {
    error: `expected a measure (${MEASURES.join(', ')}), = and a name in the file, several with ; between, such as psi=Druck`,
  }).meta({ description: 'Names in the file by measure', example: 'psi=Druck; hz=Frequenz' }),
  good: answer.meta({ description: 'Words of good quality, with commas between' }),
});

/** What a file would become. */
export const preview = z.object({
  form: z.enum(['plain', 'configured', 'proposed', 'unknown']).meta({
    description: 'It needs no entry in the configuration, has one, gets one proposed, or there are questions first',
  }),
  format: z.string().nullable().meta({ description: 'The name of its format' }),
  found: z.array(z.string()).readonly().meta({ description: 'What was found: delimiter, header, order of dates, …' }),
  questions: z.array(z.string()).readonly().meta({ description: 'What somebody has to answer first' }),
  yaml: z.string().nullable().meta({ description: 'The entry of the configuration' }),
  rows: z.int(),
  readings: z.array(z.object({ pump: z.string(), at: z.string(), values: z.array(value).readonly() })).readonly()
    .meta({ description: `The first readings as they would be stored; values are ${MEASURES.join(', ')}` }),
  rejected: z.int(),
  replaced: z.string().nullable().meta({ description: 'Whether rows of one pump and time contradict each other, in a sentence' }),
  rejects: z.array(z.object({ line: z.int(), reason: z.string(), raw: z.string() })).readonly(),
  refused: z.string().nullable().meta({ description: 'Why the file as a whole would be refused' }),
  leftOut: z.array(z.string()).readonly().meta({ description: 'What the format leaves out, in sentences' }),
});
export type PreviewAnswer = z.output<typeof preview>;
