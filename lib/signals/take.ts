import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { newId, sha256Hex } from '@/lib/platform/ids';
import { isUnderstood, STREAM_UPDATED, shortName, VERIFICATION } from '@/lib/signals/event-model';
import { changeIn, changeSourceRow, insertIn, type StoredSource } from '@/lib/signals/in/store';
import { type ReadSet, readSet, SetRefused } from '@/lib/signals/read-set';

/** A verification has to carry the state that was asked for; one that nobody asked for carries none. */
function checkState(source: StoredSource, { payload, jti, subject }: ReadSet): void {
  const { state } = payload as { state?: unknown };
  if (source.streamId && subject.format === 'opaque' && (subject as { id: string }).id !== source.streamId)
    throw new SetRefused('invalid_request', 'It is about another stream.', jti);
  if (state === undefined || state === null) return;
  if (typeof state !== 'string' || sha256Hex(state) !== source.verifyHash)
    throw new SetRefused('invalid_state', 'The state is not the one that was asked for.', jti);
}

async function control(tx: Tx, source: StoredSource, { event, payload }: ReadSet): Promise<string> {
  const now = clock.now();
  if (event === VERIFICATION) {
    const asked = payload.state !== undefined && payload.state !== null;
    await changeSourceRow(tx, source.id, { verifiedAt: now, ...(asked ? { verifyHash: null } : {}) });
    return asked ? 'What is sent arrives: the state is the one asked for.' : 'A sign of life that nobody asked for.';
  }
  const { status, reason } = payload as { status?: unknown; reason?: unknown };
  const said = `Its transmitter set the stream to ${String(status).slice(0, 40)}${reason ? `: ${String(reason).slice(0, 500)}` : ''}`;
  await changeSourceRow(tx, source.id, { stateReason: status === 'enabled' ? null : said });
  return said;
}

const facts = (set: ReadSet) => ({
  jti: set.jti,
  txn: set.txn,
  event: set.event,
  subject: set.subject as object,
  claims: set.claims as object,
});

/**
 * Takes a token that came in: verified, written down once however often it comes, and its consequences left to a job. Resolves
 * only when it is stored. Throws SetRefused (which is written down as well), and what kept the keys from being read.
 */
export async function take(source: StoredSource, token: string): Promise<ReadSet> {
  const now = clock.now();
  const id = newId();
  try {
    const set = await readSet(source, token);
    if (set.event === VERIFICATION) checkState(source, set);
    const isControl = set.event === VERIFICATION || set.event === STREAM_UPDATED;
    const known = isUnderstood(set.event);
    await transaction(async (tx) => {
      const row = { id, sourceId: source.id, ...facts(set), receivedAt: now };
      const outcome = known ? 'It waits to be acted upon.' : `Braid does nothing upon ${shortName(set.event)}.`;
      const fresh = await insertIn(tx, { ...row, outcome, ...(known ? {} : { state: 'ignored', doneAt: now }) });
      if (!fresh) return;
      if (isControl) {
        const said = await control(tx, source, set);
        await changeIn(tx, id, { state: 'noted', outcome: said, doneAt: now });
      } else if (known) await enqueue(tx, 'apply-signal', { id }, { key: `signal-in:${id}` });
      await changeSourceRow(tx, source.id, { lastReceivedAt: now, failures: 0, failingSince: null });
      await hint(tx, 'signal', [source.id]);
    });
    return set;
  } catch (error) {
    if (error instanceof SetRefused) await refused(source, error, now);
    throw error;
  }
}

/** Kept without its jti: one that is later sent as it should be is not taken for the same. */
async function refused(source: StoredSource, { err, description, jti }: SetRefused, receivedAt: Date): Promise<void> {
  const outcome = `Refused: ${description}${jti ? ` (${jti})` : ''}`.slice(0, 2000);
  await transaction(async (tx) => {
    await insertIn(tx, {
      id: newId(),
      sourceId: source.id,
      state: 'refused',
      outcome,
      err,
      receivedAt,
      doneAt: receivedAt,
    });
    await hint(tx, 'signal', [source.id]);
  });
}
