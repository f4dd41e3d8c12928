import { z } from 'zod';
import { configSchema, SWITCHES } from './schema.ts';

/** A setting that is no section. */
export interface Key {
  readonly path: readonly string[];
  /** `WELLWATCH_` and the path in capitals with underscores. */
  readonly variable: string;
  readonly schema: z.ZodType;
}

/** `WELLWATCH_RECEIVERS_MQTT_CLIENT_ID` of `receivers.mqtt.clientId`. */
export function variableName(path: readonly string[]): string {
  return `WELLWATCH_${path.map((part) => part.replace(/[A-Z]/g, '_$&')).join('_').toUpperCase()}`;
}

/** Every setting of the schema. */
export function allKeys(): Key[] {
  return keysOf(configSchema, []);
}

/** The paths of the sections, `receivers` and `receivers.mqtt` alike. */
export function sectionPaths(): string[] {
  const keys = allKeys().map(({ path }) => path.slice(0, -1));
  return [...new Set(keys.flatMap((path) => path.map((_, i) => path.slice(0, i + 1).join('.'))))];
}

/** The variables that switch a section on or off, with its path. */
export function switchVariables(): ReadonlyMap<string, string> {
  return new Map(SWITCHES.map((path) => [variableName(path.split('.')), path]));
}

function keysOf(schema: z.ZodType, path: readonly string[]): Key[] {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodObject)) return [{ path, variable: variableName(path), schema }];
  return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([name, field]) => keysOf(field, [...path, name]));
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrapped(schema.unwrap() as z.ZodType);
  }
  return schema;
}
