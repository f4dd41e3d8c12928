import { batch, computed, signal } from '@preact/signals';

/** What stands in a query: `undefined`, `null` and the empty text leave a key out. */
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

const location = signal(readLocation());

/** The path of the page, decoded piece by piece: `['pumps', 'LAGNAPPE']`; `[]` is the first screen. */
export const path = computed(() => location.value.pathname.split('/').filter(Boolean).map(decodePiece));
/** The query of the page. The URL is the state: screens read their filters here and change them by {@link setQuery}. */
export const query = computed(() => new URLSearchParams(location.value.search));

/** A link: path pieces are encoded, empty values of the query left out. */
export function href(pieces: readonly string[], values: Query = {}): string {
  const text = queryText(values);
  return `/${pieces.map(encodePiece).join('/')}${text && `?${text}`}`;
}

/** The text of a query without its question mark. */
export function queryText(values: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  }
  return search.toString();
}

/** Goes to a link of this page. With `replace` the step is not one that Back takes back: for what changes while typing or panning. */
export function navigate(link: string, { replace = false, keepScroll = false } = {}): void {
  if (replace) history.replaceState(history.state, '', link);
  else {
    stopRestoring();
    // Where Back returns to.
    history.replaceState({ scroll: window.scrollY } satisfies Left, '');
    history.pushState(null, '', link);
  }
  batch(() => { location.value = readLocation(); });
  if (!keepScroll) window.scrollTo(0, 0);
}

/** Changes some keys of the query and keeps the others. */
export function setQuery(changes: Query, { replace = false } = {}): void {
  const { pathname, search } = window.location;
  const text = queryText({ ...Object.fromEntries(new URLSearchParams(search)), ...changes });
  navigate(`${pathname}${text && `?${text}`}`, { replace, keepScroll: true });
}

/** How far a screen was scrolled when it was left. */
interface Left {
  readonly scroll: number;
}

/** So long it is waited for what a screen loads before it is as long as it was, in ms. */
const RESTORED_MS = 5000;
history.scrollRestoration = 'manual';

/** What somebody does who moves the screen himself. */
const MOVES = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const;
let stopRestoring = () => {};

window.addEventListener('popstate', ({ state }: { readonly state: unknown }) => {
  location.value = readLocation();
  restoreScroll((state as Left | null)?.scroll ?? 0);
});

/**
 * Scrolls to where a screen was left, and again while the screen before gives way and this one grows to its length; until somebody
 * moves, or goes on.
 */
function restoreScroll(scroll: number): void {
  stopRestoring();
  const until = performance.now() + RESTORED_MS;
  let frame = 0;
  stopRestoring = () => {
    cancelAnimationFrame(frame);
    for (const move of MOVES) window.removeEventListener(move, stopRestoring);
  };
  const restore = (): void => {
    const isLong = document.documentElement.scrollHeight >= scroll + window.innerHeight;
    const isOver = performance.now() > until;
    if ((isLong || isOver) && window.scrollY !== scroll) window.scrollTo(0, scroll);
    if (isOver) stopRestoring();
    else frame = requestAnimationFrame(restore);
  };
  for (const move of MOVES) window.addEventListener(move, stopRestoring, { passive: true });
  frame = requestAnimationFrame(restore);
}

function readLocation(): { readonly pathname: string; readonly search: string } {
  const { pathname, search } = window.location;
  return { pathname, search };
}

/** A piece of a path. Browsers fold `.` and `..` away, also when they are encoded: a slash, which no id holds, keeps them. */
export function encodePiece(piece: string): string {
  return encodeURIComponent(/^\.\.?$/.test(piece) ? `/${piece}` : piece);
}

function decodePiece(piece: string): string {
  try {
    return decodeURIComponent(piece).replace(/^\//, '');
  } catch {
    return piece; // Not what this page would write; it is then the name of nothing.
  }
}
