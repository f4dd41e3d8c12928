import { lastReadings } from '../lastReadings.ts';
import { visible } from '../visible.ts';

interface PumpPickerProps {
  readonly label: string;
  /** What stands there until one is picked; not needed where one is. */
  readonly prompt?: string;
  readonly value?: string;
  /** Pumps that are not offered. */
  readonly without?: readonly string[];
  readonly onPick: (pump: string) => void;
}

/** One of all pumps, by its id. */
export function PumpPicker({ label, prompt, value = '', without = [], onPick }: PumpPickerProps) {
  const ids = [...new Set([...(lastReadings.value ?? []).map(({ pump }) => pump), value])].filter((id) => id !== '' && !without.includes(id));
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => { onPick(currentTarget.value); currentTarget.value = value; }}>
        {prompt !== undefined && <option value="">{prompt}</option>}
        {ids.map((id) => <option key={id} value={id}>{visible(id)}</option>)}
      </select>
    </label>
  );
}
