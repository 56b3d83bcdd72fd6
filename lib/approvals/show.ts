import { authorise } from '@/lib/access/authorise';
import { type Ctx, may } from '@/lib/access/model';
import { missing } from '@/lib/approvals/approve';
import type { Effect, RequestDetail, StoppedBy } from '@/lib/approvals/model';
import { refuseOwn } from '@/lib/approvals/refuse-own';
import { dbNow, findRequest, readRequest, type Stored, sumsOf, tokenName } from '@/lib/approvals/store';
import { tired } from '@/lib/approvals/tired';
import { parse } from '@/lib/decisions/parse';
import { type Looked, look } from '@/lib/exposures/look';

/**
 * One request with what whoever answers has to know: what an approval would do to shared state now, who else of the identity
 * is live, and what else of it waits. Throws `not_found`.
 */
export async function show(ctx: Ctx, { id }: { id: string }): Promise<RequestDetail> {
  authorise(ctx, 'console.read');
  const stored = /^[0-9a-f-]{36}$/.test(id) ? await findRequest(id) : null;
  const request = stored && (await readRequest(id));
  if (!request || !stored) throw missing();
  const open = request.state === 'pending';
  const [looked] = await look([itemOf(stored)], simulated(stored));
  const { question, judgement } = looked!;
  const sums = await sumsOf(stored.identityId);
  return {
    request,
    subject: stored.subject as Record<string, unknown>,
    context: askedOf(stored).context,
    askedId: stored.askedId,
    callerName: await tokenName(stored.tokenId),
    provenance: stored.provenance as Record<string, unknown>,
    effects: open ? effectsOf(looked!) : [],
    stopped: open && judgement.verdict !== 'allow' ? { verdict: judgement.verdict, message: judgement.message } : null,
    sessions: question.sessions
      .filter((one) => one.id !== question.session.id || one.id === stored.sessionId)
      .slice(0, 200)
      .map((one) => ({
        id: one.id,
        identityId: one.identityId,
        label: one.label,
        observedBy: one.observedBy,
        startedAt: new Date(one.startedMs).toISOString(),
        network: one.network,
        tags: one.tags.slice(0, 32),
        asks: one.id === stored.sessionId,
      })),
    together: sums,
    refusal:
      open && may(ctx.actor, 'approval.answer')
        ? ((await refuseOwn(ctx, stored)) ?? (await tired(ctx, stored, await dbNow())))
        : null,
  };
}

const askedOf = (stored: Stored) => {
  const { braid = {}, context = {} } = stored.requested as Partial<Record<string, Record<string, unknown>>>;
  return { braid, context };
};

/** The question again, from whom it came. */
function itemOf(stored: Stored) {
  const { braid, context } = askedOf(stored);
  const { idempotency_key: _k, dry_run: _d, ...rest } = braid;
  return parse(
    { kind: 'token', id: stored.tokenId ?? '', name: '', scopes: ['decide'], issuer: stored.issuer },
    {
      subject: stored.subject,
      action: stored.action,
      resource: stored.resource,
      context: { ...context, braid: rest },
    },
    { arrivedMs: 0 },
  );
}

const simulated = (stored: Stored) => ({
  id: 'simulated',
  rules: (stored.rules as unknown as StoppedBy[]).map(({ set, id }) => ({ set, id })),
  approvedBy: 'nobody yet',
  untilMs: Number.MAX_SAFE_INTEGER,
});

function effectsOf({ question, exposures }: Looked): Effect[] {
  const { identity, session } = question;
  const names = new Map([
    [identity.id, identity.name],
    [session.id, session.label],
    ...identity.workflows.map((one): [string, string] => [one.id, one.name]),
  ]);
  return exposures.slice(0, 50).map((one) => ({
    exposureId: one.exposureId,
    set: one.set,
    meter: one.meter,
    kind: one.kind,
    scope: one.scope.slice(0, 500),
    key: one.key,
    keyName: names.get(one.key) ?? null,
    unit: one.unit,
    scale: one.scale,
    settled: one.settled.toString(),
    held: one.held.toString(),
    after: one.asked.toString(),
    limit: one.limit?.toString() ?? null,
    contributors: one.shares.map((share) => ({
      ...share,
      label: share.label.slice(0, 200),
      settled: share.settled.toString(),
      held: share.held.toString(),
    })),
  }));
}
