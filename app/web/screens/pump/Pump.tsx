import { visible } from '../../visible.ts';
import { get, pathOf } from '../../api.ts';
import { alertNews, readingNews } from '../../news.ts';
import { Link } from '../../parts/Link.tsx';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { useResource } from '../../resource.ts';
import { href } from '../../route.ts';
import { wallMs } from '../../times.ts';
import type { PumpDetail } from '../../../http/schemas/pumps.ts';
import { MaintenanceTable } from './MaintenanceTable.tsx';
import { PumpCurves } from './PumpCurves.tsx';
import { PumpHead } from './PumpHead.tsx';
import { PumpWays } from './PumpWays.tsx';
import { Trace } from './Trace.tsx';

/** One pump: how it is now, its curves, its alerts and what was done to it. */
export function Pump({ pump }: { readonly pump: string }) {
  const detail = useResource(`${alertNews.value} ${readingNews.value}`, (signal) => get<PumpDetail>(`/pumps${pathOf(pump)}`, {}, signal));
  if (detail.error?.code === 'NOT_FOUND') {
    return (
      <>
        <h1>{visible(pump)}</h1>
        <Empty title="There is no such pump.">
          No reading of it has come, and the vendor file does not list it. <Link to={href(['pumps'])}>To the pumps</Link>
        </Empty>
      </>
    );
  }
  return (
    <>
      <h1>{visible(pump)}</h1>
      <PumpWays pump={pump} />
      <Loaded resource={detail} lines={8}>
        {(value) => (
          <>
            <PumpHead detail={value} />
            {value.last
              ? <PumpCurves detail={value} first={wallMs(value.from ?? value.last.at)} last={wallMs(value.last.at)} />
              : <Empty title="There is no reading of this pump.">Curves appear here with the first.</Empty>}
            <MaintenanceTable detail={value} />
            {value.last && <Trace pump={pump} last={value.last.at} />}
          </>
        )}
      </Loaded>
    </>
  );
}
