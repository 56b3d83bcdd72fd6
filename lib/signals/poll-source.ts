import { z } from 'zod';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { changeSourceRow, claimPoll, findSource, type StoredSource } from '@/lib/signals/in/store';
import { sourceConfigSchema } from '@/lib/signals/model';
import { SetRefused } from '@/lib/signals/read-set';
import { take } from '@/lib/signals/take';
import { callAs, parsed } from '@/lib/signals/transmitter';

/** Longer than one visit takes. */
const LEASE_MS = 60_000;
/** Answers read in one visit; the next goes on. */
const ROUNDS = 20;
const MOST_WAIT_MS = 300_000;
const setsSchema = z.looseObject({
  sets: z.record(z.string().max(500), z.string()).default({}),
  moreAvailable: z.boolean().optional(),
});

interface Told {
  ack: string[];
  setErrs: Record<string, { err: string; description: string }>;
}

/** Takes each; what could not be verified now is neither acknowledged nor refused, and so comes again. */
async function takeAll(source: StoredSource, sets: Record<string, string>): Promise<Told> {
  const told: Told = { ack: [], setErrs: {} };
  for (const [jti, token] of Object.entries(sets)) {
    try {
      await take(source, token);
      told.ack.push(jti);
    } catch (error) {
      if (!(error instanceof SetRefused)) throw error;
      told.setErrs[jti] = { err: error.err, description: error.description };
    }
  }
  return told;
}

/** One visit (RFC 8936): fetches what there is, and says what became of it, until there is nothing more. */
async function visit(source: StoredSource): Promise<void> {
  let told: Told = { ack: [], setErrs: {} };
  for (let round = 0; round < ROUNDS; round++) {
    const body = { maxEvents: 50, returnImmediately: true, ...told };
    const answer = await callAs(source, { method: 'POST', url: source.pollUrl!, body });
    const { sets, moreAvailable } = parsed(setsSchema, source.pollUrl!, answer);
    told = { ack: [], setErrs: {} };
    if (Object.keys(sets).length > 0) told = await takeAll(source, sets);
    if (told.ack.length + Object.keys(told.setErrs).length === 0 && !moreAvailable) return;
  }
}

/** Polls every source that is due. Runs beside itself safely. */
export async function pollSources(): Promise<void> {
  for (let id = await claimPoll(clock.now(), LEASE_MS); id; id = await claimPoll(clock.now(), LEASE_MS)) {
    const source = await findSource(id);
    if (!source) continue;
    const { pollSecs } = sourceConfigSchema.parse(source.config);
    try {
      await visit(source);
      const now = clock.ms();
      await changeSourceRow(null, id, {
        failures: 0,
        failingSince: null,
        lastError: null,
        lastPolledAt: new Date(now),
        pollDueAt: new Date(now + pollSecs * 1000),
      });
    } catch (error) {
      const known = toBraidError(error);
      if (known.code === 'internal') log.error({ err: error, source: source.name }, 'a source could not be polled');
      const wait = Math.min(pollSecs * 1000 * 2 ** Math.min(source.failures, 10), MOST_WAIT_MS);
      await changeSourceRow(null, id, {
        failures: { increment: 1 },
        failingSince: source.failingSince ?? clock.now(),
        lastError: known.publicMessage.slice(0, 1000),
        pollDueAt: new Date(clock.ms() + wait),
      });
    }
  }
}
