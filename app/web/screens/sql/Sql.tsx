import { useEffect, useRef, useState } from 'preact/hooks';
import type { SqlAnswerJson, SqlTablesJson } from '../../../http/schemas/sql.ts';
import { ApiError, get, post, postForCsv } from '../../api.ts';
import { download } from '../../parts/CsvButton.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { useResource } from '../../resource.ts';
import { query, setQuery } from '../../route.ts';
import { Answer } from './Answer.tsx';
import { QUESTIONS } from './questions.ts';

/** More of them nobody reads on a page. */
const ROWS = 1000;

/** Questions in SQL about all that is stored, the tables beside them. The URL holds the question: its link can be sent. */
export function Sql() {
  const asked = query.value.get('q') ?? '';
  const [text, setText] = useState(asked || QUESTIONS[0].sql);
  useEffect(() => {
    if (asked !== '') setText(asked);
  }, [asked]);
  const { answer, error, busy, ask, stop } = useAnswer(asked);
  const run = (sql: string) => {
    setText(sql);
    if (sql === asked) ask();
    else setQuery({ q: sql, plot: null });
  };
  return (
    <>
      <h1>Questions in SQL</h1>
      <div class="sql-screen">
        <section class="panel" aria-label="Question">
          <div class="tools" role="group" aria-label="Questions to begin with">
            {QUESTIONS.map(({ title, sql }) => <button key={title} type="button" onClick={() => run(sql)}>{title}</button>)}
          </div>
          <form onSubmit={(event) => { event.preventDefault(); run(text); }}>
            <label for="sql">One SELECT (DuckDB); nothing can be changed by it</label>
            <textarea
              id="sql" rows={6} spellcheck={false} value={text} onInput={({ currentTarget }) => setText(currentTarget.value)}
              onKeyDown={(event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(text); } }}
            />
            <div class="tools">
              <button type="submit" class="primary" disabled={busy || text.trim() === ''}>Ask</button>
              {busy && <button type="button" onClick={stop}>Stop</button>}
              <Csv sql={text} />
              <span class="muted small">Ctrl+Enter asks. The address of this page is a link to the question.</span>
            </div>
          </form>
          {error && <p class="sql-error" role="alert">{error}</p>}
          {busy && <p role="status">Asking …</p>}
          {answer && !error && <Answer key={asked} answer={answer} />}
        </section>
        <Tables />
      </div>
    </>
  );
}

/** The answer to the question of the URL: asked when it changes, and again by hand. */
function useAnswer(sql: string) {
  const [answer, setAnswer] = useState<SqlAnswerJson>();
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [times, setTimes] = useState(0);
  const running = useRef<AbortController>(null);
  useEffect(() => {
    if (sql === '') return undefined;
    const own = new AbortController();
    running.current = own;
    setBusy(true);
    setError('');
    post<SqlAnswerJson>('/sql', {}, { sql, rows: ROWS }, own.signal).then(setAnswer, (cause: unknown) => {
      if (!own.signal.aborted) setError(cause instanceof ApiError ? cause.message : 'This page failed on what the server answered.');
    }).finally(() => { if (running.current === own) setBusy(false); });
    return () => own.abort();
  }, [sql, times]);
  return { answer, error, busy, ask: () => setTimes((n) => n + 1), stop: () => running.current?.abort() };
}

function Csv({ sql }: { readonly sql: string }) {
  const [state, setState] = useState('');
  const take = async () => {
    setState('Making it …');
    try {
      download(await postForCsv('/sql', { sql }), 'answer.csv');
      setState('');
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      setState(cause.message);
    }
  };
  return <span class="csv"><button type="button" onClick={() => void take()}>CSV</button> <span role="status">{state}</span></span>;
}

/** What can be asked of. */
function Tables() {
  const tables = useResource('sql tables', (signal) => get<SqlTablesJson>('/sql', {}, signal));
  return (
    <aside class="panel" aria-label="Tables">
      <h2>Tables</h2>
      <Loaded resource={tables}>
        {(value) => value.tables.map(({ name, about, columns }) => (
          <details key={name}>
            <summary><code>{name}</code> <span class="muted small">{about}</span></summary>
            <dl>{columns.map((column) => <div key={column.name}><dt><code>{column.name}</code></dt><dd class="small">{column.about} <span class="muted">{column.type}</span></dd></div>)}</dl>
          </details>
        ))}
      </Loaded>
    </aside>
  );
}
