import { formatDay } from '../../domain/reading/wallClock.ts';
import { html } from './html.ts';
import { alarms } from './sections/alarms.ts';
import { changes } from './sections/changes.ts';
import { head } from './sections/head.ts';
import { kpis } from './sections/kpis.ts';
import { needs } from './sections/needs.ts';
import { pumps } from './sections/pumps.ts';
import { missing, quality } from './sections/quality.ts';
import { STYLE } from './style.ts';
import type { ReportView } from './view.ts';
import { Markup } from './html.ts';

/** What is loaded from elsewhere would make it another page tomorrow: nothing is. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";
/** Slanting lines where nothing is known; pictures of a page share it. */
const HATCH = html`<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5"/></pattern></defs></svg>
`;

/** A site's days as one page of HTML that needs nothing else. The same view gives the same bytes. */
export function reportPage(view: ReportView): string {
  const { site, days: { fromDay, toDay } } = view;
  const days = fromDay === toDay ? formatDay(fromDay) : `${formatDay(fromDay)} to ${formatDay(toDay)}`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<title>${site.name}, ${days}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${HATCH}${head(view)}<main>
${needs(view)}${changes(view)}${alarms(view)}${pumps(view)}${missing(view)}${quality(view)}${kpis(view)}</main>
<footer><p>Times are the site's wall clock (${site.timezone}). Alarms are told as they stood at the end of the last day, with what came late since;
what people did about them since is in it. Made by wellwatch: <code>wellwatch report ${fromDay === toDay ? `--date ${days}` : `--from ${formatDay(fromDay)} --to ${formatDay(toDay)}`} FILE.html</code></p></footer>
</body>
</html>
`.text;
}
