/** Which part of all topics a connection takes: it is number `index`, from 0, of `of`. */
export interface TopicShare {
  readonly index: number;
  readonly of: number;
}

/**
 * Tells whether a topic is in a share. Each topic is in exactly one share of a number, always the same, so that all
 * messages of a topic come over one connection and keep their order.
 */
export function takesTopic({ index, of }: TopicShare): (topic: string) => boolean {
  return of === 1 ? () => true : (topic) => hash(topic) % of === index;
}

/** FNV-1a over the UTF-16 units, 32 bits: sessions at brokers outlive the program, so it must never change. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  // Its low bits alone are poor.
  return (value ^ (value >>> 15)) >>> 0;
}
