/** As much of OpenAPI 3.1 as the page of the API shows. */
export interface DescribedApi {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Contents };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Contents }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

/** By media type. */
export type Contents = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** A field of an answer or a body: `items[].pump`. */
export interface Field {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

/** The fields of a schema, one after the other, as deep as they go. */
export function fieldsOf(schema: Schema, path = ''): Field[] {
  const { properties, items, required = [], anyOf, oneOf } = schema;
  if (items) return fieldsOf(items, `${path}[]`);
  const variants = anyOf ?? oneOf;
  if (variants) return variants.flatMap((variant) => fieldsOf(variant, path));
  return Object.entries(properties ?? {}).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [{ path: at, type: typeText(field), required: required.includes(name), description: field.description ?? '' }, ...fieldsOf(field, at)];
  });
}

/** `text`, `number or null`, `one of low, medium, high`. */
export function typeText({ type, enum: values, const: only, anyOf, oneOf, items }: Schema): string {
  if (values) return values.length === 1 ? String(values[0]) : `one of ${values.map(String).join(', ')}`;
  if (only !== undefined) return JSON.stringify(only);
  const variants = anyOf ?? oneOf;
  if (variants) return [...new Set(variants.map(typeText))].join(' or ');
  if (items) return `list of ${typeText(items)}`;
  const types = typeof type === 'string' ? [type] : type ?? ['anything'];
  return types.map((one) => (one === 'string' ? 'text' : one)).join(' or ');
}

/** A value that a schema allows, as it looks. */
export function exampleOf(schema: Schema): unknown {
  const { example, examples, default: usual, enum: values, const: only, anyOf, oneOf, items, properties } = schema;
  for (const given of [example, examples?.[0], usual, only, values?.[0]]) if (given !== undefined) return given;
  const variant = (anyOf ?? oneOf)?.[0];
  if (variant) return exampleOf(variant);
  if (items) return [exampleOf(items)];
  if (properties) return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, exampleOf(field)]));
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  return { integer: 1, number: 1.5, boolean: true, array: [], object: {}, string: '…' }[type ?? ''] ?? null;
}
