import { ReadingsBuffer } from '../../domain/reading/readings.ts';

/** For steps that have something else to commit. */
export const NO_READINGS = new ReadingsBuffer(0);
