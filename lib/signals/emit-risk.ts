import type { Tx } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { keepRisks } from '@/lib/risks/keep-risks';
import { emit, type Signal } from '@/lib/signals/emit';
import { RISK_LEVEL_CHANGE } from '@/lib/signals/event-model';
import { changedRisks, changeRisk } from '@/lib/signals/risk/store';
import { readNamed } from '@/lib/signals/store';
import { nameOf } from '@/lib/signals/subject-of';

/** Why it is what it is now, for whoever is told. */
export interface Why {
  reason: string;
  initiating: string;
  at: Date;
}

/** Writes down the risk of identities whose risk is another now (see `changedRisks`); returns the signals that say so. */
export async function riskSignals(
  tx: Tx,
  identityIds: readonly string[],
  whyOf: (id: string) => Why,
): Promise<Signal[]> {
  const signals: Signal[] = [];
  for (const { identityId, level } of await changedRisks(tx, identityIds)) {
    const { reason, initiating, at } = whyOf(identityId);
    const { changed, before } = await changeRisk(tx, { identityId, source: 'braid', level, reason, at });
    const identity = changed ? await readNamed(tx, identityId) : null;
    if (!identity) continue;
    const payload = {
      principal: 'USER',
      current_level: level,
      previous_level: before ?? 'LOW',
      risk_reason: reason.slice(0, 500),
      event_timestamp: Math.floor(at.getTime() / 1000),
      initiating_entity: initiating,
      reason_admin: { en: reason.slice(0, 1000) },
    };
    signals.push({ event: RISK_LEVEL_CHANGE, payload, subject: nameOf(identity), about: identity.id });
  }
  return signals;
}

/** Findings were raised, or are over: receivers are told where that makes their identities another risk. */
export async function emitRisk(tx: Tx, found: readonly { identityId: string; title: string }[]): Promise<void> {
  if (found.length === 0) return;
  const titles = new Map(found.map((one) => [one.identityId, one.title]));
  await keepRisks(tx, [...titles.keys()]);
  const whyOf = (id: string): Why => ({ reason: titles.get(id)!, initiating: 'system', at: clock.now() });
  await emit(tx, await riskSignals(tx, [...titles.keys()], whyOf));
}
