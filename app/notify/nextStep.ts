import { alarmKey, type AlarmNow } from '../../domain/notify/alarmNow.ts';
import { type Now, type Route, routesOf } from '../../domain/notify/routes.ts';
import type { Told } from '../../domain/notify/told.ts';

/** Who is told next of an alarm when nobody acknowledges it, and at which wall time; undefined when nobody is. */
export function nextStep(
  alarm: AlarmNow,
  { routes, told, time }: { readonly routes: readonly Route[]; readonly told: Told; readonly time: Now },
): { readonly at: number; readonly channels: readonly string[] } | undefined {
  const known = told.cases.get(alarmKey(alarm));
  if (!known) return undefined;
  const steps = routesOf(alarm, routes).flatMap(({ key, steps }) => {
    const startedAt = known.routes[key];
    if (startedAt === undefined) return [];
    return steps.filter(({ afterMs }) => startedAt + afterMs > time.utc).map(({ afterMs, to }) => ({ at: startedAt + afterMs, to }));
  });
  const first = steps.sort((one, other) => one.at - other.at).at(0);
  return first && { at: first.at - time.utc + time.wall, channels: first.to };
}
