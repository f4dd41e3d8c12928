import { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import { csvDecoder } from '../../decode/csv/csvDecoder.ts';
import { KafkaReceiver } from '../../receivers/kafka/receiver.ts';
import type { StreamSource } from '../source.ts';
import type { KafkaSourceOptions } from './kafkaText.ts';
import { type ReceivedOptions, type ReceivedReading, receivedReadings } from './receivedReadings.ts';

export interface KafkaReadingsOptions extends KafkaSourceOptions, Omit<ReceivedOptions, 'name'> {}

/** Readings from the records of a topic: the receiver of the pump job. Each record counts once over crashes, as with `kafkaText`. */
export function kafkaReadings({ topic, group = 'wellwatch-stream', brokers, tls, sasl, ...options }: KafkaReadingsOptions): StreamSource<ReceivedReading> {
  return receivedReadings({
    ...options,
    kind: `kafkaReadings(${topic})`,
    open(state, { onEvent, onError }) {
      const source = new KafkaReceiver({
        access: { brokers, tls, sasl }, topic, group, decoder: csvDecoder, state,
        clock: new ReceiptClock(ReceiptClock.shared(), Date.now),
        now: Date.now,
        patienceMs: Infinity,
        onNews: () => undefined,
        onLog(event) {
          onEvent(event);
          if (event.level === 'warn' || event.level === 'error') onError(event.message);
        },
      });
      source.start();
      return {
        source,
        stop: async () => undefined,
        pending: () => false, // records lie safe until the next start
      };
    },
  });
}
