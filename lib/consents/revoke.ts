import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { ableTo } from '@/lib/connectors/able-to';
import { open } from '@/lib/connectors/open';
import { type Taker, takersOf } from '@/lib/consents/list';
import { type ConsentRevoked, type RevokeConsent, revokeConsentSchema } from '@/lib/consents/model';
import { findConsent, liveUnder, noteHow, type Stored, usesOf } from '@/lib/consents/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { needsSecond } from '@/lib/responses/needs-second';
import { checkBounds } from '@/lib/revocations/check-bounds';
import { request } from '@/lib/revocations/request';
import { takeConsent } from '@/lib/revocations/take-consent';

/** Throws where it may not be asked: `connector.protected`, `connector.refused`. One that can't be reached now is asked later. */
async function mayBeAsked(consent: Stored, taker: Taker): Promise<void> {
  try {
    const { connection } = await open(taker.connectorId);
    await ableTo(connection, 'probeConsent').probeConsent(consent, clock.now());
  } catch (error) {
    const { code } = toBraidError(error);
    if (code !== 'connector.unreachable' && code !== 'connector.limited') throw error;
  }
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
 * Takes an app's consent back: at its system, where a connector can, as a revocation that is proven and has a certificate; else it
 * says that it has to be done there. And ends the live sessions that rest on it, which the decision point refuses from then on.
 * Nothing is asked of a system before the bounds of ending access are held. Throws `not_found`, `conflict`,
 * `connector.protected`, `response.second_operator`, `connector.refused`; then nothing was ended.
 */
export async function revoke(ctx: Ctx, input: RevokeConsent): Promise<ConsentRevoked> {
  authorise(ctx, 'identity.revoke');
  const { id, reason } = revokeConsentSchema.parse(input);
  const consent = await findConsent(id);
  if (!consent) throw new BraidError('not_found', 'There is no such consent.');
  if (consent.revokedAt) throw new BraidError('conflict', 'It has been taken back already.');
  const app = (await usesOf([id], clock.now())).get(id)?.app_id ?? null;
  const taker = (await takersOf([consent])).get(id);
  const before = await liveUnder(consent, app, clock.now());
  await claim(ctx, consent, before, reason);
  if (taker) await mayBeAsked(consent, taker);
  const done = taker ? await takeAt(ctx, consent, taker, app, reason) : await notHere(ctx, consent, reason);
  const still = new Set(before.length > 0 ? await liveUnder(consent, app, clock.now()) : []);
  const sessionIds = before.filter((one) => still.has(one));
  const asked = { kind: 'terminate' as const, sessionIds, reasonCode: 'no_longer_needed' as const, reason };
  const ended = sessionIds.length > 0 ? await request(ctx, asked, { counted: true }) : null;
  const revocationIds = [...done.revocationIds, ...(ended?.revocationIds ?? [])].slice(0, 20);
  return { how: done.how, taken: done.taken, revocationIds };
}

async function takeAt(ctx: Ctx, consent: Stored, taker: Taker, app: string | null, reason: string) {
  const { revocationId, taken, how } = await takeConsent(ctx, {
    consentId: consent.id,
    name: nameOf(consent),
    identityId: app ?? consent.identityId,
    connector: taker,
    reason,
  });
  if (!taken) await transaction((tx) => noteHow(tx, consent.id, how));
  return { taken, how, revocationIds: [revocationId] };
}

/** What nobody took back is still given, whatever was asked. */
async function notHere(ctx: Ctx, consent: Stored, reason: string) {
  const { id, source, app } = consent;
  const how = `No connected system can take it back: remove ${app} at ${source} itself.`;
  await transaction(async (tx) => {
    await noteHow(tx, id, how);
    await record(tx, ctx, {
      action: 'consent.revoke',
      target: { type: 'consent', id, name: nameOf(consent) },
      reason,
      detail: { source, scopes: consent.scopes.slice(0, 50), taken: false, how },
    });
    await hint(tx, 'consent', [id]);
  });
  return { taken: false, how, revocationIds: [] as string[] };
}
