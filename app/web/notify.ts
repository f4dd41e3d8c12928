import { effect, type Signal, signal } from '@preact/signals';
import { activeCount, activeAlarms, alarmKey } from './activeAlarms.ts';

/** Whether a new alert beeps, and whether the page's title counts the active ones. Off until switched on; remembered. */
export const soundOn = remembered('wellwatch.sound');
export const titleOn = remembered('wellwatch.title');
/** The name of the screen that is shown. */
export const screenTitle = signal('wellwatch');

effect(() => {
  const badge = titleOn.value && activeCount.value > 0 ? `(${activeCount.value}) ` : '';
  document.title = `${badge}${screenTitle.value}`;
});

let known: ReadonlySet<string> | undefined;
effect(() => {
  if (!activeAlarms.value) return;
  const keys = new Set(activeAlarms.value.map(alarmKey));
  const before = known;
  known = keys;
  if (soundOn.value && before && [...keys].some((key) => !before.has(key))) beep();
});

let audio: AudioContext | undefined;

/** Two short tones. Browsers are silent until the page has been touched once. */
export function beep(): void {
  audio ??= new AudioContext();
  void audio.resume();
  for (const [start, pitch] of [[0, 880], [0.22, 660]] as const) {
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: 0.15 });
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.18);
  }
}

function remembered(key: string): Signal<boolean> {
  const setting = signal(localStorage.getItem(key) === 'on');
  effect(() => {
    if (setting.value) localStorage.setItem(key, 'on');
    else localStorage.removeItem(key);
  });
  return setting;
}
