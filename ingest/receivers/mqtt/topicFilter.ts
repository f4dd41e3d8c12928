/**
 * Tells whether topics match an MQTT topic filter (MQTT 3.1.1 and 5, section 4.7): `+` stands for one
 * level, a final `#` for any number of levels, none included; a filter that begins with a wildcard
 * matches no topic that begins with `$`.
 */
export function topicMatcher(filter: string): (topic: string) => boolean {
  const levels = filter.split('/');
  const open = levels.at(-1) === '#';
  if (open) levels.pop();
  const wildcardFirst = filter.startsWith('+') || filter.startsWith('#');
  return (topic) => {
    if (wildcardFirst && topic.startsWith('$')) return false;
    const parts = topic.split('/');
    if (open ? parts.length < levels.length : parts.length !== levels.length) return false;
    return levels.every((level, i) => level === '+' || level === parts[i]);
  };
}

/** One topic filter or several, as a list. */
export function filtersOf(topic: string | readonly string[]): readonly string[] {
  return typeof topic === 'string' ? [topic] : topic;
}

/** Whether every topic that `filter` matches is matched by `allowed` too. */
export function covers(allowed: string, filter: string): boolean {
  if (/^[+#]/.test(allowed) && filter.startsWith('$')) return false;
  const asked = filter.split('/');
  const levels = allowed.split('/');
  for (const [i, level] of levels.entries()) {
    if (level === '#') return true;
    if (i >= asked.length || asked[i] === '#' || (level !== '+' && level !== asked[i])) return false;
  }
  return levels.length === asked.length;
}
