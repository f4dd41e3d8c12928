import { withUnit } from '../../format.ts';
import { LEVELS, type Scale } from './heatScale.ts';
import type { Choice } from './pumpDay.ts';

interface HeatLegendProps {
  readonly choice: Choice;
  readonly scale: Scale;
}

/** What shades and marks mean. */
export function HeatLegend({ choice: { measure }, scale: { light, dark, step } }: HeatLegendProps) {
  return (
    <p class="heat-legend small">
      {light !== dark && !Number.isNaN(light) && (
        <span>
          {withUnit(Number(light.toFixed(1)), measure)}{' '}
          {Array.from({ length: LEVELS }, (_, level) => <i key={level} class={`heat level-${level}`} />)}{' '}
          {withUnit(Number(dark.toFixed(1)), measure)} and beyond
        </span>
      )}
      <span><i class="heat abnormal">▲</i> beyond a limit</span>
      <span>△ alarms began, or readings were beyond a limit</span>
      {Number.isFinite(step) && step > 0 && <span>↘ ↗ a step of more than {withUnit(Number(step.toFixed(1)), measure)} from the day before</span>}
      <span><i class="heat missing" /> missing: not summarised yet</span>
      <span><i class="late">late</i> readings came after it was summarised</span>
      <span>· no reading</span>
    </p>
  );
}
