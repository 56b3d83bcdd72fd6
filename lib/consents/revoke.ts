import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { open } from '@/lib/connectors/open';
import { type Taker, takersOf } from '@/lib/consents/list';
import { type ConsentRevoked, type RevokeConsent, revokeConsentSchema } from '@/lib/consents/model';
import { findConsent, liveUnder, markRevoked, noteHow, type Stored, usesOf } from '@/lib/consents/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { request } from '@/lib/revocations/request';

/** Asks the system, where one is connected that can. Throws what the connector says. */
async function takeBack(consent: Stored, taker: Taker | undefined): Promise<{ how: string; taken: boolean }> {
  const there = `at ${consent.source}`;
  if (!taker)
    return { how: `No connected system can take it back: remove ${consent.app} ${there} itself.`, taken: false };
  const { connection } = await open(taker.connectorId);
  const acted = await connection.revokeConsent!({
    app: consent.app,
    grantor: consent.grantor,
    scopes: consent.scopes,
  });
  if (acted.state === 'failed') throw new BraidError('connector.refused', `${taker.name}: ${acted.detail}`);
  return { how: `${taker.name}: ${acted.detail}`, taken: acted.state === 'effective' };
}

/**
 * Takes an app's consent back: at its system, where a connector can, else it says that it has to be done there; and ends the
 * live sessions that rest on it, which the decision point refuses from then on. Throws `not_found`, `conflict`,
 * `connector.unreachable`, `connector.refused`; then nothing was ended.
 */
export async function revoke(ctx: Ctx, input: RevokeConsent): Promise<ConsentRevoked> {
  authorise(ctx, 'identity.revoke');
  const { id, reason } = revokeConsentSchema.parse(input);
  const consent = await findConsent(id);
  if (!consent) throw new BraidError('not_found', 'There is no such consent.');
  if (consent.revokedAt) throw new BraidError('conflict', 'It has been taken back already.');
  const { how, taken } = await takeBack(consent, (await takersOf([consent.source])).get(consent.source));
  const app = (await usesOf([id], clock.now())).get(id)?.app_id ?? null;
  const sessionIds = await liveUnder(consent, app, clock.now());
  const ended =
    sessionIds.length > 0
      ? await request(ctx, { kind: 'terminate', sessionIds, reasonCode: 'no_longer_needed', reason })
      : null;
  const revocationIds = (ended?.revocationIds ?? []).slice(0, 20);
  await transaction(async (tx) => {
    // What nobody took back is still given, whatever was asked.
    if (taken) await markRevoked(tx, id, { at: clock.now(), by: ctx.actor.name, how });
    else await noteHow(tx, id, how);
    await record(tx, ctx, {
      action: 'consent.revoke',
      target: { type: 'consent', id, name: `${consent.app} by ${consent.grantor}`.slice(0, 300) },
      reason,
      detail: { source: consent.source, scopes: consent.scopes.slice(0, 50), taken, how, sessions: sessionIds.length },
    });
    await hint(tx, 'consent', [id]);
  });
  return { how, taken, revocationIds };
}
