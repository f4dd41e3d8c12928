import { ReadingsBuffer } from '../../domain/readings.ts';

/** For steps that have something else to commit. */
export const NO_READINGS = new ReadingsBuffer(0);
