import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { needsSecond } from '@/lib/responses/needs-second';
import { admit } from '@/lib/revocations/admit';
import type { Radius } from '@/lib/revocations/bulk-model';
import { undoDrill } from '@/lib/revocations/drilled/store';
import { endDeclared, endedBy, renew } from '@/lib/revocations/ended/store';
import { cameTo } from '@/lib/revocations/history-state';
import { lookAtAll, within } from '@/lib/revocations/look-at-all';
import {
  changesState,
  closes,
  KIND_PERMISSION,
  REASON_CODES,
  type Requested,
  type RequestInput,
  type RevocationKind,
  type RevocationState,
  requestInputSchema,
} from '@/lib/revocations/model';
import { stepsOf } from '@/lib/revocations/new-steps';
import { plan } from '@/lib/revocations/plan';
import type { Looked } from '@/lib/revocations/preview';
import { reachOf } from '@/lib/revocations/preview';
import { dropEarlier, undoUnderWay } from '@/lib/revocations/rotated/store';
import { stateOf } from '@/lib/revocations/state';
import { insertRevocation, type StoredIdentity, setIdentityState, snapshotOf, undo } from '@/lib/revocations/store';
import { tellAsked } from '@/lib/revocations/tell';

const STATE_AFTER: Record<Exclude<RevocationKind, 'terminate' | 'rotate'>, string> = {
  revoke: 'revoked',
  pause: 'paused',
  resume: 'active',
  restore: 'active',
};

const UNDOES: Record<RevocationKind, RevocationKind[]> = {
  terminate: [],
  rotate: [],
  revoke: ['pause', 'resume', 'restore'],
  pause: ['resume', 'restore'],
  resume: ['pause', 'resume'],
  restore: ['revoke', 'pause', 'restore'],
};

/** What is shut is not rotated, and one rotation takes the place of another. */
const ENDS_ROTATIONS: RevocationKind[] = ['revoke', 'pause', 'rotate'];

interface Given {
  /** The connector that is drilled. */
  drill: string | undefined;
  kind: RevocationKind;
  reasonCode: keyof typeof REASON_CODES;
  reason: string;
  signalId?: string;
  /** The one action over many that it is part of, and when that was asked for. */
  actionId?: string;
  clickedAt?: Date;
}

interface Target extends Looked {
  identity: StoredIdentity;
}

interface Written {
  id: string;
  sessionIds: string[];
}

async function write(tx: Tx, ctx: Ctx, given: Given, target: Target, at: Date): Promise<Written> {
  const { identity, sessions, systems, radius } = target;
  const { kind, reasonCode, reason, drill } = given;
  const id = newId();
  const ids = sessions.map((session) => session.id);
  const words = reason || REASON_CODES[reasonCode];
  if (changesState(kind) && !drill)
    await setIdentityState(tx, identity.id, STATE_AFTER[kind], words, ctx.actor.name, at);
  const declared =
    (kind === 'terminate' || kind === 'revoke' || kind === 'rotate') && !drill
      ? await endDeclared(
          tx,
          {
            identityId: identity.id,
            sessionIds: kind === 'terminate' ? ids : null,
            by: endedBy(ctx.actor.kind, given.signalId),
          },
          at,
          words,
        )
      : [];
  if (kind === 'terminate' && declared.length < ids.length) await renew(tx, ids);
  // A drill measures one system: nothing else is told, and nobody watches.
  const planned = plan(kind, systems, kind === 'rotate' ? declared.length : ids.length).filter(
    (step) => !drill || step.connectorId === drill,
  );
  const steps = stepsOf(id, planned, at);
  if (!drill) await undo(tx, identity.id, UNDOES[kind], id, !closes(kind));
  if (!drill && ENDS_ROTATIONS.includes(kind)) await undoUnderWay(tx, identity.id, id);
  if (kind === 'rotate') await dropEarlier(tx, identity.id, id);
  const effectiveAt = clock.now();
  const facts = steps.map((step) => ({ ...step, attempts: 0, finishedAt: null, residualUntil: [] }));
  await insertRevocation(
    tx,
    {
      id,
      kind,
      identityId: identity.id,
      sessionIds: kind === 'terminate' ? ids : declared.slice(0, 200),
      state: stateOf(facts),
      history: cameTo(cameTo<RevocationState>([], 'requested', at), stateOf(facts), effectiveAt) as object[],
      reasonCode,
      reason,
      actorKind: ctx.actor.kind,
      actorId: 'id' in ctx.actor ? ctx.actor.id : null,
      actorName: ctx.actor.name,
      drill: drill !== undefined,
      signalId: given.signalId ?? null,
      actionId: given.actionId ?? null,
      requestedAt: at,
      clickedAt: given.clickedAt ?? null,
      effectiveAt,
      blastRadius: radius as object,
      inFlight: closes(kind) && !drill ? { snapshot: await snapshotOf(tx), items: [] } : [],
    },
    steps,
  );
  if (drill) await undoDrill(tx, identity.id, drill, UNDOES[kind], id);
  await record(tx, ctx, {
    action: kind === 'terminate' ? 'session.terminate' : `identity.${kind}`,
    target: { type: 'identity', id: identity.id, name: identity.name },
    reason: words,
    detail: {
      revocationId: id,
      reasonCode,
      ...(kind === 'terminate' ? { sessionIds: ids } : {}),
      // What is sealed with it: sessions that are over with this very entry, and whether the identity’s state is.
      ended: declared.slice(0, 200),
      drill: drill !== undefined,
      systems: systems.map((system) => system.name),
    },
  });
  const { name: actorName } = ctx.actor;
  if (!drill) await tellAsked(tx, { id, identityId: identity.id, kind, reasonCode, reason, actorName });
  await enqueue(tx, 'execute-revocation', { identityId: identity.id, revocationId: id }, { key: `revocation:${id}` });
  if (drill) return { id, sessionIds: [] };
  // A paused identity's sessions are refused, a resumed one's may be again; what ends no longer counts beside the others.
  const again = { identityIds: [identity.id], because: 'identity' };
  await enqueue(tx, 'reevaluate-sessions', again, { key: `reevaluate:identity:${identity.id}` });
  return { id, sessionIds: kind === 'terminate' ? ids : declared };
}

