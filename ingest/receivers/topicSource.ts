import type { JournalMessage } from '../../storage/journal/journalFrame.ts';

/** `mqtt:pumps/A/readings`. */
export function topicSource({ receiver, topic }: JournalMessage): string {
  return `${receiver}:${topic}`;
}
