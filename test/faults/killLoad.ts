import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { badRowOf, rowOf } from '../support/feed.ts';
import { dropFile } from '../support/inbox.ts';

const ROWS_A_FILE = 4000;
const MESSAGES_AT_ONCE = 40;
/** Every so many messages one brings a bad line beside its row. */
const BAD_MESSAGE = 600;

/**
 * Rows for a site that is killed again and again: files and messages at the same time, more of both the more often it is
 * killed. A third of the messages brings rows that a file brings too.
 */
export class KillLoad {
  readonly fileCount: number;
  readonly fileRows: number;
  /** Lines of all messages. */
  readonly messageRows: number;
  /** What the table has in the end. */
  readonly distinctRows: number;
  readonly #messageCount: number;
  readonly #random: () => number;

  constructor({ kills, random }: { readonly kills: number; readonly random: () => number }) {
    this.fileCount = 3 + kills * 2;
    this.fileRows = this.fileCount * ROWS_A_FILE;
    this.#messageCount = kills * 1200;
    this.messageRows = this.#messageCount + Math.floor(this.#messageCount / BAD_MESSAGE);
    this.#random = random;
    this.distinctRows = this.#countDistinct();
  }

  /** Drops one file after the other into an inbox, with pauses. */
  async dropFiles(inbox: string): Promise<void> {
    for (let file = 0; file < this.fileCount; file++) {
      dropFile(inbox, fileName(file), fileLines(file));
      await sleep(this.#random() * 400);
    }
  }

  /** Publishes all messages, with pauses; resolves when the broker has acknowledged them. */
  async publish(url: string): Promise<void> {
    const publisher = await connectAsync(url, { clientId: 'feed' });
    for (let i = 0; i < this.#messageCount; i += MESSAGES_AT_ONCE) {
      const numbers = Array.from({ length: MESSAGES_AT_ONCE }, (_, k) => i + k);
      await Promise.all(numbers.map((number) => publisher.publishAsync('pumps/P/readings', this.#payload(number), { qos: 1 })));
      await sleep(this.#random() * 30);
    }
    await publisher.endAsync();
  }

  /** The same rows as files, at once. */
  dropAll(inbox: string): void {
    for (let file = 0; file < this.fileCount; file++) dropFile(inbox, fileName(file), fileLines(file));
    dropFile(inbox, 'messages.csv', Array.from({ length: this.#messageCount }, (_, i) => this.#payload(i)));
  }

  #payload(message: number): string {
    const row = this.#rowOf(message);
    return message % BAD_MESSAGE === BAD_MESSAGE - 1 ? `${row}\n${badRowOf(-message)}` : row;
  }

  #rowOf(message: number): string {
    return rowOf(message % 3 === 0 ? message : this.fileRows + message);
  }

  #countDistinct(): number {
    const rows = new Set<string>();
    for (let file = 0; file < this.fileCount; file++) for (const line of fileLines(file)) if (!line.includes('bad')) rows.add(line);
    for (let i = 0; i < this.#messageCount; i++) rows.add(this.#rowOf(i));
    return rows.size;
  }
}

const fileName = (file: number): string => `f${file}.csv${file % 5 === 4 ? '.gz' : ''}`;

function fileLines(file: number): string[] {
  const numbers = Array.from({ length: ROWS_A_FILE }, (_, i) => file * ROWS_A_FILE + i);
  return numbers.map((number, i) => (i % 500 === 250 ? badRowOf(number) : rowOf(number)));
}
