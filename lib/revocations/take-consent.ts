import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { execute } from '@/lib/revocations/execute';
import { cameTo } from '@/lib/revocations/history-state';
import type { RevocationState } from '@/lib/revocations/model';
import { consentUnderWay, findRevocation, insertRevocation, type Stored } from '@/lib/revocations/store';
import { tellAsked } from '@/lib/revocations/tell';

export interface TakeConsent {
  consentId: string;
  /** `app by grantor`. */
  name: string;
  /** The app, where it is an identity; else whose event told of it. */
  identityId: string;
  connector: { connectorId: string; name: string };
  reason: string;
}

export interface ConsentTaking {
  revocationId: string;
  /** The system said that it took it back. */
  taken: boolean;
  /** In its words. */
  how: string;
}

const kind = 'consent';
const reasonCode = 'no_longer_needed';

async function write(ctx: Ctx, { consentId, name, identityId, connector, reason }: TakeConsent): Promise<string> {
  return transaction(async (tx) => {
    const before = await consentUnderWay(tx, consentId);
    if (before) return before;
    const [id, at] = [newId(), clock.now()];
    const asked = cameTo<RevocationState>([], 'requested', at) as object[];
    const step = (ordinal: number, verb: 'refresh' | 'probe', title: string) => ({
      id: newId(),
      revocationId: id,
      ordinal,
      system: connector.name,
      connectorId: connector.connectorId,
      verb,
      state: 'requested',
      title: title.slice(0, 300),
      history: asked,
    });
    await insertRevocation(
      tx,
      {
        id,
        kind,
        identityId,
        consentId,
        state: 'requested',
        history: asked,
        reasonCode,
        reason,
        actorKind: ctx.actor.kind,
        actorId: 'id' in ctx.actor ? ctx.actor.id : null,
        actorName: ctx.actor.name,
        requestedAt: at,
      },
      [
        step(0, 'refresh', `Take back what was allowed: ${name}`),
        step(1, 'probe', 'Prove that its system no longer lists it'),
      ],
    );
    await tellAsked(tx, { id, identityId, kind, reasonCode, reason, actorName: ctx.actor.name });
    await record(tx, ctx, {
      action: 'consent.revoke',
      target: { type: 'consent', id: consentId, name },
      reason,
      detail: { revocationId: id, systems: [connector.name] },
    });
    await enqueue(tx, 'execute-revocation', { identityId, revocationId: id }, { key: `revocation:${id}` });
    await hint(tx, 'revocation', [id]);
    return id;
  });
}

const TAKEN = ['accepted', 'effective', 'verified', 'residual'];

const answerOf = ({ id, steps }: Stored, system: string): ConsentTaking => {
  const step = steps.find((one) => one.verb === 'refresh')!;
  return {
    revocationId: id,
    taken: step.state !== 'accepted' && TAKEN.includes(step.state),
    how: `${system}: ${step.detail ?? 'asked, and it has not answered yet'}`.slice(0, 1000),
  };
};

/**
 * Asks a system to take back what an app was allowed, as a revocation: asked for until it is done, proven by listing again, with
 * what lives on and until when. Tried here and now; what can't be done yet is for the worker. Asked again while that is under way
 * it is the same one. The caller has looked at whether this may be done.
 */
export async function takeConsent(ctx: Ctx, input: TakeConsent): Promise<ConsentTaking> {
  const id = await write(ctx, input);
  await execute(input.identityId);
  return answerOf((await findRevocation(id))!, input.connector.name);
}
