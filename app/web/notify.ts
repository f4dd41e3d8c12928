import { effect, type Signal, signal } from '@preact/signals';
import { comparePriorities, type Priority } from '../../domain/alarm/rule.ts';
import { activeCount, activeAlarms, alarmKey, isSetAside } from './activeAlarms.ts';

/** Whether a new alarm is heard: off until switched on. Whether the page's title counts those that go on: on until switched off. Remembered. */
export const soundOn = remembered('wellwatch.sound', false);
export const titleOn = remembered('wellwatch.title', true);
/** The name of the screen that is shown. */
export const screenTitle = signal('wellwatch');

effect(() => {
  const badge = titleOn.value && activeCount.value > 0 ? `(${activeCount.value}) ` : '';
  document.title = `${badge}${screenTitle.value}`;
});

/** The picture of the tab says whether something is wrong, and how bad. */
effect(() => {
  const worst = (activeAlarms.value ?? []).filter((alarm) => !isSetAside(alarm)).reduce<Priority | null>((far, { priority }) => worse(far, priority), null);
  document.querySelector('link[rel=icon]')?.setAttribute('href', worst === null ? '/favicon.svg' : `/favicon-${worst}.svg`);
});

/** A pump that comes and goes is heard once in so long. */
const QUIET_MS = 60_000;
const heardAt = new Map<string, number>();
let known: ReadonlySet<string> | undefined;
effect(() => {
  if (!activeAlarms.value) return;
  const keys = new Set(activeAlarms.value.map(alarmKey));
  const before = known;
  known = keys;
  if (!soundOn.value || !before) return;
  const now = Date.now();
  const fresh = activeAlarms.value.filter((alarm) =>
    !before.has(alarmKey(alarm)) && !isSetAside(alarm) && now - (heardAt.get(alarm.pump) ?? -Infinity) > QUIET_MS);
  for (const { pump } of fresh) heardAt.set(pump, now);
  const worst = fresh.reduce<Priority | null>((far, { priority }) => worse(far, priority), null);
  if (worst) beep(worst);
});

function worse(one: Priority | null, other: Priority): Priority {
  return one === null || comparePriorities(other, one) < 0 ? other : one;
}

/** Start in s and pitch in Hz of each short tone: the worse, the more and the higher. */
const TONES: Readonly<Record<Priority, readonly (readonly [start: number, pitch: number])[]>> = {
  high: [[0, 988], [0.2, 784], [0.4, 988], [0.6, 784]],
  medium: [[0, 784], [0.3, 587]],
  low: [[0, 440]],
};

let audio: AudioContext | undefined;

/** The tones of a priority. Browsers are silent until the page has been touched once. */
export function beep(priority: Priority): void {
  audio ??= new AudioContext();
  void audio.resume();
  for (const [start, pitch] of TONES[priority]) {
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: 0.15 });
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.18);
  }
}

/** A switch that this browser remembers where it is not as usual. */
function remembered(key: string, usual: boolean): Signal<boolean> {
  const kept = localStorage.getItem(key);
  const setting = signal(kept === null ? usual : kept === 'on');
  effect(() => {
    if (setting.value === usual) localStorage.removeItem(key);
    else localStorage.setItem(key, setting.value ? 'on' : 'off');
  });
  return setting;
}
