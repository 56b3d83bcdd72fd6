import { ableTo } from '@/lib/connectors/able-to';
import { askLook } from '@/lib/connectors/ask-look';
import { describeConnector } from '@/lib/connectors/describe';
import type { NativeSession, Probed } from '@/lib/connectors/model';
import { open } from '@/lib/connectors/open';
import { find as findConsent } from '@/lib/consents/find';
import { markTaken } from '@/lib/consents/mark-taken';
import { type Tx, transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { act, each, probe, type Work } from '@/lib/revocations/act';
import { closes, type RecordedKind, type StepState } from '@/lib/revocations/model';
import { combine, judge, type Outcome } from '@/lib/revocations/outcome-state';
import { meanwhile, unreached, wait } from '@/lib/revocations/put-off';
import { markReady, secretsOf } from '@/lib/revocations/rotated/store';
import { sparedOf } from '@/lib/revocations/spared';
import { neverProbed } from '@/lib/revocations/state';
import { pastOf, type Stored, type StoredSession, sessionsById, systemsOf } from '@/lib/revocations/store';
import { found, kept, taken } from '@/lib/revocations/taken-state';
import { listInFlight } from '@/lib/revocations/verify-decision-point';
import { type EndedSessions, type Facts, type StepChange, writeSteps } from '@/lib/revocations/write-step';

const native = (session: StoredSession, name: string): NativeSession => ({
  key: session.groupKey,
  externalIdentityId: name,
  kind: session.kind as NativeSession['kind'],
  label: session.label,
  startedAt: session.startedAt.toISOString(),
  lastEventAt: session.lastEventAt.toISOString(),
  idle: false,
  native: session.native as NativeSession['native'],
});

async function prepare(revocation: Stored, connectorId: string): Promise<Work> {
  const opened = await open(connectorId);
  const { capabilities } = describeConnector(opened.row.vendor, opened.row.config);
  const { named } = await systemsOf(revocation.identityId);
  const all = [...new Set(named.filter((one) => one.connectorId === connectorId).map((one) => one.externalId))];
  const stored = revocation.kind === 'terminate' ? await sessionsById(revocation.sessionIds) : [];
  const sessions = stored
    .filter((one) => one.connectorId === connectorId)
    .map((one) => native(one, (one.native as { externalIdentityId?: string }).externalIdentityId ?? all[0] ?? ''));
  const opens = !closes(revocation.kind as RecordedKind) && opened.connection.canEnter !== undefined;
  const past = opens ? await pastOf(revocation.identityId, revocation.id) : [];
  const spared = revocation.kind === 'pause' ? sparedOf(opened.row.vendor, all) : [];
  const names = opens
    ? all.filter((name) => taken(past, connectorId, name))
    : all.filter((name) => !spared.some((one) => one.name === name));
  return {
    revocation,
    revocationId: revocation.id,
    identityId: revocation.identityId,
    since: revocation.requestedAt,
    canary: (opened.row.config as { canary?: string }).canary,
    connectorId,
    connection: opened.connection,
    async: capabilities.async,
    withinMs: capabilities.propagationMs.max,
    names,
    spared,
    shut: opens ? all.filter((name) => !names.includes(name)) : [],
    sessions,
    consent: revocation.consentId ? await findConsent(revocation.consentId) : null,
    done: new Map(),
  };
}

/** What a block finds, read before it changes anything and written before it does: a worker that is killed leaves it behind. */
async function remember(work: Work, fact: Facts): Promise<StepChange['proof']> {
  const known = kept(fact.step.proof);
  if (fact.verb !== 'block' || !work.connection.canEnter) return undefined;
  const at = clock.now().toISOString();
  const unknown = work.names.filter((name) => !known.some((one) => one.saw === name.slice(0, 500)));
  const fresh = await each(unknown, async (name) =>
    found(name, await ableTo(work.connection, 'canEnter').canEnter(name), at),
  );
  return [...known, ...fresh].slice(0, 50);
}

const DONE = ['effective', 'accepted', 'verified'];

const begin = (fact: Facts, proof?: StepChange['proof']): [string, StepChange] => [
  fact.id,
  { state: meanwhile(fact), started: true, attempt: true, notBefore: null, proof },
];

/** Does one acting step and, in the write that ends it, begins the next. Returns false when nothing after it may be done. */
async function doStep(work: Work, fact: Facts, next: Facts | undefined): Promise<boolean> {
  const { revocation } = work;
  const acted = combine(await act(work, fact.verb));
  const failed = acted.state === 'failed';
  work.done.set(fact.verb, { state: acted.state, at: clock.ms() });
  const ends = fact.verb === 'terminate' && acted.state === 'effective';
  const ended: EndedSessions | undefined = ends
    ? { connectorId: work.connectorId, sessionIds: revocation.kind === 'terminate' ? revocation.sessionIds : null }
    : undefined;
  const end: [string, StepChange] = [fact.id, { state: acted.state, detail: acted.detail, finished: true }];
  const { consentId, actorName: by } = revocation;
  const over = consentId !== null && acted.state === 'effective';
  const how = `${fact.system}: ${acted.detail}`;
  const also = over ? (tx: Tx) => markTaken(tx, consentId, { at: clock.now(), by, how }) : undefined;
  const stands = await writeSteps(revocation.id, next && !failed ? [end, begin(next)] : [end], ended, also);
  return stands && !failed;
}

/** Nothing was taken here, so there is nothing to give back and nothing to prove. */
const leftShut = ({ shut }: Work): Outcome => ({
  state: 'verified',
  detail: 'Braid took no login away here: left as it was',
  checks: shut
    .slice(0, 50)
    .map((name) => ({ check: 'login taken away by Braid', saw: `none of ${name}`, at: clock.now().toISOString() })),
  residuals: [],
  again: false,
});

/**
 * May what still lives yet go by itself? Where the system answers before it acts: as long as a step has only been taken, and
 * within the time it says it needs after the first try.
 */
function mayYetGo({ async, withinMs, done }: Work, steps: Facts[]): boolean {
  if (!async) return false;
  const acting = steps.filter((fact) => fact.verb !== 'probe');
  const last = Math.max(0, ...acting.map((fact) => done.get(fact.verb)?.at ?? fact.finishedAt ?? 0));
  if (acting.some((fact) => (done.get(fact.verb)?.state ?? fact.state) === 'accepted')) return true;
  return acting.every((fact) => fact.attempts <= 1) && clock.ms() - last < withinMs;
}

const OVER: readonly StepState[] = ['verified', 'residual', 'unverifiable'];

async function doProbe(work: Work, steps: Facts[], fact: Facts): Promise<void> {
  const { revocation } = work;
  const nothing = work.shut.length > 0 && !work.names.length;
  const outcome = nothing
    ? leftShut(work)
    : judge(revocation.kind as RecordedKind, await probe(work), mayYetGo(work, steps));
  const changes: [string, StepChange][] = [
    [
      fact.id,
      {
        state: outcome.state,
        detail: outcome.detail,
        proof: outcome.checks,
        residuals: outcome.residuals,
        finished: true,
      },
    ],
  ];
  for (const other of steps) {
    if (other.id === fact.id) continue;
    if (outcome.state === 'verified') changes.push([other.id, { state: 'verified' }]);
    if (outcome.again) changes.push([other.id, { state: 'requested' }]);
  }
  const gone =
    outcome.state === 'verified' && revocation.kind === 'terminate'
      ? { connectorId: work.connectorId, sessionIds: revocation.sessionIds }
      : undefined;
  // As far as it can be proven it is: the new secret can be taken, in the very write that says so.
  const over = revocation.kind === 'rotate' && OVER.includes(outcome.state);
  const ready = (tx: Tx) => markReady(tx, revocation.id, work.connectorId, clock.now());
  await writeSteps(revocation.id, changes, gone, over ? ready : undefined);
  // What the system lists of its credentials is other than what it listed last: they would read as they were until the next look.
  if (work.names.length && revocation.kind !== 'terminate' && outcome.state !== fact.state)
    await transaction((tx) => askLook(tx, work.connectorId));
  await listInFlight(revocation);
}

/** Once a new secret can be in use, what is open may live by it. */
const isOver = async ({ id, kind }: Stored, connectorId: string): Promise<boolean> =>
  kind === 'rotate' && (await secretsOf(id, connectorId)).some((one) => one.readyAt !== null);

/** Nothing is ended or asked there any more: what was said to live on is over when its time has come. */
async function leftInUse(revocationId: string, steps: Facts[]): Promise<void> {
  const probed = steps.find((fact) => fact.verb === 'probe');
  if (!probed || neverProbed(probed)) return;
  const now = clock.ms();
  const residuals = ((probed.step.residuals ?? []) as unknown as Probed['residuals']).filter(
    (one) => one.until === null || Date.parse(one.until) > now,
  );
  const over = probed.state === 'residual' && !residuals.length;
  await writeSteps(revocationId, [
    [
      probed.id,
      {
        state: over ? 'verified' : probed.state,
        ...(over ? { detail: 'what was left has died at its time' } : {}),
        residuals,
        finished: true,
      },
    ],
  ]);
}

/** Ends access in one system, strictly in the order of the steps; a step that was done stays done. Never throws: what fails is written and tried again. */
export async function endSystem(revocation: Stored, steps: Facts[]): Promise<void> {
  const connectorId = steps[0]!.connectorId!;
  let current = steps.find((fact) => !DONE.includes(fact.state)) ?? steps.at(-1)!;
  let memory: StepChange['proof'];
  let begun = false;
  try {
    if (await isOver(revocation, connectorId)) return leftInUse(revocation.id, steps);
    const work = await prepare(revocation, connectorId);
    const todo = steps.filter((fact) => (fact.verb === 'probe' ? !neverProbed(fact) : !DONE.includes(fact.state)));
    if (!todo[0]) return;
    memory = await remember(work, todo[0]);
    if (!(await writeSteps(revocation.id, [begin(todo[0], memory)]))) return;
    begun = true;
    for (const [at, fact] of todo.entries()) {
      current = fact;
      if (fact.verb === 'probe') await doProbe(work, steps, fact);
      else if (!(await doStep(work, fact, todo[at + 1]))) return;
    }
  } catch (error) {
    const known = toBraidError(error);
    if (known.code === 'connector.limited') return wait(revocation.id, current, known);
    if (known.code === 'connector.unreachable') return unreached(revocation.id, current, known, begun);
    log.warn({ err: error, revocationId: revocation.id, connectorId, verb: current.verb }, 'a revocation step failed');
    const before = current.verb === 'block' ? (memory ?? kept(current.step.proof)) : [];
    const proof = [
      ...before,
      { check: current.verb, saw: known.publicMessage.slice(0, 500), at: clock.now().toISOString() },
    ];
    await writeSteps(revocation.id, [
      [current.id, { state: 'failed', detail: known.publicMessage, proof, attempt: !begun, finished: true }],
    ]);
  }
}
