import { setTimeout as sleep } from 'node:timers/promises';
import type { GeneratedLine } from './generator.ts';
import { PumpModel } from './pumpModel.ts';
import { FIELD } from './pumps.ts';
import { Random } from './random.ts';
import { LONGEST_ROW, writeRow } from './rowWriter.ts';
import { WallClockText } from './wallClockText.ts';

export interface DemoOptions {
  readonly seed: number;
  readonly now: () => Date;
  /** The site's IANA zone: readings bear its wall clock. */
  readonly timezone: string;
  /** Ends the readings. */
  readonly signal: AbortSignal;
  /** Waits that many ms, or until the signal aborts. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The one that has failed in the sample readings, and is still down. */
const DOWN = 'MERMENTAU';
const SECONDS_A_DAY = 86_400;

/**
 * Readings of the pumps of the sample as they happen, each pump's about every second, spread over the
 * second. One has failed before and stays so; of the others one loses pressure a few seconds after the start for about half a minute, later
 * another one, and so on; the same seed gives the same measures and failures. Seconds in which nobody
 * asked are left out.
 */
export async function* demoLines({ seed, now, timezone, signal, pause = pauseFor }: DemoOptions): AsyncIterable<GeneratedLine> {
  const pumps = FIELD.map((pump, i) => ({
    id: pump.id,
    prefix: Buffer.from(`${pump.id},`),
    model: new PumpModel(pump, new Random(seed, i + 1)),
  }));
  const failures = new Failures(new Random(seed), pumps.length);
  const clock = new WallClockText(timezone);
  const bytes = Buffer.alloc(LONGEST_ROW);
  for (let second = nextSecond(now()); !signal.aborted; second = Math.max(second + 1, nextSecond(now()))) {
    const when = clock.at(new Date(second * 1000));
    const failing = failures.next();
    for (const [i, { id, prefix, model }] of pumps.entries()) {
      await waitUntil(second * 1000 + (i * 1000) / pumps.length);
      if (signal.aborted) return;
      model.next((second % SECONDS_A_DAY) / SECONDS_A_DAY, i === failing || id === DOWN);
      const length = writeRow(bytes, 0, { pump: prefix, when, model, psi: undefined });
      yield { pump: id, line: Buffer.from(bytes.subarray(0, length)) };
    }
  }

  async function waitUntil(time: number): Promise<void> {
    const ms = time - now().getTime();
    if (ms > 0) await pause(ms, signal);
  }
}

/** Which pump has failed, second by second: one now and then. */
class Failures {
  readonly #random: Random;
  readonly #pumps: number;
  #second = 0;
  #pump = -1;
  #from: number;
  #to = 0;

  constructor(random: Random, pumps: number) {
    this.#random = random;
    this.#pumps = pumps;
    this.#from = random.between(4, 7);
    this.#draw();
  }

  /** The pump that has failed in the next second, or -1. */
  next(): number {
    const second = this.#second++;
    if (second < this.#from) return -1;
    if (second < this.#to) return this.#pump;
    this.#from = second + this.#random.between(20, 60);
    this.#draw();
    return -1;
  }

  #draw(): void {
    this.#to = this.#from + this.#random.between(20, 40);
    let other = this.#random.below(this.#pumps);
    while (other === this.#pump || FIELD[other].id === DOWN) other = (other + 1) % this.#pumps;
    this.#pump = other;
  }
}

function nextSecond(now: Date): number {
  return Math.ceil(now.getTime() / 1000);
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
