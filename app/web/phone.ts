/** Whether the window is as narrow as a phone: what is not needed at once is folded there. */
export function isPhone(): boolean {
  return window.matchMedia('(max-width: 48rem)').matches;
}
