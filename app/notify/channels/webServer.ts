import { type Attempt, away } from './channel.ts';
import { connectionProblem } from './connectionProblem.ts';

/** What a proxy says of a server behind it that is gone. */
const GONE = [502, 503, 504];

/**
 * Whether somebody answers where a URL goes. Its path is not asked for, as hooks and heartbeats take any request for a message:
 * the head of the host's first page is, and what is answered says nothing but that. Never throws.
 */
export async function webServerAnswers(url: string, signal: AbortSignal): Promise<Attempt> {
  const { origin } = new URL(url);
  try {
    const { status } = await fetch(origin, { method: 'HEAD', redirect: 'manual', signal });
    return GONE.includes(status) ? away(`${origin} answers ${status}: nobody is behind it just now`) : { isTaken: true };
  } catch (error) {
    return away(`${origin}: ${connectionProblem(error)}`);
  }
}
