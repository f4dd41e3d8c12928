/**
 * The test that a pattern of pump ids stands for: `*` stands for any run of characters, none included, and every other
 * character for itself. The first place where a piece fits is as good as any later one, so nothing is tried twice, and
 * a test takes time in proportion to pattern and id, however many stars there are.
 */
export function pumpMatcher(pattern: string): (pump: string) => boolean {
  const pieces = pattern.split('*');
  const first = pieces[0];
  if (pieces.length === 1) return (pump) => pump === first;
  const last = pieces[pieces.length - 1];
  const between = pieces.slice(1, -1).filter((piece) => piece !== '');
  return (pump) => {
    const end = pump.length - last.length;
    if (end < first.length || !pump.startsWith(first) || !pump.endsWith(last)) return false;
    let at = first.length;
    for (const piece of between) {
      const found = pump.indexOf(piece, at);
      if (found === -1) return false;
      at = found + piece.length;
    }
    return at <= end;
  };
}
