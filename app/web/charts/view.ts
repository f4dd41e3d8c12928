/** A range of wall times in ms, `from` before `to`: what a chart shows from its left to its right edge. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** How close and how far a view may be: a second, and forty years. */
const NARROWEST = 1000;
const WIDEST = 40 * 365 * 86_400_000;

/** The view that is `factor` as wide, in which the time `at` stays where it is. */
export function zoomed(view: View, at: number, factor: number): View {
  const width = view.to - view.from;
  const share = Math.min(WIDEST, Math.max(NARROWEST, width * factor)) / width;
  return rounded({ from: at - (at - view.from) * share, to: at + (view.to - at) * share });
}

/** The view moved by a share of its width, to the right when positive. */
export function panned(view: View, share: number): View {
  const by = (view.to - view.from) * share;
  return rounded({ from: view.from + by, to: view.to + by });
}

/** The middle of a view. */
export function middleOf({ from, to }: View): number {
  return (from + to) / 2;
}

/** Half an hour before and after something that lasted from `from` to `to`. */
export function around(from: number, to: number): View {
  return { from: from - 1_800_000, to: to + 1_800_000 };
}

/** The same view with ends that people read: whole seconds, or whole milliseconds where it is as narrow as minutes. */
export function rounded({ from, to }: View): View {
  const grain = to - from > 600_000 ? 1000 : 1;
  const start = Math.round(from / grain) * grain;
  return { from: start, to: Math.max(start + NARROWEST, Math.round(to / grain) * grain) };
}

export function sameView(one: View, other: View): boolean {
  return one.from === other.from && one.to === other.to;
}
