import { panned, type View, zoomed } from './view.ts';

export interface GestureSetting {
  /** The view that is shown. */
  readonly view: () => View;
  /** A new view, many a second while the hand moves. */
  readonly onView: (view: View) => void;
}

/** px that a finger moves before it is no tap. */
const SLOP = 6;

interface Touch {
  readonly startX: number;
  readonly x: number;
}

/**
 * Moving and zooming by Shift and drag, by one finger and two, and by the wheel. A drag without Shift is the chart's own
 * and chooses a range. The element's `touch-action: pan-y` leaves scrolling up and down to the browser.
 * Returns how to stop.
 */
export function listenToGestures(element: HTMLElement, setting: GestureSetting): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  listenToPointers(element, setting, signal);
  listenToWheel(element, setting, signal);
  return () => stop.abort();
}

function listenToPointers(element: HTMLElement, { view, onView }: GestureSetting, signal: AbortSignal): void {
  const touches = new Map<number, Touch>();
  let start = view();
  let moving = false;

  const begin = () => {
    start = view();
    moving = touches.size > 1;
    for (const [id, { x }] of touches) touches.set(id, { startX: x, x });
  };
  element.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse' && !(event.shiftKey && event.button === 0)) return;
    touches.set(event.pointerId, { startX: event.clientX, x: event.clientX });
    begin();
  }, { signal });
  element.addEventListener('pointermove', (event) => {
    const touch = touches.get(event.pointerId);
    if (!touch) return;
    touches.set(event.pointerId, { ...touch, x: event.clientX });
    moving ||= Math.abs(event.clientX - touch.startX) >= SLOP;
    if (!moving) return;
    element.setPointerCapture(event.pointerId);
    onView(moved(start, [...touches.values()], element.getBoundingClientRect()));
  }, { signal });
  const end = (event: PointerEvent) => {
    if (touches.delete(event.pointerId)) begin();
  };
  element.addEventListener('pointerup', end, { signal });
  element.addEventListener('pointercancel', end, { signal });
}

/** The view in which what was under one or two pointers at the start is still under them. */
function moved(start: View, [first, second]: readonly Touch[], { left, width }: DOMRect): View {
  if (!second) return panned(start, (first.startX - first.x) / width);
  const distanceAtStart = Math.abs(first.startX - second.startX);
  const factor = distanceAtStart / Math.max(SLOP, Math.abs(first.x - second.x));
  const centreAtStart = (first.startX + second.startX) / 2;
  const centre = (first.x + second.x) / 2;
  const at = start.from + ((centreAtStart - left) / width) * (start.to - start.from);
  const scaled = zoomed(start, at, factor);
  return panned(scaled, (centreAtStart - centre) / width);
}

/** With Ctrl or ⌘ the wheel zooms, sideways it moves; alone it goes on scrolling the page, which charts fill wholly. */
function listenToWheel(element: HTMLElement, { view, onView }: GestureSetting, signal: AbortSignal): void {
  element.addEventListener('wheel', (event) => {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!event.ctrlKey && !event.metaKey && !sideways) return;
    event.preventDefault();
    const { left, width } = element.getBoundingClientRect();
    const shown = view();
    const at = shown.from + ((event.clientX - left) / width) * (shown.to - shown.from);
    // A pinch on a touch pad comes as small wheel steps with Ctrl.
    const factor = Math.exp(Math.max(-100, Math.min(100, event.deltaY)) * (event.ctrlKey ? 0.01 : 0.002));
    onView(sideways ? panned(shown, event.deltaX / width) : zoomed(shown, at, factor));
  }, { signal, passive: false });
}
