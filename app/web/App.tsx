import { useEffect, useRef } from 'preact/hooks';
import { connected, lastHeard } from './connection.ts';
import { present, siteNow } from './clock.ts';
import { duration } from './format.ts';
import { screenTitle } from './notify.ts';
import { DiskFoot } from './parts/DiskFoot.tsx';
import { Link } from './parts/Link.tsx';
import { Lazy } from './parts/Lazy.tsx';
import { Failed } from './parts/Loaded.tsx';
import { href, path, query } from './route.ts';
import { Alerts } from './screens/alerts/Alerts.tsx';
import { SignIn } from './screens/signIn/SignIn.tsx';
import { me, session, sessionError, signOut } from './session.ts';
import { storeAway } from './store.ts';
import { switchTheme, theme } from './theme.ts';
import { instantShort, wallShort } from './times.ts';

const SCREENS = [
  { name: '', label: 'Alerts' },
  { name: 'pumps', label: 'Pumps' },
  { name: 'maintenance', label: 'Maintenance' },
  { name: 'daily', label: 'Daily' },
  { name: 'streaming', label: 'Streaming' },
  { name: 'quality', label: 'Data quality' },
  { name: 'sql', label: 'SQL' },
] as const;

/** Scripts of screens are for those who go there. */
const LOAD = {
  pumps: async () => (await import('./screens/pumps/Pumps.tsx')).Pumps,
  maintenance: async () => (await import('./screens/maintenance/Maintenance.tsx')).Maintenance,
  compare: async () => (await import('./screens/compare/Compare.tsx')).Compare,
  daily: async () => (await import('./screens/daily/Daily.tsx')).Daily,
  streaming: async () => (await import('./screens/streaming/Streaming.tsx')).Streaming,
  quality: async () => (await import('./screens/quality/Quality.tsx')).Quality,
  sql: async () => (await import('./screens/sql/Sql.tsx')).Sql,
} as const;
const loadPump = async () => (await import('./screens/pump/Pump.tsx')).Pump;

/** The page: navigation, what is wrong with the connection, and the screen that the URL names. */
export function App() {
  const [first = '', second, ...more] = path.value;
  const main = useScreenChange(first, second);
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="bar">
        <span class="site">{me.value.site || 'wellwatch'}</span>
        <nav aria-label="Screens">
          {SCREENS.map(({ name, label }) => (
            <Link key={name} to={href(name === '' ? [] : [name])} current={first === name ? 'page' : undefined}>
              {label}
            </Link>
          ))}
        </nav>
        <div class="bar-end">
          <span class="zone" title="All times are on the site’s wall clock">
            {me.value.timezone}
          </span>
          <button type="button" aria-pressed={theme.value === 'dark'} title="Dark colours" onClick={switchTheme}>Dark</button>
          {me.value.signInNeeded && me.value.role && (
            <button type="button" onClick={() => void signOut()}>
              Sign out {me.value.name}
            </button>
          )}
        </div>
      </header>
      <div role="status" class="banners">
        <Disconnected />
        <StoreAway />
      </div>
      <main id="main" tabIndex={-1} ref={main}>
        <PrintHead />
        <Screen first={first} second={second} more={more.length > 0} />
      </main>
      {me.value.role && (
        <footer class="foot">
          {!me.value.told && <p>Nobody is told of alarms: whoever looks at this page sees them. The setting notify names people.</p>}
          <DiskFoot />
          <p><a href="/api/docs">API</a></p>
        </footer>
      )}
    </>
  );
}

/** On paper: what this is, of which site, and of when. */
function PrintHead() {
  const { site, timezone } = me.value;
  void query.value;
  return (
    <p class="print-head">
      {site || 'wellwatch'}: {screenTitle.value}. As of {wallShort(Math.floor(siteNow.value / 60_000) * 60_000)} ({timezone}), {window.location.href}
    </p>
  );
}

/** Names the document after the screen, and moves the focus to a new screen: screen readers then read that, not the link. */
function useScreenChange(first: string, second: string | undefined) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef<string>(undefined);
  const screen = `${first}/${second ?? ''}`;
  useEffect(() => {
    if (shown.current !== undefined && shown.current !== screen) main.current?.focus({ preventScroll: true });
    shown.current = screen;
    document.querySelector('.bar a[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [screen]);
  const { site } = me.value;
  useEffect(() => {
    const known = SCREENS.find(({ name }) => name === first)?.label ?? (Object.hasOwn(LOAD, first) ? first[0].toUpperCase() + first.slice(1) : 'Not found');
    screenTitle.value = [second ?? known, site || 'wellwatch'].join(' – ');
  }, [screen, site]);
  return main;
}

interface ScreenProps {
  readonly first: string;
  readonly second: string | undefined;
  /** The path goes on. */
  readonly more: boolean;
}

function Screen({ first, second, more }: ScreenProps) {
  if (session.value === 'signedOut') return <SignIn />;
  if (session.value === 'asking') return sessionError.value ? <Failed error={sessionError.value} /> : null;
  if (first === '') return <Alerts />;
  if (first === 'pumps' && second !== undefined && !more) return <Lazy key={`pump ${second}`} load={loadPump} props={{ pump: second }} />;
  if (second === undefined && Object.hasOwn(LOAD, first)) return <Lazy key={first} load={LOAD[first as keyof typeof LOAD]} props={{}} />;
  return <><h1>Not found</h1><p>There is no such screen. <Link to="/">To the alerts</Link></p></>;
}

/** Shorter ages are not counted: the clock of this page moves by half of it. */
const COUNTED_MS = 10_000;

/** Nothing pretends to be live: how old what is shown is, while nobody answers. */
function Disconnected() {
  if (session.value !== 'open' || connected.value) return null;
  const age = present.value - lastHeard.value;
  return (
    <p class="banner">
      Disconnected. What is shown is {age < COUNTED_MS ? 'a moment' : duration(age)} old. Nothing is known since{' '}
      {instantShort(lastHeard.value)}. Reconnecting …
    </p>
  );
}

/** What a store that is away means for what is shown and for what comes. */
function StoreAway() {
  if (session.value !== 'open' || !storeAway.value) return null;
  const { since, reason } = storeAway.value;
  return (
    <p class="banner">
      <span aria-hidden="true">▲ </span>The store is away since {instantShort(since)} ({reason}). What is shown may be old or missing;
      messages are still kept safe.
    </p>
  );
}