/** Said by verbs of Braid that have asked already, never by a caller. */
export interface Agreed {
  /** The response a second operator has agreed to. */
  responseId?: string;
  /** What was agreed to reaches so far: what reaches further by now is done by nobody. */
  most?: Radius;
  /** How far the action reaches of which this is a part: it was looked at as a whole. */
  reach?: Radius;
  /** The security event of another system that it follows from. */
  signalId?: string;
  /** The one action over many that it is part of. */
  actionId?: string;
  /** When that was asked for. */
  clickedAt?: Date;
  /** The bounds were held when it was begun, and it is counted since then. */
  counted?: true;
  /**
   * An exercise with a canary in this connector, and nowhere else: the identity stays as it is, nobody is told, nothing is
   * watched, no statistic counts it.
   */
  drill?: string;
}

/**
 * Ends, pauses or restores access: one transaction changes what the decision point reads, so that it denies from the next
 * request, and leaves the rest to the respond worker. Several identities are changed together or not at all. Asked twice it
 * returns the one under way. Errors: `not_found`, `connector.protected`, `identity.revoked`, `conflict`,
 * `response.second_operator` where it reaches further than one may go alone.
 */
export async function request(ctx: Ctx, input: RequestInput, agreed: Agreed = {}): Promise<Requested> {
  const at = clock.now();
  authorise(ctx, KIND_PERMISSION[input.kind]);
  const parsed = requestInputSchema.parse(input);
  const { drill } = agreed;
  const looked = (await lookAtAll(parsed)).map((one) => (drill ? within(one, drill) : one));
  const alone = !agreed.responseId && !agreed.drill && !agreed.counted;
  if (drill && !looked[0]!.systems[0]?.capabilities)
    throw new BraidError(
      'connector.unsupported',
      'Its connector is disabled, or no longer knows it: nothing can be done there.',
    );
  if (alone && !agreed.reach) {
    const second = await needsSecond(ctx, parsed.kind, reachOf(looked));
    if (second) throw new BraidError('response.second_operator', second);
  }
  const done = await transaction(
    async (tx) => {
      // Looked at once more with this actor's other requests held back: many at the same time are one large one as well.
      const second = alone ? await needsSecond(ctx, parsed.kind, reachOf(looked), tx) : null;
      if (second) throw new BraidError('response.second_operator', second);
      const admitted: [Looked, Awaited<ReturnType<typeof admit>>][] = [];
      for (const one of looked) admitted.push([one, await admit(tx, parsed.kind, one, drill)]);
      const written: (Written & { created: boolean })[] = [];
      for (const [one, how] of admitted) {
        if ('existing' in how) written.push({ id: how.existing, sessionIds: [], created: false });
        else if ('identity' in how)
          written.push({
            ...(await write(
              tx,
              ctx,
              { ...parsed, drill, signalId: agreed.signalId, actionId: agreed.actionId, clickedAt: agreed.clickedAt },
              { ...one, ...how },
              at,
            )),
            created: true,
          });
      }
      if (!written.length) {
        const said = looked[0]!.sessionIds.length === 1 ? 'This session has' : 'These sessions have';
        throw new BraidError('conflict', `${said} already ended.`);
      }
      await hint(
        tx,
        'identity',
        looked.map((one) => one.identityId),
      );
      await hint(
        tx,
        'session',
        written.flatMap((one) => one.sessionIds),
      );
      await hint(
        tx,
        'revocation',
        written.map((one) => one.id),
      );
      return written;
    },
    { timeoutMs: looked.length > 1 ? 60_000 : 15_000 },
  );
  return {
    revocationId: done[0]!.id,
    revocationIds: done.map((one) => one.id),
    created: done.some((one) => one.created),
  };
}
