import { useEffect, useState } from 'preact/hooks';
import { MEASURES } from '../../../../domain/reading/measures.ts';
import { measureFacts } from '../../../../domain/reading/measures.ts';
import type { PreviewAnswer } from '../../../http/schemas/preview.ts';
import { post } from '../../api.ts';
import { counted, NO_VALUE } from '../../format.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { useResource } from '../../resource.ts';
import { visible } from '../../visible.ts';

const MOST_BYTES = 1024 * 1024;
/** What can be answered: the name in the query, and what stands above the field, with the word that questions use. */
const ANSWERS = {
  dateOrder: 'Date order: day or month', decimal: 'Decimal: comma or point', pump: 'Pump', pumpColumn: 'Pump’s column',
  measures: 'Measures, as psi=Druck; hz=Hertz', good: 'Good words',
};

const READINGS: readonly Column<PreviewAnswer['readings'][number]>[] = [
  { key: 'pump', head: 'Pump', cell: ({ pump }) => visible(pump) },
  { key: 'at', head: 'Time', cell: ({ at }) => at },
  ...MEASURES.map((measure, i) => ({
    key: measure, head: measureFacts[measure].label, unit: measureFacts[measure].unit, numeric: true,
    cell: ({ values }: PreviewAnswer['readings'][number]) => values[i] ?? <span class="muted">{NO_VALUE}</span>,
  })),
];

const REJECTS: readonly Column<PreviewAnswer['rejects'][number]>[] = [
  { key: 'line', head: 'Line', numeric: true, cell: ({ line }) => line },
  { key: 'reason', head: 'Reason', class: 'long', cell: ({ reason }) => reason },
  { key: 'raw', head: 'Row as it came', class: 'raw', cell: ({ raw }) => <code>{visible(raw)}</code> },
];

/** What a file would become that is dropped anywhere on the screen, or chosen. Nothing of it is stored. */
export function FilePreview() {
  const [file, setFile] = useState<File>();
  const [answers, setAnswers] = useState<Record<string, string>>({});
  useEffect(() => onDrop((dropped) => { setAnswers({}); setFile(dropped); }), []);
  const key = file ? `${file.name} ${file.size} ${file.lastModified} ${JSON.stringify(answers)}` : '';
  const found = useResource(key, (signal) => (
    post<PreviewAnswer>('/preview', { name: file!.name, cut: file!.size > MOST_BYTES, ...answers }, file!.slice(0, MOST_BYTES), signal)
  ));
  return (
    <section class="panel" aria-labelledby="preview">
      <h2 id="preview">What would a file become?</h2>
      <form class="tools" onSubmit={(event) => { event.preventDefault(); setAnswers(answersIn(event.currentTarget)); }}>
        <label>
          Drop a file on this page, or choose one: nothing of it is stored
          <input type="file" onChange={({ currentTarget }) => { setAnswers({}); setFile(currentTarget.files?.[0]); }} />
        </label>
        {file && Object.entries(ANSWERS).map(([name, label]) => <label key={name}>{label}<input name={name} size={16} /></label>)}
        {file && <button type="submit">Look again</button>}
      </form>
      {file && <Loaded resource={found}>{(value) => <Found name={file.name} found={value} />}</Loaded>}
    </section>
  );
}

function Found({ name, found: { found, questions, refused, rows, readings, rejected, replaced, rejects, leftOut, yaml } }: {
  readonly name: string;
  readonly found: PreviewAnswer;
}) {
  return (
    <>
      <p role="status">
        <strong>{visible(name)}</strong>: {refused ? `it would be refused: ${refused}` : (
          `${counted(rows, 'row')} would be taken, ${counted(rejected, 'reject')}.`
        )}
      </p>
      <ul>
        {[...questions, ...(replaced === null ? [] : [replaced])].map((text) => <li key={text}><strong>{text}</strong></li>)}
        {[...found, ...leftOut].map((text) => <li key={text}>{text}</li>)}
      </ul>
      {readings.length > 0 && (
        <Table caption="The first readings" columns={READINGS} rows={readings} rowKey={({ pump, at }) => `${at} ${pump}`} />
      )}
      {rejects.length > 0 && (
        <Table caption="The first rejects" columns={REJECTS} rows={rejects} rowKey={({ line, raw }) => `${line} ${raw}`} phone="cards" />
      )}
      {yaml !== null && (
        <label>
          To have such files read so, add this to the configuration
          <textarea readOnly rows={yaml.split('\n').length} value={yaml} onFocus={({ currentTarget }) => currentTarget.select()} />
        </label>
      )}
    </>
  );
}

function answersIn(form: HTMLFormElement): Record<string, string> {
  const given = [...new FormData(form)].filter(([name, text]) => name in ANSWERS && text !== '');
  return Object.fromEntries(given) as Record<string, string>;
}

/** Hears of files that are dropped on the window, which would show them instead; gives what ends it. */
function onDrop(take: (file: File) => void): () => void {
  const heard = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (event.type === 'drop' && file) take(file);
  };
  window.addEventListener('dragover', heard);
  window.addEventListener('drop', heard);
  return () => {
    window.removeEventListener('dragover', heard);
    window.removeEventListener('drop', heard);
  };
}
