/// <reference types="node" preserve="true" />
/**
 * The operators of streams, for programs: `import { … } from 'wellwatch/stream'`. A stream is cut into batches, one
 * an interval; operators make streams of streams, and a context runs them. Examples stand in docs/examples.
 */
export type { BatchFailure, BatchReport, BatchStart } from './stream/batchReport.ts';
export type { Checkpoint, CheckpointStore, Entry } from './stream/checkpoint.ts';
export { type Clock, ManualClock, replayClock, systemClock } from './stream/clock.ts';
export { StreamContext } from './stream/context.ts';
export type { ContextState, StopOptions, StreamContextOptions } from './stream/contextOptions.ts';
export { FileCheckpoints, type FileCheckpointsOptions } from './stream/fileCheckpoints.ts';
export type { OutputReport } from './stream/graph.ts';
export { type Key, type Pair, pair } from './stream/key.ts';
export { type Refreshed, refreshed } from './stream/refreshed.ts';
export type { SourceReports, StreamSource } from './stream/source.ts';
export type { RateOptions } from './stream/sourceRate.ts';
export { addTo, meanOf, mergeStatistics, NO_STATISTICS, type Statistics, statisticsOf } from '../domain/statistics/statistics.ts';
export { type Batch, type Operator, Stream } from './stream/stream.ts';
export type { OutputEnd, OutputStart, StreamingListener } from './stream/streamingListener.ts';
export type { BatchesOf, StreamsOf } from './stream/together.ts';
export type { WindowOptions } from './stream/windowSpan.ts';

export { type Cogrouped, cogroup } from './stream/operators/cogroup.ts';
export { type Combiner, combineByKey } from './stream/operators/combineByKey.ts';
export { count } from './stream/operators/count.ts';
export { countByValue } from './stream/operators/countByValue.ts';
export { countByValueAndWindow } from './stream/operators/countByValueAndWindow.ts';
export { countByWindow } from './stream/operators/countByWindow.ts';
export {
  type EventTimeWindowOptions,
  type EventTimeWindows,
  eventTimeWindow,
  type WindowResult,
} from './stream/operators/eventTimeWindow.ts';
export { filter } from './stream/operators/filter.ts';
export { flatMap } from './stream/operators/flatMap.ts';
export { flatMapValues } from './stream/operators/flatMapValues.ts';
export { foreachBatch } from './stream/operators/foreachBatch.ts';
export { groupByKey } from './stream/operators/groupByKey.ts';
export { groupByKeyAndWindow } from './stream/operators/groupByKeyAndWindow.ts';
export { fullOuterJoin, join, leftOuterJoin, rightOuterJoin } from './stream/operators/join.ts';
export {
  type Enriched,
  joinWithReference,
  leftOuterJoinWithReference,
  type ReferenceData,
  type ReferenceKey,
} from './stream/operators/joinWithReference.ts';
export { map } from './stream/operators/map.ts';
export { mapValues } from './stream/operators/mapValues.ts';
export { type MappedWithState, type MapWithStateOptions, mapWithState, type State } from './stream/operators/mapWithState.ts';
export { print, type PrintOptions } from './stream/operators/print.ts';
export { reduce } from './stream/operators/reduce.ts';
export { reduceByKey } from './stream/operators/reduceByKey.ts';
export {
  type KeyedReduceWindowOptions,
  reduceByKeyAndWindow,
  type ReduceWindowOptions,
} from './stream/operators/reduceByKeyAndWindow.ts';
export { reduceByWindow } from './stream/operators/reduceByWindow.ts';
export { saveAsObjectFiles } from './stream/operators/saveAsObjectFiles.ts';
export { saveAsTextFiles } from './stream/operators/saveAsTextFiles.ts';
export { transform } from './stream/operators/transform.ts';
export { transformAll } from './stream/operators/transformAll.ts';
export { transformWith } from './stream/operators/transformWith.ts';
export { union } from './stream/operators/union.ts';
export { type KeyedStateOptions, type KeyInBatch, type StateUpdate, updateStateByKey } from './stream/operators/updateStateByKey.ts';
export { window } from './stream/operators/window.ts';

export { directoryReadings, type DirectoryReadingsOptions } from './stream/sources/directoryReadings.ts';
export { fromIterable } from './stream/sources/fromIterable.ts';
export { type GeneratedOptions, generated } from './stream/sources/generated.ts';
export { kafkaReadings, type KafkaReadingsOptions } from './stream/sources/kafkaReadings.ts';
export { kafkaText, type KafkaSourceOptions, type KafkaTextOptions } from './stream/sources/kafkaText.ts';
export { mqttReadings, type MqttReadingsOptions } from './stream/sources/mqttReadings.ts';
export type { FilesOptions } from './stream/sources/newFiles.ts';
export { objectFiles } from './stream/sources/objectFiles.ts';
export { type PushSource, push } from './stream/sources/push.ts';
export { queue, type QueueOptions } from './stream/sources/queue.ts';
export type { ReceivedOptions, ReceivedReading } from './stream/sources/receivedReadings.ts';
export { type SocketTextOptions, socketText } from './stream/sources/socketText.ts';
export { textFiles } from './stream/sources/textFiles.ts';
