/** A small generator of numbers that is the same on every machine. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A row that depends on nothing but its number: whoever brings it, however often, it is the same row. */
export function rowOf(number: number): string {
  const pump = `PUMP_${number % 7}`;
  const minute = Math.floor(number / 7);
  const day = 1 + (Math.floor(minute / 1440) % 28);
  const clock = minute % 1440;
  const month = 1 + Math.floor(minute / 1440 / 28);
  const psi = number % 97 === 0 ? 0 : 60 + (number % 41);
  const time = `${Math.floor(clock / 60)}:${String(clock % 60).padStart(2, '0')}`;
  const [hz, disp, flo] = [10 + (number % 13) / 10, `1.7${number % 10}`, 880 + (number % 9)];
  return `${pump},${month}/${day}/14,${time},${hz},${disp},${flo},1.${number % 100},${psi},0.${number % 90}`;
}

/** A line that is no reading, different for each number. */
export const badRowOf = (number: number): string => `PUMP_0,13/45/14,1:00,bad ${number}`;
