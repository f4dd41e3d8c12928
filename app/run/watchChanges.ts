/** How often it is looked whether something has changed, in ms. */
const LOOK_MS = 500;

/** Looks now, twice a second, and once more at the end: what changed last is told as well. */
export function watchChanges(look: () => void): { stop(): void } {
  const timer = setInterval(look, LOOK_MS);
  look();
  return {
    stop() {
      clearInterval(timer);
      look();
    },
  };
}
