/**
 * Counts words of the records of a Kafka topic, exactly once: the positions in the topic and the counts are in one checkpoint, so a
 * program that is killed goes on where it was. Try it:
 *
 *   deploy/kafka/kafka start ~/kafka          # and make a topic: wellwatch makes none
 *   node dist/docs/examples/kafkaWordCount.js 127.0.0.1:9092 lines /tmp/words
 *
 * Ctrl-C ends it. Kill it, start it again: no word counts twice, and none is missing.
 */
import { flatMap, kafkaText, map, pair, print, StreamContext, updateStateByKey } from 'wellwatch/stream';

const [broker = '127.0.0.1:9092', topic = 'lines', folder = 'words'] = process.argv.slice(2);

const context = await StreamContext.getOrCreate(folder, () => {
  const created = new StreamContext({ batchInterval: 500 });
  created.from(kafkaText({ brokers: [broker], topic })).pipe(
    flatMap((line) => line.split(' ')), //                                          word[]
    map((word) => pair(word, 1)), //                                                [word, 1][]
    updateStateByKey<string, number, number>((ones, before = 0) => before + ones.length), // [word, count so far][]
    print(),
  );
  return created;
});

process.once('SIGINT', () => void context.stop());
await context.start();
await context.awaitTermination();
