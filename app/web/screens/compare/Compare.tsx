import { measureFacts, MEASURES } from '../../../../domain/reading/measures.ts';
import { Link } from '../../parts/Link.tsx';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { PumpPicker } from '../../parts/PumpPicker.tsx';
import { useResource } from '../../resource.ts';
import { href, query, setQuery } from '../../route.ts';
import { wallMs } from '../../times.ts';
import { ComparedPumps } from './ComparedPumps.tsx';
import { type Compared, comparedOf, comparedQuery, measureOf, MOST_COMPARED, shiftOf } from '../../compared.ts';
import { loadPumps } from './loadCompared.ts';
import { LineUpChoice, PumpList } from './PumpChoice.tsx';

/** Several pumps in one picture, also shifted so that a moment of each falls together. */
export function Compare() {
  const compared = comparedOf(query.value);
  const ids = compared.map(({ pump }) => pump);
  const known = useResource(ids.length === 0 ? '' : JSON.stringify(ids), (signal) => loadPumps(ids, signal));
  const choose = (next: readonly Compared[]) => setQuery(comparedQuery(next));
  const measure = measureOf(query.value);
  return (
    <>
      <h1>Compare</h1>
      <div class="tools">
        {compared.length < MOST_COMPARED && (
          <PumpPicker label="Add a pump" prompt="choose …" without={ids} onPick={(pump) => choose([...compared, { pump }])} />
        )}
        <label>
          Measure
          <select value={measure} onChange={({ currentTarget }) => setQuery({ measure: currentTarget.value === 'psi' ? null : currentTarget.value })}>
            {MEASURES.map((name) => <option key={name} value={name}>{measureFacts[name].label}</option>)}
          </select>
        </label>
        {known.value && <LineUpChoice compared={compared} known={known.value} onChoose={choose} />}
      </div>
      {ids.length === 0
        ? <Empty title="No pump is chosen yet.">Add two or more; the address then leads here again. Or begin at <Link to={href(['maintenance'])}>what was done to pumps</Link>.</Empty>
        : (
          <>
            <PumpList compared={compared} onChoose={choose} />
            <Loaded resource={known} lines={12}>
              {(pumps) => {
                const [first] = pumps;
                if (first.detail.pump !== ids[0] || pumps.length !== ids.length) return null;
                const ends = pumps.flatMap(({ detail: { from, last } }, i) => last === null
                  ? []
                  : [from ?? last.at, last.at].map((at) => wallMs(at) - shiftOf(compared[i], compared[0])));
                if (ends.length === 0) return <Empty title="None of these pumps has a reading." />;
                return <ComparedPumps compared={compared} measure={measure} first={Math.min(...ends)} last={Math.max(...ends)} />;
              }}
            </Loaded>
          </>
        )}
    </>
  );
}
