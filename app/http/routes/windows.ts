import type { Config } from '../../config/types.ts';
import type { Api } from '../api.ts';
import type { LiveState } from '../liveState.ts';
import { type Windows, windows } from '../schemas/streaming.ts';
import { windowsAnswer } from '../streamingAnswers.ts';

/** The last window by arrival: psi by pump and date. */
export function windowsRoutes(api: Api, { live, config }: { readonly live: LiveState; readonly config: Config }): void {
  api.get(
    '/windows',
    {
      schema: {
        tags: ['streaming'],
        summary: 'psi by pump and date over the last seconds, the worst pumps first',
        response: { 200: windows },
      },
    },
    async (): Promise<Windows> => windowsAnswer(live.window, config.window),
  );
}
