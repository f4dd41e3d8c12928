import type { Reference } from '../../../domain/pump/reference.ts';
import type { Config } from '../../config/types.ts';
import type { Api } from '../api.ts';
import type { LiveState } from '../liveState.ts';
import { type UnstoredAnswer, unstoredRuns } from '../schemas/alerts.ts';
import { unstoredAnswer } from '../streamingAnswers.ts';

interface UnstoredSources {
  readonly live: LiveState;
  readonly config: Config;
  readonly reference: () => Reference;
}

/** `alerts/unstored`: what was told and is not stored yet. Asks the store nothing. */
export function unstoredRoutes(api: Api, { live, config, reference }: UnstoredSources): void {
  const schema = {
    tags: ['alerts'],
    summary: 'Alerts of messages that were told and are not stored yet, because the store is away or slow',
    description: 'One for each pump and rule, the newest first. `alarms` and `alerts` have them when the store does.',
    response: { 200: unstoredRuns },
  };
  api.get('/alerts/unstored', { schema }, async (): Promise<UnstoredAnswer> => unstoredAnswer(live.status, config.rules, reference()));
}
