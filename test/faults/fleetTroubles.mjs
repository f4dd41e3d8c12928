// What happens to the workers of fleet.mjs while rows come.
import { setTimeout as wait } from 'node:timers/promises';
import { restart } from './fleetCrew.mjs';

/** Longer than the group believes in a worker that it does not hear of. */
const FREEZE_MS = 14_000;
const pick = (of) => of[Math.floor(Math.random() * of.length)];

/** Kills, stops and stands still, one worker after the other; broker and region server now and then. */
export async function kills({ crew, check }, times) {
  for (let kill = 0; kill < times; kill++) {
    await wait(500 + Math.random() * 4000);
    const victim = pick(crew);
    if (kill % 6 === 4) await restart(kill % 12 === 4 ? 'hbase' : 'kafka');
    if (kill % 7 === 3) {
      await freeze(victim);
      console.log(`kill ${kill + 1}: ${victim.name} stood still for ${FREEZE_MS / 1000} s`);
    } else {
      const signal = kill % 5 === 2 ? 'SIGTERM' : 'SIGKILL';
      await end(victim, signal, check);
      victim.begin();
      console.log(`kill ${kill + 1}: ${victim.name} by ${signal}`);
    }
  }
}

/** One worker comes and goes every few seconds, in good order, so that the group shares the partitions out anew each time. */
export async function rebalances({ crew, check }, times) {
  const guest = crew.at(-1);
  for (let turn = 0; turn < times; turn++) {
    await wait(2000 + Math.random() * 2000);
    await end(guest, 'SIGTERM', check);
    await wait(500 + Math.random() * 1500);
    guest.begin();
    console.log(`turn ${turn + 1}: ${guest.name} went and came`);
  }
}

/** Cuts the way of a worker to HBase or to Kafka, so that it notices or so that it does not, for a moment or longer than the group waits. */
export async function cuts({ crew }, times) {
  for (let cut = 0; cut < times; cut++) {
    await wait(500 + Math.random() * 2000);
    const victim = pick(crew);
    const [to, silently, ms] = [pick(['hbase', 'kafka']), Math.random() < 0.5, cut % 4 === 3 ? FREEZE_MS : 500 + Math.random() * 5000];
    await victim.ways[to].cut(ms, silently);
    console.log(`cut ${cut + 1}: ${victim.name} from ${to} for ${(ms / 1000).toFixed(1)} s${silently ? ', silently' : ''}`);
  }
}

async function freeze(victim) {
  victim.child.kill('SIGSTOP');
  await wait(FREEZE_MS);
  victim.child.kill('SIGCONT');
}

async function end(victim, signal, check) {
  const how = await victim.kill(signal);
  if (signal === 'SIGTERM') check(`${victim.name} ended with ${how} on SIGTERM`, how === 0 || how === 'SIGTERM'); // the latter before it has begun to listen
}
