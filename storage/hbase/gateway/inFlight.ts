/** Calls `work` for each item, a few at a time, in order of the items. Waits for all that has begun, then throws the first error. */
export async function inFlight<T>(most: number, items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true && !failed; next = iterator.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: most }, lane));
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
}
