import type { Issue } from '../issues.ts';
import { suggestion } from '../../../domain/suggestion.ts';
import type { WrittenFormat } from './formatSchema.ts';

type Written = Readonly<Record<string, WrittenFormat>>;

/** What is wrong with how formats are used for files. */
export function fileFormatIssues(uses: readonly { readonly format: string }[], formats: Written): Issue[] {
  return uses.flatMap(({ format }, i) => {
    const path = `receivers.directory.formats[${i}].format`;
    return [
      ...unknownIssues(path, format, formats),
      ...usesTopic(formats[format]).map((key) => ({
        path,
        problem: `expected a format for files, and formats.${format}.${key} is for topics`,
      })),
      ...(format in formats && formats[format].time === undefined
        ? [{ path, problem: `expected a format with a time, and formats.${format} has none: the time of receipt says nothing of a file` }]
        : []),
    ];
  });
}

/** What is wrong with how formats are used for topics. */
export function topicFormatIssues(uses: readonly { readonly format?: string | undefined }[], formats: Written): Issue[] {
  return uses.flatMap(({ format }, i) => messageFormatIssues(`receivers.mqtt.topics[${i}].format`, format, formats));
}

/** What is wrong with how a format is used for messages; `path` is the setting that names it. */
export function messageFormatIssues(path: string, format: string | undefined, formats: Written): Issue[] {
  if (format === undefined) return [];
  return [
    ...unknownIssues(path, format, formats),
    ...(formats[format]?.pump?.file === undefined
      ? []
      : [{ path, problem: `expected a format for messages, and formats.${format}.pump.file is for files` }]),
  ];
}

function unknownIssues(path: string, format: string, formats: Written): Issue[] {
  if (Object.hasOwn(formats, format)) return [];
  const names = Object.keys(formats);
  const hint = names.length === 0 ? '; none is described: add it under formats' : suggestion(format, names);
  return [{ path, problem: `expected a name that stands in formats, got "${format}"${hint}` }];
}

function usesTopic(format: WrittenFormat | undefined): string[] {
  return [...(format?.pump?.topic === undefined ? [] : ['pump.topic']), ...(format?.tag?.topic === undefined ? [] : ['tag.topic'])];
}
