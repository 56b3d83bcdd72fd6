import { batch } from '@/lib/decisions/batch';
import type { Item } from '@/lib/decisions/request-model';
import { isSpooled, letSpoolGo, setAside, type Taken, takeSpool } from '@/lib/decisions/spool';
import { logged } from '@/lib/decisions/store';
import { BraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

const AT_ONCE = 100;

let running: Promise<number> | undefined;

/** Writes spooled denials into the decision log, each once. Answers how many; throws nothing while the database is away. */
export function recover(): Promise<number> {
  running ??= writeSpooled().finally(() => {
    running = undefined;
  });
  return running;
}

/** One file after the other until none is left: there may be one for every process that ever died. */
async function writeSpooled(): Promise<number> {
  if (!isSpooled()) return 0;
  let written = 0;
  // While the database is away nothing is taken: a file would be read, and the next begun, with every look.
  if (!(await answers())) return 0;
  for (let taken = takeSpool(); taken; taken = takeSpool()) {
    let done = false;
    try {
      written += await drain(taken);
      done = true;
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'spooled denials wait for the database');
      break;
    } finally {
      letSpoolGo(taken, done);
    }
  }
  if (written) log.info({ written }, 'spooled denials written to the decision log');
  return written;
}

/** Whether the log can be asked at all. */
const answers = (): Promise<boolean> =>
  logged([]).then(
    () => true,
    () => false,
  );

async function drain({ items, keep }: Taken): Promise<number> {
  let written = 0;
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const some = items.slice(from, from + AT_ONCE);
    const there = await logged(some.map((item) => item.decisionId));
    const seen = new Set(there);
    const missing = some.filter((item) => !seen.has(item.decisionId) && seen.add(item.decisionId));
    written += await write(missing);
    keep();
  }
  return written;
}

async function write(items: Item[]): Promise<number> {
  if (items.length === 0) return 0;
  const fresh = items.map((item) => ({ ...item, arrivedMs: performance.now() }));
  try {
    await batch({ items: fresh, semantic: 'execute_all' });
    return items.length;
  } catch (error) {
    if (error instanceof BraidError && ['state_unavailable', 'access.rate_limited'].includes(error.code)) throw error;
    if (items.length === 1) {
      // Another process may have been drawing the same file.
      if ((await logged([items[0]!.decisionId])).size === 0) setAside(items[0]!, error);
      return 0;
    }
  }
  // One that can't be written must not keep the others out.
  let written = 0;
  for (const item of items) written += await write([item]);
  return written;
}
