import { z } from 'zod';
import { instant } from './values.ts';

/** A message about an alarm, and whether it arrived. */
export const told = z.object({
  at: instant.meta({ description: 'When the message was made' }),
  channel: z.string().meta({ description: 'Of notify.channels', example: 'duty' }),
  kind: z.string().meta({ description: 'raised, worse, reminder, cleared, withdrawn or flood' }),
  state: z.enum(['waiting', 'sent', 'failed']).meta({ description: 'sent: the other side has taken it; failed: it was given up' }),
  attempts: z.int(),
  problem: z.string().nullable().meta({ description: 'Why the last attempt failed' }),
  endedAt: instant.nullable().meta({ description: 'When it was taken or given up' }),
});
export const toldAnswer = z.object({ items: z.array(told) });
