/** A test of pump ids for a part of them, in any case. */
export function idTest(part: string | undefined): (pump: string) => boolean {
  if (part === undefined) return () => true;
  const sought = part.toLowerCase();
  return (pump) => pump.toLowerCase().includes(sought);
}
