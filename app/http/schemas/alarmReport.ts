import { z } from 'zod';

const kpi = z.object({
  kpi: z.string().meta({ example: 'average-rate' }),
  name: z.string(),
  value: z.number().nullable().meta({ description: 'null where it is not known' }),
  unit: z.string(),
  target: z.string().nullable(),
  met: z.boolean().nullable().meta({ description: 'null where there is no target, or nothing is known' }),
  source: z.string().meta({ description: 'Who sets the target' }),
  details: z.record(z.string(), z.unknown()).meta({ description: 'What the figure is made of' }),
});

/** How good the alarms of some days are. */
export const alarmReport = z.object({ from: z.string(), to: z.string(), items: z.array(kpi) });
export type AlarmReport = z.output<typeof alarmReport>;
