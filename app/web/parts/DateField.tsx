import { useLayoutEffect, useRef } from 'preact/hooks';

interface DateFieldProps {
  readonly label: string;
  /** Of the calendar, or with the time of day, to the minute. */
  readonly type: 'date' | 'datetime-local';
  /** As such an input takes it; empty for none. */
  readonly value: string;
  /** Called with another value, or with none, once it is meant. */
  readonly onPick: (value: string) => void;
}

/** What is typed begins as a date of a year like 0002: no year before this is meant. */
const EARLIEST = '1970';
const LATEST = { 'date': '9999-12-31', 'datetime-local': '9999-12-31T23:59' } as const;

/**
 * A date that can be typed: the browser tells of each key as of a change, so what is typed counts at Enter or when the
 * field is left, what is picked at once. Nothing is written to the field while it has the focus.
 */
export function DateField({ label, type, value, onPick }: DateFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const typed = useRef(false);
  useLayoutEffect(() => {
    if (field.current !== document.activeElement) field.current!.value = value;
  }, [value]);
  const take = ({ value: chosen, validity }: HTMLInputElement) => {
    typed.current = false;
    if (validity.valid && chosen !== value && (chosen === '' || chosen >= EARLIEST)) onPick(chosen);
  };
  return (
    <label>
      {label}
      <input
        type={type} max={LATEST[type]} ref={field}
        onPointerDown={() => { typed.current = false; }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take(event.currentTarget);
          else if (isEditing(event)) typed.current = true;
        }}
        onChange={({ currentTarget }) => { if (!typed.current) take(currentTarget); }}
        onBlur={({ currentTarget }) => {
          if (typed.current) take(currentTarget);
          // What was not taken is undone; what was taken is drawn next.
          currentTarget.value = value;
        }}
      />
    </label>
  );
}

/** The other keys lead elsewhere, or open the calendar. */
function isEditing({ key, altKey }: KeyboardEvent): boolean {
  return (
    (key.length === 1 && key !== ' ') || key === 'Backspace' || key === 'Delete' || (!altKey && (key === 'ArrowUp' || key === 'ArrowDown'))
  );
}
