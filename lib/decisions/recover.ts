import fs from 'node:fs';
import { batch } from '@/lib/decisions/batch';
import { takeSpool } from '@/lib/decisions/spool';
import { logged } from '@/lib/decisions/store';
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

async function writeSpooled(): Promise<number> {
  let written = 0;
  for (const { file, items } of takeSpool()) {
    try {
      for (let from = 0; from < items.length; from += AT_ONCE) {
        const some = items.slice(from, from + AT_ONCE);
        const there = await logged(some.map((item) => item.decisionId));
        const missing = some.filter((item) => !there.has(item.decisionId));
        const fresh = missing.map((item) => ({ ...item, arrivedMs: performance.now() }));
        if (fresh.length) await batch({ items: fresh, semantic: 'execute_all' });
        written += fresh.length;
      }
      fs.rmSync(file);
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'spooled denials wait for the database');
      return written;
    }
  }
  if (written) log.info({ written }, 'spooled denials written to the decision log');
  return written;
}
