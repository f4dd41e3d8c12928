import { groupsOf } from '../../../ingest/decode/mapping/pattern.ts';
import { timeFormatProblem } from '../../../ingest/decode/mapping/timeFormat.ts';
import { messageOf } from '../../../domain/errors.ts';
import type { Issue } from '../issues.ts';
import type { WrittenFormat } from './formatSchema.ts';

/** Keys that only one kind of format has. */
const CSV_KEYS = ['delimiter', 'decimal', 'thousands', 'encoding', 'skip', 'unitsRow'] as const;
const JSON_KEYS = ['each'] as const;

/** What in a format does not go together; paths begin with `formats.NAME`. */
export function formatIssues(name: string, format: WrittenFormat): Issue[] {
  const at = `formats.${name}`;
  if (!/^[A-Za-z\d][\w-]{0,63}$/.test(name))
    return [{ path: at, problem: 'expected a name of letters, digits, dash and underscore, at most 64 characters' }];
  return [
    ...kindIssues(format),
    ...(format.thousands !== undefined && format.thousands === (format.decimal ?? '.')
      ? [{ path: 'thousands', problem: `expected another sign than decimal, which is ${format.thousands}` }]
      : []),
    ...pumpIssues(format),
    ...tagIssues(format),
    ...timeIssues(format),
    ...qualityIssues(format),
    ...measureIssues(format),
  ].map(({ path, problem }) => ({ path: `${at}.${path}`, problem }));
}

/** `column` belongs to CSV, `path` to JSON. */
function kindIssues(format: WrittenFormat): Issue[] {
  const { kind } = format;
  const [others, other] = kind === 'csv' ? ([JSON_KEYS, 'json'] as const) : ([CSV_KEYS, 'csv'] as const);
  const wrong = kind === 'csv' ? 'path' : 'column';
  const right = kind === 'csv' ? 'column' : 'path';
  return [
    ...others
      .filter((key) => key in format && format[key as keyof WrittenFormat] !== undefined)
      .map((key) => ({
        path: key,
        problem: `expected only with kind: ${other}, and this is kind: ${kind}`,
      })),
    ...(['pump', 'tag', 'time', 'value', 'quality'] as const).flatMap((part) => {
      const section = format[part] as Record<string, unknown> | undefined;
      if (section?.[wrong] === undefined && !(kind === 'json' && section?.columns !== undefined)) return [];
      return [{ path: part, problem: `expected ${right}, as this is kind: ${kind}` }];
    }),
    ...(format.tag?.header && kind === 'json'
      ? [{ path: 'tag.header', problem: 'expected only with kind: csv; for names in an object set key: true' }]
      : []),
    ...(format.pump?.key && kind === 'csv' ? [{ path: 'pump.key', problem: 'expected only with kind: json' }] : []),
    ...(format.tag?.key && kind === 'csv'
      ? [{ path: 'tag.key', problem: 'expected only with kind: json; for names in the header set header: true' }]
      : []),
  ];
}

const PUMP_SOURCES = ['column', 'path', 'topic', 'file', 'value', 'key'] as const;
const TAG_SOURCES = ['column', 'path', 'topic', 'header', 'key'] as const;

function pumpIssues({ pump, tag }: WrittenFormat): Issue[] {
  const inTag = tag?.pattern !== undefined && groups(tag.pattern).includes('pump');
  if (!pump) {
    if (inTag) return [];
    return [
      {
        path: 'pump',
        problem:
          "expected where the pump's id comes from: column or path, topic: LEVEL, file: PATTERN, value: ID, or a " +
          'group (?<pump>…) in tag.pattern',
      },
    ];
  }
  if (inTag) return [{ path: 'pump', problem: 'expected nothing, as tag.pattern has the pump in (?<pump>…)' }];
  return [
    ...oneOfIssues('pump', pump, PUMP_SOURCES),
    ...(pump.key && tag?.key ? [{ path: 'pump.key', problem: 'expected nothing with tag.key: a name in an object is one of them' }] : []),
    ...(pump.file === undefined ? [] : patternIssues('pump.file', pump.file, ['pump'])),
  ];
}

function tagIssues({ tag, value, kind }: WrittenFormat): Issue[] {
  const place = kind === 'csv' ? 'column' : 'path';
  if (!tag)
    return value ? [{ path: 'value', problem: 'expected only with tag; without one measures names where each value stands' }] : [];
  const needsValue = tag.column !== undefined || (kind === 'csv' && tag.topic !== undefined) || tag.path !== undefined;
  return [
    ...oneOfIssues('tag', tag, TAG_SOURCES),
    ...(tag.pattern === undefined ? [] : patternIssues('tag.pattern', tag.pattern, ['measure'], ['pump'])),
    ...(needsValue && value?.[place] === undefined
      ? [{ path: 'value', problem: `expected the ${place} of the value that goes with a tag` }]
      : []),
    ...(tag.header && value ? [{ path: 'value', problem: 'expected nothing with tag.header: the values stand below the heads' }] : []),
  ];
}

