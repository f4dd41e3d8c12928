import { AppError, messageOf } from '../../domain/errors.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { KafkaAccess } from '../../ingest/receivers/kafka/access.ts';
import { diagnoseKafka } from '../../ingest/receivers/kafka/client.ts';
import { KafkaProducer } from '../../ingest/receivers/kafka/producer.ts';
import { type KafkaProbe, probeKafka } from '../../ingest/receivers/kafka/probe.ts';
import { kafkaAccess } from '../config/kafkaAccess.ts';
import type { Config } from '../config/types.ts';
import { failed, type Finding, ok, warning } from './finding.ts';

const HOUR_MS = 3_600_000;
/** Records that are older than this share of the topic's retention may be gone before they are read. */
const RISKY_SHARE = 0.5;

/** The topic that stored rows go to: whether it is there, and lets us in. */
export async function checkForward({ forward }: Config): Promise<Finding[]> {
  if (!forward) return [];
  const where = `${forward.brokers.join(', ')}, topic ${forward.topic}`;
  let producer: KafkaProducer | undefined;
  try {
    producer = await KafkaProducer.open(kafkaAccess('forward', forward), { topic: forward.topic, clientId: 'wellwatch-doctor' });
    await producer.reach();
    return [ok('forward', `${where} is there`)];
  } catch (error) {
    if (error instanceof AppError) return [failed('forward', messageOf(error), 'correct forward.tls')];
    return [failed('forward', `${where}: ${diagnoseKafka(error).reason}`, 'start the cluster, or correct forward; until then rows wait on this disk')];
  } finally {
    await producer?.close();
  }
}

/** The cluster that rows are read from: whether it answers, has the topic, lets us read, and keeps records for long enough. */
export async function checkKafka({ receivers: { kafka } }: Config): Promise<Finding[]> {
  if (!kafka) return [];
  const where = `${kafka.brokers.join(', ')}, topic ${kafka.topic}`;
  let access: KafkaAccess;
  try {
    access = kafkaAccess('receivers.kafka', kafka);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [failed('kafka', messageOf(error), 'correct receivers.kafka.tls')];
  }
  try {
    const probe = await probeKafka(access, kafka);
    const partitions = `${probe.partitions} partition${probe.partitions === 1 ? '' : 's'}`;
    return [
      ok('kafka', `${where} lets us read; ${partitions}, ${probe.lag.toLocaleString('en')} records to read`),
      ...probe.notes.map((note) => warning('kafka', note, 'ask whoever runs the cluster')),
      ...retentionFindings(probe),
    ];
  } catch (error) {
    const { reason, refused } = diagnoseKafka(error);
    if (refused) return [failed('kafka', `${where} refuses us: ${reason}`, 'correct receivers.kafka, or ask whoever runs the cluster')];
    return [failed('kafka', `${where} can't be reached: ${reason}`, 'start the cluster, or correct receivers.kafka.brokers')];
  }
}

function retentionFindings({ oldest, retentionMs }: KafkaProbe): Finding[] {
  if (retentionMs === undefined || retentionMs === Infinity) return [];
  const fix = 'make the topic\'s retention.ms longer than wellwatch may be away';
  if (retentionMs < HOUR_MS)
    return [warning('kafka retention', `the topic keeps records for only ${formatDuration(retentionMs)}: what is older is gone, read or not`, fix)];
  const age = oldest === undefined ? 0 : Date.now() - oldest;
  if (age <= retentionMs * RISKY_SHARE) return [];
  const old = formatDuration(Math.round(age / 1000) * 1000);
  return [warning('kafka retention', `the oldest record that is not read is ${old} old, and the topic keeps them for ${formatDuration(retentionMs)}`, fix)];
}
