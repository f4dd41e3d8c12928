import type { StreamSource } from '../source.ts';
import { type FilesOptions, linesOf, NewFiles } from './newFiles.ts';

/**
 * The lines of files that come into a folder: per batch those of all files that were not read before, in order of their
 * paths. `folder` may be a pattern of folders, `logs/2026-*`. UTF-8, a byte order mark is left out; `.gz` is unpacked. A
 * file is moved in whole and not changed afterwards. Another file of the same name is read too; of one that has grown, what
 * was added, with a warning. Files are read whole: for large ones take the directory receiver. Which were read is kept, as
 * long as they lie there. One that is taken away before it is read is left out. Where the context has a rate, a batch takes
 * no further file once it has that many lines. Fails with AppError INBOX_UNAVAILABLE. Spark's textFileStream and fileStream.
 */
export function textFiles(folder: string, options: FilesOptions = {}): StreamSource<string> {
  const files = new NewFiles(folder, options);
  return {
    kind: `textFiles(${folder})`,
    name: options.name,
    state: files.state,
    start: (onEvent) => files.start(onEvent),
    async take(_, limit = Infinity) {
      const lines: string[] = [];
      for await (const { text } of files.texts()) {
        for (const line of linesOf(text)) lines.push(line);
        if (lines.length >= limit) break;
      }
      return lines;
    },
  };
}
