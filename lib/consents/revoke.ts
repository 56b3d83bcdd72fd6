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
import { needsSecond } from '@/lib/responses/needs-second';
import { checkBounds } from '@/lib/revocations/check-bounds';
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

const nameOf = (consent: Stored): string => `${consent.app} by ${consent.grantor}`.slice(0, 300);

/**
 * Holds the bounds and writes down what is going to be asked, so that it counts from then on. Answers nothing: throws where it
 * may not be done.
 */
async function claim(ctx: Ctx, consent: Stored, sessionIds: string[], reason: string): Promise<void> {
  const bounded = sessionIds.length > 0 ? await checkBounds(ctx, { kind: 'terminate', sessionIds }) : null;
  const identityIds = bounded?.identityIds ?? [consent.identityId];
  await transaction(async (tx) => {
    if (bounded) await bounded.hold(tx);
    else {
      const reach = { identities: 1, sessions: 0, systems: 1, identityIds };
      const second = await needsSecond(ctx, 'terminate', reach, tx);
      if (second) throw new BraidError('response.second_operator', second);
    }
    await record(tx, ctx, {
      action: 'consent.ask',
      target: { type: 'consent', id: consent.id, name: nameOf(consent) },
      reason,
      detail: { source: consent.source, identityIds, sessionIds },
    });
  });
}

/**
 * Takes an app's consent back: at its system, where a connector can, else it says that it has to be done there; and ends the
 * live sessions that rest on it, which the decision point refuses from then on. Nothing is asked of a system before the bounds
 * of ending access are held. Throws `not_found`, `conflict`, `connector.protected`, `response.second_operator`,
 * `connector.unreachable`, `connector.refused`; then nothing was ended.
 */
export async function revoke(ctx: Ctx, input: RevokeConsent): Promise<ConsentRevoked> {
  authorise(ctx, 'identity.revoke');
  const { id, reason } = revokeConsentSchema.parse(input);
  const consent = await findConsent(id);
  if (!consent) throw new BraidError('not_found', 'There is no such consent.');
  if (consent.revokedAt) throw new BraidError('conflict', 'It has been taken back already.');
  const app = (await usesOf([id], clock.now())).get(id)?.app_id ?? null;
  const before = await liveUnder(consent, app, clock.now());
  await claim(ctx, consent, before, reason);
  const { how, taken } = await takeBack(consent, (await takersOf([consent])).get(id));
  const still = new Set(before.length > 0 ? await liveUnder(consent, app, clock.now()) : []);
  const sessionIds = before.filter((one) => still.has(one));
  const asked = { kind: 'terminate' as const, sessionIds, reasonCode: 'no_longer_needed' as const, reason };
  const ended = sessionIds.length > 0 ? await request(ctx, asked, { counted: true }) : null;
  const revocationIds = (ended?.revocationIds ?? []).slice(0, 20);
  await transaction(async (tx) => {
    // What nobody took back is still given, whatever was asked.
    if (taken) await markRevoked(tx, id, { at: clock.now(), by: ctx.actor.name, how });
    else await noteHow(tx, id, how);
    await record(tx, ctx, {
      action: 'consent.revoke',
      target: { type: 'consent', id, name: nameOf(consent) },
      reason,
      detail: { source: consent.source, scopes: consent.scopes.slice(0, 50), taken, how, sessions: sessionIds.length },
    });
    await hint(tx, 'consent', [id]);
  });
  return { how, taken, revocationIds };
}
