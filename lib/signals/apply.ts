import { type Ctx, systemCtx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { raise, type Stands } from '@/lib/findings/raise';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { derivedId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';
import { start } from '@/lib/playbooks/start';
import { admitPolicy } from '@/lib/responses/admit-policy';
import { type Agreed, request } from '@/lib/revocations/request';
import { keepRisks, sayRisk } from '@/lib/risks/keep-risks';
import { type Wanted, wantedBy } from '@/lib/signals/act-evaluate';
import { causedBy } from '@/lib/signals/cause';
import { reasonOf, shortName, type UnderstoodEvent } from '@/lib/signals/event-model';
import { changeIn, findIn, type StoredSource } from '@/lib/signals/in/store';
import { type Matched, match } from '@/lib/signals/match';
import { endCredentials, type Meant, type MeantSession, sessionsBy, tellSessions } from '@/lib/signals/matching/store';
import { type InState, sourceConfigSchema } from '@/lib/signals/model';
import { changeRisk } from '@/lib/signals/risk/store';
import { subjectSchema } from '@/lib/signals/subject-model';

/** Tries after which what it asks for is given up, and shown as failed. */
const ATTEMPTS = 12;

interface Outcome {
  state: InState;
  outcome: string;
  identityIds?: string[];
  revocationIds?: string[];
}

interface Meaning {
  /** Of the signal. */
  id: string;
  source: StoredSource;
  event: UnderstoodEvent;
  reason: string | null;
  wanted: Wanted;
  matched: Matched;
}

const several = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
/** Whoever configured what follows from this source. */
const actorOf = (source: StoredSource): Ctx => ({
  actor: { kind: 'policy', name: `signals/${source.name}`.slice(0, 200) },
});

/** Stores what it says where policies read it, and has live sessions asked again. Returns the findings that say so. */
async function note(tx: Tx, ctx: Ctx, { source, event, reason, wanted, matched }: Meaning): Promise<Stands[]> {
  const now = clock.now();
  const ids = matched.identities.map(({ id }) => id).sort();
  const said = `${source.name}${reason ? `: ${reason}` : ''}`;
  // A session that is not known here, or is over, speaks of the identity it is said to be of.
  const ofSessions = wanted.riskOfSessions === true && matched.some && matched.sessions.length > 0;
  for (const identityId of wanted.risk && !ofSessions ? ids : [])
    await changeRisk(tx, { identityId, source: source.id, level: wanted.risk!, reason: said, at: now });
  if (ofSessions) {
    const sessionIds = matched.sessions.map((one) => one.id);
    await sayRisk(tx, { sessionIds, source: source.id, level: wanted.risk! });
    await keepRisks(tx, ids, sessionIds);
  }
  if (wanted.session)
    await tellSessions(
      tx,
      matched.sessions.map(({ id }) => id),
      wanted.session,
    );
  await enqueue(tx, 'reevaluate-sessions', { identityIds: ids, because: 'identity' });
  for (const { id, name } of matched.identities)
    await record(tx, ctx, {
      action: 'signal.apply',
      target: { type: 'identity', id, name },
      reason: said.slice(0, 2000),
      detail: { source: source.name, event: shortName(event) },
    });
  const { severity, title } = wanted;
  if (!severity) return [];
  const at = now.toISOString();
  const found = matched.identities.map(({ id }) => ({
    identityId: id,
    detector: 'shared-signal' as const,
    cause: `${source.id}:${ofSessions ? 'session-' : ''}${shortName(event)}`,
    severity,
    title,
    summary: `${source.name} sent ${shortName(event)}.${reason ? ` It says: ${reason}` : ''}`,
    reasons: [`${source.name} (${source.issuer}) signed it, and its signature was verified.`],
    evidence: {
      sessions: matched.sessions
        .filter(({ identityId }) => identityId === id)
        .slice(0, 200)
        .map((one) => one.id),
      decisions: [],
      events: [],
    },
    firstSeenAt: at,
    lastSeenAt: at,
  }));
  return (await raise(tx, systemCtx('shared signals'), found)).stands;
}

/** What is over already, never was, or may not be touched is nothing to fail for. */
const SETTLED = ['conflict', 'connector.protected', 'identity.revoked', 'not_found'];

async function tryTo(work: () => Promise<{ revocationIds: string[]; created: boolean }>): Promise<string[] | string> {
  try {
    return (await work()).revocationIds;
  } catch (error) {
    if (!(error instanceof BraidError) || !SETTLED.includes(error.code)) throw error;
    return error.publicMessage;
  }
}

const CLOSED = { pause: ['paused', 'revoked'], revoke: ['revoked'], terminate: [] as string[] };

/** Nobody looks before another system's word is acted upon: the guardrails of policies bound it, per signal and identity. */
async function within(
  ctx: Ctx,
  { id: signalId }: Meaning,
  { id: identityId, name, state, protected: never }: Meant,
  act: { kind: 'terminate' | 'pause' | 'revoke'; sessionIds?: string[]; reason: string },
  work: (agreed: Agreed) => Promise<(string[] | string)[]>,
): Promise<(string[] | string)[]> {
  if (never || CLOSED[act.kind].includes(state)) return work({ signalId });
  const decisionId = derivedId('signal-act', signalId, identityId);
  const asked = { ...act, by: ctx.actor.name, decisionId, signalId, identityId, sessionId: null };
  const agreed = await admitPolicy(ctx, asked);
  return agreed ? work({ ...agreed, signalId }) : [`A guardrail refused it for ${name}: nothing was done there.`];
}

/** Ends sessions, at most 200 at a time. */
async function end(
  ctx: Ctx,
  meaning: Meaning,
  sessions: MeantSession[],
  reason: string,
): Promise<(string[] | string)[]> {
  const done: (string[] | string)[] = [];
  for (const identity of meaning.matched.identities) {
    const ids = sessions.filter(({ identityId }) => identityId === identity.id).map(({ id }) => id);
    if (ids.length === 0) continue;
    const ended = await within(
      ctx,
      meaning,
      identity,
      { kind: 'terminate', sessionIds: ids, reason },
      async (agreed) => {
        const parts: (string[] | string)[] = [];
        for (let at = 0; at < ids.length; at += 200) {
          const input = { kind: 'terminate' as const, sessionIds: ids.slice(at, at + 200) };
          parts.push(await tryTo(() => request(ctx, { ...input, reasonCode: 'suspected_theft', reason }, agreed)));
        }
        return parts;
      },
    );
    done.push(...ended);
  }
  return done;
}

/** Closes identities, or opens what this source closed. */
async function change(ctx: Ctx, meaning: Meaning, targets: Meant[], reason: string): Promise<(string[] | string)[]> {
  const { act } = meaning.wanted;
  const done = await Promise.all(
    targets.map(async (identity) => {
      const { id: identityId, state } = identity;
      if (act === 'open') {
        const kind = state === 'revoked' ? ('restore' as const) : ('resume' as const);
        return [
          await tryTo(() =>
            request(ctx, { kind, identityId, reasonCode: 'wanted_again', reason }, { signalId: meaning.id }),
          ),
        ];
      }
      const kind = act as 'pause' | 'revoke';
      const input = { kind, identityId, reasonCode: 'suspected_theft' as const, reason };
      return within(ctx, meaning, identity, { kind, reason }, async (agreed) => [
        await tryTo(() => request(ctx, input, agreed)),
      ]);
    }),
  );
  return done.flat();
}

/** A source gives back only what it took. */
const tookBy =
  (ctx: Ctx) =>
  ({ state, stateChangedBy }: Meant): boolean =>
    state !== 'active' && stateChangedBy === ctx.actor.name;

async function act(ctx: Ctx, meaning: Meaning): Promise<Outcome> {
  const { wanted, matched, source, reason } = meaning;
  const identityIds = matched.identities.map(({ id }) => id);
  const why = `${wanted.title} (${source.name}${reason ? `: ${reason}` : ''})`.slice(0, 2000);
  let sessions = matched.sessions;
  if (wanted.credentials) {
    const ended = await transaction((tx) => endCredentials(tx, identityIds, wanted.credentials!));
    if (ended.length === 0)
      return { state: 'noted', outcome: `${wanted.title}. Braid knows no such credential of it.`, identityIds };
    sessions = await sessionsBy(ended);
  }
  if (wanted.act === 'note')
    return { state: 'noted', outcome: `${wanted.title}. Stored, and live sessions asked again.`, identityIds };
  const targets = wanted.act === 'open' ? matched.identities.filter(tookBy(ctx)) : matched.identities;
  if (wanted.act === 'open' && targets.length === 0)
    return { state: 'noted', outcome: `${wanted.title}. Nothing here was closed because of this source.`, identityIds };
  if (wanted.act === 'end' && sessions.length === 0)
    return { state: 'noted', outcome: `${wanted.title}. No session of it is live here.`, identityIds };
  const results =
    wanted.act === 'end' ? await end(ctx, meaning, sessions, why) : await change(ctx, meaning, targets, why);
  const revocationIds = results.filter((one) => typeof one !== 'string').flat();
  const left = results.filter((one) => typeof one === 'string');
  if (revocationIds.length === 0) return { state: 'noted', outcome: `${wanted.title}. ${left.join(' ')}`, identityIds };
  const words = {
    end: `ended ${several(sessions.length, 'session')}`,
    pause: `paused ${several(targets.length, 'identity').replace('identitys', 'identities')}`,
    revoke: `revoked ${several(targets.length, 'identity').replace('identitys', 'identities')}`,
    open: 'gave back what it had taken',
  }[wanted.act];
  return {
    state: 'acted',
    outcome: [`${wanted.title}: ${words}.`, ...left].join(' ').slice(0, 2000),
    identityIds,
    revocationIds,
  };
}

async function consequence(
  source: StoredSource,
  row: NonNullable<Awaited<ReturnType<typeof findIn>>>,
): Promise<Outcome> {
  const subject = subjectSchema.parse(row.subject);
  const matched = await match(source, subject);
  if ('why' in matched) return { state: matched.state, outcome: matched.why, identityIds: matched.identityIds };
  const event = row.event as UnderstoodEvent;
  const payload = (row.claims as { events: Record<string, Record<string, unknown>> }).events[event]!;
  const { acts } = sourceConfigSchema.parse(source.config);
  const meaning: Meaning = {
    id: row.id,
    source,
    event,
    reason: reasonOf(payload),
    wanted: wantedBy(event, payload, acts),
    matched,
  };
  const ctx = actorOf(source);
  const stands = await transaction((tx) => note(tx, ctx, meaning));
  const outcome = await act(ctx, meaning);
  // Rules that respond to findings look at them anyway; a playbook may also be what was agreed for this source.
  if (acts.playbook) for (const one of stands) await start(systemCtx('shared signals'), one);
  return outcome;
}

/**
 * Does what follows from a token that was taken: found whom it means, what was agreed for its source, and that once. What Braid
 * tells others of it carries the same `txn`. Harmless when done twice.
 */
export async function apply(id: string): Promise<void> {
  const row = await findIn(id);
  if (row?.state !== 'received') return;
  await changeIn(null, id, { attempts: { increment: 1 } });
  const done = await causedBy(row.txn ?? row.jti ?? row.id, () => consequence(row.source, row)).catch(
    (error: unknown) => {
      if (row.attempts < ATTEMPTS) throw error;
      log.error({ err: error, signal: id }, 'a signal could not be acted upon');
      return {
        state: 'failed',
        outcome: `It could not be acted upon: ${toBraidError(error).publicMessage}`,
      } as Outcome;
    },
  );
  await transaction(async (tx) => {
    await changeIn(tx, id, { ...done, doneAt: clock.now() });
    // Which credential it names is known of it only now.
    if (done.identityIds) await keepRisks(tx, done.identityIds);
    await hint(tx, 'signal', [row.sourceId]);
  });
}
