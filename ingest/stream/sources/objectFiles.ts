import { messageOf } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import type { Json } from '../../../storage/table/state.ts';
import type { StreamSource } from '../source.ts';
import { decodeState } from '../stateValue.ts';
import { type FilesOptions, linesOf, NewFiles } from './newFiles.ts';

/**
 * The items of files that saveAsObjectFiles has written, as they come into a folder: an item a line, as JSON, of which dates,
 * undefined and numbers such as Infinity are made again. Which files, and in which order, is as textFiles has it. Lines
 * that are no JSON are left out, with a warning a file. Spark's objectFile.
 */
export function objectFiles<T>(folder: string, options: FilesOptions = {}): StreamSource<T> {
  const files = new NewFiles(folder, options);
  let tell: (event: LogEvent) => void = () => undefined;
  return {
    kind: `objectFiles(${folder})`,
    name: options.name,
    state: files.state,
    start(onEvent) {
      tell = onEvent;
      return files.start(onEvent);
    },
    async take(_, limit = Infinity) {
      const items: T[] = [];
      for await (const { path, text } of files.texts()) {
        const wrong: string[] = [];
        for (const line of linesOf(text)) {
          try {
            items.push(decodeState(JSON.parse(line) as Json) as T);
          } catch (error) {
            wrong.push(messageOf(error));
          }
        }
        if (wrong.length > 0)
          tell({ level: 'warn', message: `${path}: ${said(wrong.length)}; the first: ${wrong[0]}` });
        if (items.length >= limit) break;
      }
      return items;
    },
  };
}

function said(wrong: number): string {
  return wrong === 1 ? '1 line is no JSON and is left out' : `${wrong} lines are no JSON and are left out`;
}
