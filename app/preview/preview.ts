import { stringify } from 'yaml';
import { messageOf } from '../../domain/errors.ts';
import { receiptsOf } from '../../domain/reading/receipt.ts';
import { csvDecoder } from '../../ingest/decode/csv/csvDecoder.ts';
import { dateOrderOf } from '../../ingest/decode/csv/dateOrder.ts';
import type { LeftOut } from '../../ingest/decode/mapping/tally.ts';
import { FileFormats } from '../../ingest/receivers/directory/fileFormats.ts';
import { Formats } from '../../ingest/receivers/formats.ts';
import { compileFormat } from '../../ingest/receivers/mappedFormats.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/types.ts';
import type { Answers, Proposal } from './answers.ts';
import { type Decoded, decodeSample } from './decoded.ts';
import { documentsOf } from './documents.ts';
import { proposeCsv } from './proposeCsv.ts';
import { proposeJson } from './proposeJson.ts';
import { type Sample, textOf } from './sample.ts';
import { shapeOf } from './tableShape.ts';

/** What a file would become. */
export interface Preview {
  /** `plain`: it needs no entry. `configured`: the configuration has one. `proposed`: `yaml` is one. `unknown`: there are questions. */
  readonly form: 'plain' | 'configured' | 'proposed' | 'unknown';
  /** The format's name. */
  readonly format: string | null;
  readonly found: readonly string[];
  /** What somebody has to answer first. */
  readonly questions: readonly string[];
  /** The entry of the configuration to paste. */
  readonly entry: Readonly<Record<string, unknown>> | null;
  readonly yaml: string | null;
  readonly decoded: Decoded | undefined;
  readonly leftOut: LeftOut | undefined;
}

export interface PreviewOptions {
  readonly config: Config;
  readonly answers: Answers;
  /** A format of the configuration. */
  readonly format?: string | undefined;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: number;
}

/** Looks at a sample: by the format that is asked for or configured for its name, as the plain form, or with an entry to propose. */
export function previewOf(sample: Sample, options: PreviewOptions): Preview {
  const { config } = options;
  const { formats, site, receivers: { directory } } = config;
  const rules = directory ? directory.formats : [];
  const files = new FileFormats(new Formats(formats, site.timezone, compileFormat), rules);
  const byName = formats.find(({ name }) => files.decoderOf(sample.name).format === `formats.${name}`)?.name;
  const name = options.format ?? byName;
  if (name !== undefined) return withFormat(sample, name, options);
  return plainPreview(sample, options) ?? proposed(sample, options);
}

function withFormat(sample: Sample, name: string, { config, now }: PreviewOptions): Preview {
  const format = config.formats.find((candidate) => candidate.name === name)!;
  const decoder = compileFormat(format, config.site.timezone);
  const decoded = decodeSample(decoder, sample, receiptsOf(config.site.timezone, config.limits.futureMs)(now));
  const found = [`read by formats.${name}`];
  return { form: 'configured', format: name, found, questions: [], entry: null, yaml: null, decoded, leftOut: decoder.leftOut() };
}

/** Undefined for what is none of the plain form. */
function plainPreview(sample: Sample, { config, now }: PreviewOptions): Preview | undefined {
  if (sample.encoding !== 'utf-8' || dateOrderOf(sample.bytes, 0, sample.bytes.length) === 'dayFirst') return undefined;
  const decoded = decodeSample(csvDecoder, sample, receiptsOf(config.site.timezone, config.limits.futureMs)(now));
  if (decoded.refusal !== undefined || decoded.rows <= decoded.rejected) return undefined;
  const found = ['the plain form, which needs no entry in the configuration'];
  return { form: 'plain', format: null, found, questions: [], entry: null, yaml: null, decoded, leftOut: undefined };
}

function proposed(sample: Sample, { config, answers, now }: PreviewOptions): Preview {
  const text = textOf(sample);
  const proposal = propose(sample, text, answers);
  const unknown = { form: 'unknown' as const, format: null, entry: null, yaml: null, decoded: undefined, leftOut: undefined };
  if (!proposal) return { ...unknown, found: [], questions: ['It is neither a table with times nor JSON: export it as CSV with a header'] };
  const { entry, found, questions } = proposal;
  if (questions.length > 0) return { ...unknown, found, questions };
  const name = nameOf(sample.name, config);
  const whole = { formats: { [name]: entry }, receivers: receiversOf(sample.name, name, entry) };
  try {
    const [format] = loadConfig({ defaults: { formats: { [name]: entry } }, env: {} }).formats;
    const decoder = compileFormat(format, config.site.timezone);
    const decoded = decodeSample(decoder, sample, receiptsOf(config.site.timezone, config.limits.futureMs)(now));
    const yaml = stringify(whole, { lineWidth: 0 });
    return { form: 'proposed', format: name, found, questions, entry: whole, yaml, decoded, leftOut: decoder.leftOut() };
  } catch (error) {
    return { ...unknown, found, questions: [messageOf(error)] };
  }
}

function propose(sample: Sample, text: string, answers: Answers): Proposal | undefined {
  const documents = documentsOf(text);
  if (documents) return proposeJson(documents, answers);
  const shape = shapeOf(text);
  return shape && proposeCsv({ shape, encoding: sample.encoding, name: sample.name }, answers);
}

/** A name for the format, from the file's, that no other has. */
function nameOf(file: string, { formats }: Config): string {
  const base = /[A-Za-z]{2,}/.exec(file)?.[0].toLowerCase() ?? 'source';
  const isTaken = (name: string) => formats.some((format) => format.name === name);
  let name = base;
  for (let i = 2; isTaken(name); i++) name = `${base}${i}`;
  return name;
}

/** Files of this kind by their names; what came on standard input is a message. */
function receiversOf(file: string, format: string, entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (file === '-') return { mqtt: { topics: [{ topic: 'pumps/+/readings' }, { topic: 'gateway/#', format }] } };
  const { file: pattern } = (entry.pump ?? {}) as { readonly file?: string };
  const [, stem, extension] = /^(.+?)((?:\.[^.]*)?)$/.exec(file.replace(/\.gz$/i, ''))!;
  const rest = pattern === undefined ? stem : `*${stem.replace(/^[^_.]+/, '')}`;
  return { directory: { formats: [{ files: `${rest.replace(/\d+(?:[-_.T]\d+)*/g, '*').replace(/\*+/g, '*')}${extension}`, format }] } };
}
