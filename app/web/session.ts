import { signal } from '@preact/signals';
import type { Me } from '../http/schemas/session.ts';
import { ApiError, change, get, onUnauthenticated } from './api.ts';
import { openStream } from './live.ts';

const NOBODY: Me = {
  site: '', timezone: 'UTC', version: '', summaryAt: null, holdMs: 300_000, told: true, signInNeeded: false, name: null, role: null, rules: [], alarms: [],
};

/** A silent network answers nothing, not even no. */
const PATIENCE_MS = 8000;
const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;
let pauseMs = SHORTEST_PAUSE_MS;

/** The site, its zone and rules, and who asks. Screens are shown only once it is known. */
export const me = signal<Me>(NOBODY);
/** Where the session stands. */
export const session = signal<'asking' | 'signedOut' | 'open'>('asking');
/** Why the last question for it failed. */
export const sessionError = signal<ApiError | undefined>(undefined);

/** Asks who we are, and opens the stream when we may read. It asks again until the server answers. */
export async function openSession(): Promise<void> {
  try {
    const answer = await get<Me>('/me', {}, AbortSignal.timeout(PATIENCE_MS));
    // Another version has other scripts: those of this page may ask for what is no longer there.
    if (me.value.version !== '' && answer.version !== me.value.version) window.location.reload();
    me.value = answer;
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    sessionError.value = cause;
    askAgain();
    return;
  }
  sessionError.value = undefined;
  pauseMs = SHORTEST_PAUSE_MS;
  session.value = me.value.role === null ? 'signedOut' : 'open';
  if (session.value === 'open') openStream(askAgain);
}

function askAgain(): void {
  setTimeout(() => void openSession(), pauseMs);
  pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
}

/** Signs in with a token of `wellwatch token add`; throws the problem's ApiError. */
export async function signIn(token: string): Promise<void> {
  await change('POST', '/session', { token });
  if (window.location.pathname.startsWith('/api/')) window.location.reload(); // a page that this one stood in for
  else await openSession();
}

export async function signOut(): Promise<void> {
  await change('DELETE', '/session');
  window.location.assign('/');
}

onUnauthenticated(() => { session.value = 'signedOut'; });
