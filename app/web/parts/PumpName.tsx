import { SITE } from '../../../domain/alarm/rule.ts';
import { href } from '../route.ts';
import { visible } from '../visible.ts';
import { Link } from './Link.tsx';

/** A pump's id, which leads to its curves; what is of all pumps leads to their list. */
export function PumpName({ pump }: { readonly pump: string }) {
  if (pump === SITE) return <Link class="pump" to={href(['pumps'])}>all pumps</Link>;
  return <Link class="pump" to={href(['pumps', pump])}>{visible(pump)}</Link>;
}
