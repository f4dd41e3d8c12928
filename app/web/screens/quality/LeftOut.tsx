import type { LeftOutAnswer } from '../../../http/schemas/streaming.ts';
import { get } from '../../api.ts';
import { readingNews } from '../../news.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { useResource } from '../../resource.ts';
import { visible } from '../../visible.ts';

/** What formats leave out without rejecting it, where there are formats. */
export function LeftOut() {
  const leftOut = useResource(`left out ${readingNews.value}`, (signal) => get<LeftOutAnswer>('/streaming/left-out', {}, signal));
  return (
    <Loaded resource={leftOut} lines={0}>
      {({ items }) => items.length > 0 && (
        <section class="panel" aria-labelledby="left-out">
          <h2 id="left-out">Left out by formats</h2>
          <ul>{items.map(({ format, sentences }) => <li key={format}>{format}: {visible(sentences.join('; '))}</li>)}</ul>
        </section>
      )}
    </Loaded>
  );
}
