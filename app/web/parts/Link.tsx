import type { ComponentChildren } from 'preact';
import { navigate } from '../route.ts';

interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly title?: string;
  /** `page` for the screen that is shown, `true` for the chosen one of a few. */
  readonly current?: 'page' | 'true' | undefined;
  /** Stays where it is scrolled: for links that change only the query. */
  readonly keepScroll?: boolean;
  /** What a screen reader says, where the text says less. */
  readonly 'aria-label'?: string | undefined;
  readonly tabIndex?: number;
  readonly children?: ComponentChildren;
}

/** A link within the page. A real one, so that it can be copied and opened in another tab. */
export function Link({ to, current, keepScroll = false, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to, { keepScroll });
  };
  return <a href={to} onClick={follow} aria-current={current} {...rest}>{children}</a>;
}
