import { Link } from './Link.tsx';

interface ChoiceProps {
  readonly label: string;
  readonly options: readonly { readonly text: string; readonly to: string; readonly chosen: boolean }[];
}

/** One of a few, each a link: the choice is in the URL. */
export function Choice({ label, options }: ChoiceProps) {
  return (
    <div class="choice" role="group" aria-label={label}>
      {options.map(({ text, to, chosen }) => <Link key={text} to={to} current={chosen ? 'true' : undefined} keepScroll>{text}</Link>)}
    </div>
  );
}