function timeIssues({ time, kind }: WrittenFormat): Issue[] {
  if (!time) return [];
  const { column, columns, path, format, unit } = time;
  const places = [column, columns, path].filter((place) => place !== undefined).length;
  const problem = format === undefined ? undefined : timeFormatProblem(format);
  return [
    ...(places === 1 && columns?.length !== 0
      ? []
      : [{ path: 'time', problem: kind === 'csv' ? 'expected either column or columns' : 'expected a path' }]),
    ...(format !== undefined && unit !== undefined ? [{ path: 'time.unit', problem: 'expected either format or unit' }] : []),
    ...(problem === undefined ? [] : [{ path: 'time.format', problem: `${problem}, got "${format}"` }]),
    ...(unit !== undefined && unit !== 'excel' && time.zone !== 'site' && time.zone !== 'UTC'
      ? [{ path: 'time.zone', problem: `expected nothing or UTC: ${unit} since 1970 are UTC always` }]
      : []),
  ];
}

function qualityIssues({ quality, measures, tag, kind }: WrittenFormat): Issue[] {
  const own = Object.entries(measures)
    .filter(([, measure]) => measure?.quality !== undefined)
    .map(([measure]) => measure);
  const place = kind === 'csv' ? 'column' : 'path';
  return [
    ...(own.length > 0 && tag
      ? own.map((measure) => ({ path: `measures.${measure}.quality`, problem: 'expected nothing with tag: set quality' }))
      : []),
    ...(own.length > 0 && !quality ? [{ path: 'quality', problem: 'expected the good words: { good: [Good, 192] }' }] : []),
    ...(quality && own.length === 0 && quality[place] === undefined ? [{ path: 'quality', problem: `expected a ${place}` }] : []),
    ...(quality?.good.length === 0
      ? [{ path: 'quality.good', problem: 'expected at least one word of good values, or no quality' }]
      : []),
  ];
}

function measureIssues({ measures, unitsRow, ...format }: WrittenFormat): Issue[] {
  const named = Object.entries(measures).flatMap(([measure, source]) => (source ? [{ measure, source }] : []));
  const seen = new Map<string, string>();
  const twice = named.flatMap(({ measure, source }) =>
    source.from.flatMap((name) => {
      const before = seen.get(String(name).toLowerCase());
      seen.set(String(name).toLowerCase(), measure);
      return before === undefined
        ? []
        : [{ path: `measures.${measure}`, problem: `expected a name that stands once, got ${name} as in ${before}` }];
    }),
  );
  const numbered = (place: unknown) => typeof place === 'number';
  const headless =
    format.kind === 'csv' &&
    !format.tag &&
    named.every(({ source }) => source.from.every(numbered)) &&
    [format.time?.column, ...(format.time?.columns ?? [])].every((place) => place === undefined || numbered(place));
  return [
    ...(named.length === 0 ? [{ path: 'measures', problem: 'expected at least one measure and its name in the source' }] : []),
    ...named
      .filter(({ source }) => source.from.length === 0)
      .map(({ measure }) => ({ path: `measures.${measure}`, problem: 'expected a name' })),
    ...named
      .filter(({ source }) => source.scale === 0)
      .map(({ measure }) => ({ path: `measures.${measure}.scale`, problem: 'expected a number other than 0' })),
    ...twice,
    ...(unitsRow && headless ? [{ path: 'unitsRow', problem: 'expected a header before it, and columns by number need none' }] : []),
  ];
}

function oneOfIssues(path: string, section: Readonly<Record<string, unknown>>, keys: readonly string[]): Issue[] {
  const given = keys.filter((key) => section[key] !== undefined);
  return given.length === 1
    ? []
    : [{ path, problem: `expected one of ${keys.join(', ')}, got ${given.length === 0 ? 'none' : given.join(' and ')}` }];
}

function patternIssues(path: string, text: string, needed: readonly string[], more: readonly string[] = []): Issue[] {
  try {
    const found = groupsOf(text);
    const wrong = found.filter((group) => !needed.includes(group) && !more.includes(group));
    if (needed.every((group) => found.includes(group)) && wrong.length === 0) return [];
    const wanted = [...needed, ...more].map((group) => `(?<${group}>…)`).join(' and ');
    return [
      {
        path,
        problem: `expected the ${needed.length + more.length > 1 ? 'groups' : 'group'} ${wanted}, got ${found.map((group) => `(?<${group}>…)`).join(' and ') || 'none'}`,
      },
    ];
  } catch (error) {
    return [{ path, problem: `expected a regular expression of RE2 (no look-around, no back-references): ${messageOf(error)}` }];
  }
}

function groups(text: string): string[] {
  try {
    return groupsOf(text);
  } catch {
    return ['pump']; // told by itself
  }
}
