import type { SimulatedPump } from './pumps.ts';
import type { Random } from './random.ts';

/**
 * Pressures of a pump that is losing pressure, as gateways write them: through the limit of 5 psi with
 * readings at, just below and just above it, then nothing.
 */
export const FALLING_PRESSURES: readonly string[] = ['64', '41', '22.5', '12', '5.1', '5.0', '5', '4.99', '4.9', '2.5'];

/**
 * The measures of one simulated pump, as whole numbers of the last decimal they are written with.
 * Displacement and flow have a daily rhythm, the others vary from reading to reading. Only sums and
 * products that are exact or rounded the same way everywhere: no Math.sin.
 */
export class PumpModel {
  /** Hundredths. */
  hz = 0;
  /** Thousandths. */
  displacement = 0;
  flow = 0;
  /** Hundredths. */
  sediment = 0;
  psi = 0;
  /** Hundredths. */
  chlorine = 0;

  readonly #pump: SimulatedPump;
  readonly #random: Random;

  constructor(pump: SimulatedPump, random: Random) {
    this.#pump = pump;
    this.#random = random;
  }

  /** The next reading, at a share of the day from 0 to 1; a pump that has failed turns no more. */
  next(timeOfDay: number, failed: boolean): void {
    const random = this.#random;
    this.sediment = random.below(201);
    this.chlorine = 50 + random.below(151);
    const hz = 950 + random.below(101);
    const noise = random.below(9) - 4;
    const psi = 75 + random.below(26);
    this.hz = failed ? 0 : hz;
    this.psi = failed ? 0 : psi;
    this.displacement = failed ? 0 : Math.floor(this.#pump.displacement * (1 + 0.35 * wave(timeOfDay + this.#pump.shift))) + noise;
    this.flow = Math.floor(this.displacement * 0.509);
  }
}

/** A smooth wave of period 1 from -1 to 1, made of two parabolas. */
function wave(time: number): number {
  const x = time - Math.floor(time);
  return x < 0.5 ? 16 * x * (0.5 - x) : -16 * (x - 0.5) * (1 - x);
}
