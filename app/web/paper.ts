import { effect, signal } from '@preact/signals';
import { theme } from './theme.ts';

/** What charts have between the margins of A4 and Letter that styles/print.css sets, px. */
export const PAPER_WIDTH = 680;

/** Whether the page is being printed. A canvas is no text: on paper it has to be drawn anew. */
export const onPaper = signal(false);

let shown = theme.value;

/** Paper is white, whatever the screen is, and whatever the system tells of its colours meanwhile. */
effect(() => { if (onPaper.value && theme.value !== 'light') theme.value = 'light'; });

function toPaper(): void {
  if (onPaper.value) return;
  shown = theme.value;
  onPaper.value = true;
}

function toScreen(): void {
  if (!onPaper.value) return;
  onPaper.value = false;
  theme.value = shown;
}

window.addEventListener('beforeprint', toPaper);
window.addEventListener('afterprint', toScreen);
// A program that saves the page as PDF may not send beforeprint.
window.matchMedia('print').addEventListener('change', ({ matches }) => (matches ? toPaper() : toScreen()));
