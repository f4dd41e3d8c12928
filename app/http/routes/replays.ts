import { messageOf, systemCode } from '../../../domain/errors.ts';
import type { NumberedReject } from '../../../storage/table/rejects.ts';
import { dropMended } from '../../mend/dropMended.ts';
import { mendLine } from '../../mend/mendFile.ts';
import type { Api } from '../api.ts';
import { requireRole } from '../auth/identity.ts';
import { whoDoes } from '../auth/whoDoes.ts';
import type { DataSources } from '../dataSources.ts';
import { HttpProblem } from '../problems.ts';
import { replaying, replaying202 } from '../schemas/rejects.ts';

const BODY_BYTES = 512 * 1024;

/** `rejects/replays`: mended rows, which go the way of every file: through the inbox. */
export function replayRoutes(api: Api, { config, queries }: Pick<DataSources, 'config' | 'queries'>): void {
  const schema = {
    tags: ['data quality'],
    summary: 'Sends mended rows again',
    description: 'Needs the role operate. The rows are written into the inbox as a file of their own, as those of "wellwatch rejects ' +
      '--export" are; the job takes them from there, and the rejects say what became of them',
    body: replaying,
    response: { 202: replaying202 },
  };
  api.post('/rejects/replays', { schema, onRequest: requireRole('operate'), bodyLimit: BODY_BYTES }, async (request, reply) => {
    const { rows, by } = request.body;
    const { directory } = config.receivers;
    if (!directory) throw new HttpProblem('CONFLICT', 'receivers.directory is off, and mended rows come in by the inbox');
    const who = whoDoes(request, by);
    const lines: string[] = [];
    for (const { number, fields } of rows) lines.push(mendLine(openReject(number, await queries.reject(number)), fields, who));
    return reply.code(202).send({ file: drop(directory.path, lines), rows: rows.length });
  });
}

function openReject(number: number, reject: NumberedReject | undefined): NumberedReject {
  if (!reject) throw new HttpProblem('NOT_FOUND', `rows: expected the number of a reject that is listed, got ${number}. Nothing was sent`);
  if (reject.replayed) {
    const { by, source } = reject.replayed;
    throw new HttpProblem('CONFLICT', `Reject ${number} is mended already, by ${by ?? source}. Nothing was sent`);
  }
  return reject;
}

function drop(inbox: string, lines: readonly string[]): string {
  try {
    return dropMended(inbox, lines);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new HttpProblem('NOT_READY', `The inbox ${inbox} can't be written: ${messageOf(error)}. Nothing was sent`);
  }
}
