import { type Measure, measureFacts, measureIndex, MEASURES } from '../../domain/reading/measures.ts';
import type { SimulatedPump } from './pumps.ts';
import type { Random } from './random.ts';

/**
 * Pressures of a pump that is losing pressure, as gateways write them: through the limit of 5 psi with
 * readings at, just below and just above it, then nothing.
 */
export const FALLING_PRESSURES: readonly string[] = ['64', '41', '22.5', '12', '5.1', '5.0', '5', '4.99', '4.9', '2.5'];

/** Measures that vary by themselves and have nothing to do with the pump's work, in the order in which they are drawn. */
const FREE: readonly Measure[] = ['sedPPM', 'chlPPM'];
/** Those of which the model knows nothing. */
const OTHERS = MEASURES.filter((measure) => !['hz', 'disp', 'flo', 'psi', ...FREE].includes(measure));
const { hz: HZ, disp: DISP, flo: FLO, psi: PSI } = measureIndex;

/**
 * The measures of one simulated pump. Displacement and flow have a daily rhythm, the others vary from reading to
 * reading. Only sums and products that are exact or rounded the same way everywhere: no Math.sin.
 */
export class PumpModel {
  /** In the order of MEASURES: whole numbers of the last decimal that each is written with. */
  readonly values: number[] = MEASURES.map(() => 0);

  readonly #pump: SimulatedPump;
  readonly #random: Random;

  constructor(pump: SimulatedPump, random: Random) {
    this.#pump = pump;
    this.#random = random;
  }

  /** The next reading, at a share of the day from 0 to 1; a pump that has failed turns no more. */
  next(timeOfDay: number, failed: boolean): void {
    const { values } = this;
    for (const measure of FREE) values[measureIndex[measure]] = this.#usual(measure);
    const hz = this.#usual('hz');
    const noise = this.#random.below(9) - 4;
    const psi = this.#usual('psi');
    values[HZ] = failed ? 0 : hz;
    values[PSI] = failed ? 0 : psi;
    values[DISP] = failed ? 0 : Math.floor(this.#pump.displacement * (1 + 0.35 * wave(timeOfDay + this.#pump.shift))) + noise;
    values[FLO] = Math.floor(values[DISP] * 0.509);
    for (const measure of OTHERS) values[measureIndex[measure]] = this.#usual(measure);
  }

  #usual(measure: Measure): number {
    const [low, high, decimals] = measureFacts[measure].usual;
    const first = Math.round(low * 10 ** decimals);
    return first + this.#random.below(Math.round(high * 10 ** decimals) - first + 1);
  }
}

/** A smooth wave of period 1 from -1 to 1, made of two parabolas. */
function wave(time: number): number {
  const x = time - Math.floor(time);
  return x < 0.5 ? 16 * x * (0.5 - x) : -16 * (x - 0.5) * (1 - x);
}
