import type { PulledEvents } from '@/lib/connectors/contract';
import type { Opened } from '@/lib/connectors/open';
import {
  FAILING_MOST_MS,
  FULL_MS,
  type HeldFor,
  LIMITED_MOST_MS,
  LIMITED_MS,
  PULL_EVERY_MS,
  PULL_MOST,
} from '@/lib/connectors/pull-model';
import { findPull, holdPull, moveCursor } from '@/lib/connectors/pulls/store';
import { stillFollowed } from '@/lib/connectors/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { type BraidError, toBraidError } from '@/lib/platform/errors';
import { storePulled } from '@/lib/sessions/store-pulled';

/** How long a system asks to be left alone, milliseconds. */
export function patienceOf(error: BraidError): number {
  const asked = (error.detail as { retryAfterMs?: unknown } | undefined)?.retryAfterMs;
  return typeof asked === 'number' && asked > 0 ? Math.min(asked, LIMITED_MOST_MS) : LIMITED_MS;
}

/**
 * Asks a connector for the next piece of its system's audit log and puts it into the inbox. The piece and the cursor behind it
 * are stored in one transaction: a process that dies at any moment loses nothing and takes nothing over twice. Returns how long
 * to wait, ms; 0: there is more. A system that asks for patience, an inbox without room and a failure are waited for, and shown.
 */
export async function pullEvents(opened: Opened, failures = 0): Promise<number> {
  const { row, connection } = opened;
  if (!connection.pullEvents) return PULL_EVERY_MS;
  const before = await findPull(row.id, 'events');
  const held = before?.heldUntil ? before.heldUntil.getTime() - clock.ms() : 0;
  if (held > 0) return held;
  let pulled: PulledEvents;
  try {
    pulled = await connection.pullEvents(before?.cursor ?? null, PULL_MOST);
  } catch (error) {
    const known = toBraidError(error);
    const limited = known.code === 'connector.limited';
    const ms = limited ? patienceOf(known) : Math.min(1_000 * 2 ** Math.min(failures, 10), FAILING_MOST_MS);
    await hold(row.id, limited ? 'limited' : 'failing', ms, known.publicMessage);
    if (limited) return ms;
    throw error;
  }
  const stored = await store(opened, before?.cursor ?? null, pulled);
  if (stored === 'full') {
    await hold(
      row.id,
      'inbox_full',
      FULL_MS,
      'The inbox is full: it is asked again once what waits there is taken in.',
    );
    return FULL_MS;
  }
  return stored === 'stored' && pulled.more ? 0 : PULL_EVERY_MS;
}

async function store(
  { row }: Opened,
  from: string | null,
  pulled: PulledEvents,
): Promise<'stored' | 'full' | 'overtaken'> {
  try {
    return await transaction(async (tx) => {
      if (!(await stillFollowed(tx, row.id))) return 'overtaken';
      const { format, lines, cursor, more } = pulled;
      const to = { connectorId: row.id, what: 'events', from, to: cursor, taken: lines.length, behind: more } as const;
      if (!(await moveCursor(tx, { ...to, at: clock.now() }))) return 'overtaken';
      if (lines.length === 0) return 'stored';
      if (!(await storePulled(tx, { connectorId: row.id, name: row.name, format, lines }))) throw new Full();
      await hint(tx, 'connector', [row.id]);
      return 'stored';
    });
  } catch (error) {
    if (error instanceof Full) return 'full';
    throw error;
  }
}

/** Rolls the cursor back with the batch there was no room for. */
class Full extends Error {}

async function hold(connectorId: string, heldFor: HeldFor, ms: number, reason: string): Promise<void> {
  await holdPull(connectorId, 'events', { until: new Date(clock.ms() + ms), heldFor, reason });
  await transaction((tx) => hint(tx, 'connector', [connectorId]));
}
