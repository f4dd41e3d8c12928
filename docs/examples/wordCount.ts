/**
 * Counts words of lines that come over a socket, every second. Try it with two terminals:
 *
 *   nc -lk 9999
 *   node dist/docs/examples/wordCount.js localhost 9999
 *
 * Without words it asks localhost:9999, again each second until somebody listens there. Ctrl-C ends it, after what was received has been counted.
 */
import { flatMap, map, pair, print, reduceByKey, socketText, StreamContext } from 'wellwatch/stream';

const [host = 'localhost', port = '9999'] = process.argv.slice(2);

const context = new StreamContext({ batchInterval: 1000 });

context.from(socketText(host, Number(port))).pipe(
  flatMap((line) => line.split(' ')), //  word[]
  map((word) => pair(word, 1)), //        [word, 1][]
  reduceByKey((a, b) => a + b), //        [word, count][]
  print(),
);

process.once('SIGINT', () => void context.stop({ graceful: true }));
await context.start();
await context.awaitTermination();
