import { lasting } from '../format.ts';
import { instantAgo, instantShort, isFresh, lastedMs, siteTime, wallAge, wallAgo, wallExact, wallShort } from '../times.ts';

/** A wall time of the data: its age while that is less than a day, then the date; the title is exact. */
export function WallTime({ at }: { readonly at: string }) {
  return <time dateTime={at} title={wallExact(at)}>{wallAgo(at) ?? wallShort(at)}</time>;
}

/** `for 3 min`, and after a day `since 2014-03-13 02:05`: how long something lasts that goes on. */
export function Since({ at }: { readonly at: string }) {
  const age = wallAge(at);
  return <time dateTime={at} title={wallExact(at)}>{age === undefined ? `since ${wallShort(at)}` : `for ${age}`}</time>;
}

/**
 * How long an alarm lasts that goes on, in the one way that all of the page counts: to now while its pump reports, otherwise to when
 * that was last heard, with how long it has been silent since.
 */
export function Lasting({ from, heard }: { readonly from: string; readonly heard: string }) {
  if (isFresh(heard)) return <Since at={from} />;
  const silent = wallAge(heard);
  if (silent === undefined) return <><Since at={from} /> (<Silence at={heard} />)</>;
  return <time dateTime={from} title={wallExact(from)}>for {lasting(lastedMs(from, heard))}, silent for {silent}</time>;
}

/** `no reading since 2014-03-14 23:59`, for a last reading that is too old to speak of now. */
export function Silence({ at }: { readonly at: string }) {
  return <time dateTime={at} title={wallExact(at)}>no reading since {wallShort(at)}</time>;
}

/** An instant of the process: its age, and on the site's clock in the title. */
export function Instant({ at }: { readonly at: string | number }) {
  return <time title={wallExact(siteTime(at))}>{instantAgo(at)}</time>;
}

/** An instant as the site's time of day. */
export function InstantClock({ at }: { readonly at: string | number }) {
  return <time title={wallExact(siteTime(at))}>{instantShort(at)}</time>;
}
