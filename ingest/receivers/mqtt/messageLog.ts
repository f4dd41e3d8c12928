/** What the MQTT side needs of the journal. */
export interface MessageLog {
  /**
   * Queues a message for the next commit and gives its number, rising by one. `payload` must not be changed afterwards.
   * `retained` says that the broker had kept it for whoever subscribes. Throws once the journal has failed.
   */
  append(topic: string, payload: Buffer, retained?: boolean): number;
  /** Bytes queued but not on disk. */
  readonly queuedBytes: number;
  /** Calls back after every commit: all messages up to and with this number are on disk. Returns the way to unsubscribe. */
  onDurable(listener: (upTo: number) => void): () => void;
  /** Resolves when everything appended so far is on disk. Rejects if the journal has failed. */
  flush(): Promise<void>;
}
