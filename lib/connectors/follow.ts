import { setTimeout as sleep } from 'node:timers/promises';
import { followEvents } from '@/lib/connectors/follow-events';
import { followOne } from '@/lib/connectors/follow-one';
import { enabledConnectors, followerLocks } from '@/lib/connectors/store';
import { log } from '@/lib/platform/log';

const LOOK_MS = 1_000;

interface Loop {
  stop: AbortController;
  done: Promise<void>;
}

type Locks = Awaited<ReturnType<typeof followerLocks>>;

/** Brings the running loops to the enabled connectors. A connector somebody else follows is tried again at the next look. */
async function arrange(loops: Map<string, Loop>, locks: Locks): Promise<void> {
  const wanted = await enabledConnectors();
  for (const [id, loop] of loops) if (!wanted.some((one) => one.id === id)) loop.stop.abort();
  for (const { id } of wanted) {
    if (loops.has(id) || !(await locks.take(id))) continue;
    const stop = new AbortController();
    const both = [followOne(id, stop.signal).finally(() => stop.abort()), followEvents(id, stop.signal)];
    const done = Promise.allSettled(both).then(async () => {
      loops.delete(id);
      await locks.release(id).catch(() => undefined);
    });
    loops.set(id, { stop, done });
  }
}

/**
 * Follows every enabled connector, each by exactly one process: lists its sessions at its poll interval and its identities
 * every 30 s, and takes over its audit log where it has one. New and removed connectors are noticed within two seconds. Ends when `stop` has resolved.
 */
export function follow(): { stop: () => Promise<void> } {
  const ending = new AbortController();
  const loops = new Map<string, Loop>();
  const halt = () => {
    for (const loop of loops.values()) loop.stop.abort();
  };
  const run = async () => {
    let locks: Locks | undefined;
    while (!ending.signal.aborted) {
      try {
        locks ??= await followerLocks(() => {
          locks = undefined;
          halt();
        });
        await arrange(loops, locks);
      } catch (error) {
        log.warn({ err: error }, 'connectors can’t be read; trying again');
      }
      await sleep(LOOK_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
    halt();
    await Promise.allSettled([...loops.values()].map((loop) => loop.done));
    locks?.close();
  };
  const running = run();
  return {
    stop: async () => {
      ending.abort();
      await running;
    },
  };
}
