import type { Connection } from '@/lib/connectors/contract';
import type { Acted, NativeSession, Probed } from '@/lib/connectors/model';
import { open } from '@/lib/connectors/open';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import type { RevocationKind } from '@/lib/revocations/model';
import { combine, judge } from '@/lib/revocations/outcome-state';
import { type Stored, type StoredSession, sessionsById, systemsOf } from '@/lib/revocations/store';
import { listInFlight } from '@/lib/revocations/verify-decision-point';
import { type EndedSessions, type Facts, type StepChange, writeSteps } from '@/lib/revocations/write-step';

interface Work {
  revocation: Stored;
  connectorId: string;
  connection: Connection;
  async: boolean;
  names: string[];
  sessions: NativeSession[];
}

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
  const { named } = await systemsOf(revocation.identityId);
  const names = [...new Set(named.filter((one) => one.connectorId === connectorId).map((one) => one.externalId))];
  const stored = revocation.kind === 'terminate' ? await sessionsById(revocation.sessionIds) : [];
  const sessions = stored
    .filter((one) => one.connectorId === connectorId)
    .map((one) => native(one, String((one.native as { role?: string }).role ?? names[0])));
  return {
    revocation,
    connectorId,
    connection: opened.connection,
    async: opened.manifest.capabilities.async,
    names,
    sessions,
  };
}

const each = async <T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
};

function act(work: Work, verb: string): Promise<Acted[]> {
  const { connection, names, sessions, revocation } = work;
  if (verb === 'block' && revocation.kind === 'pause') return each(names, (name) => connection.pauseIdentity!(name));
  if (verb === 'block') return each(names, (name) => connection.blockIdentity!(name));
  if (verb === 'refresh') return each(names, (name) => connection.endDerived!(name));
  if (verb === 'unblock') return each(names, (name) => connection.restoreIdentity!(name));
  if (revocation.kind === 'terminate') return each(sessions, (session) => connection.terminateSession!(session));
  return each(names, (name) => connection.endSessions!(name));
}

function probe(work: Work): Promise<Probed[]> {
  const { connection, names, sessions, revocation } = work;
  if (revocation.kind !== 'terminate') return Promise.all(names.map((name) => connection.probeIdentity!(name)));
  return Promise.all(sessions.map((session) => connection.probeSession!(session)));
}

const DONE = ['effective', 'accepted', 'verified'];

const begin = (fact: Facts): [string, StepChange] => [
  fact.id,
  { state: fact.state === 'residual' ? 'residual' : 'requested', started: true, attempt: true },
];

/** Does one acting step and, in the write that ends it, begins the next. Returns false when nothing after it may be done. */
async function doStep(work: Work, fact: Facts, next: Facts | undefined): Promise<boolean> {
  const { revocation } = work;
  const acted = combine(await act(work, fact.verb));
  const failed = acted.state === 'failed';
  const ends = fact.verb === 'terminate' && acted.state === 'effective';
  const ended: EndedSessions | undefined = ends
    ? { connectorId: work.connectorId, sessionIds: revocation.kind === 'terminate' ? revocation.sessionIds : null }
    : undefined;
  const end: [string, StepChange] = [fact.id, { state: acted.state, detail: acted.detail, finished: true }];
  const stands = await writeSteps(revocation.id, next && !failed ? [end, begin(next)] : [end], ended);
  return stands && !failed;
}

async function doProbe(work: Work, steps: Facts[], fact: Facts): Promise<void> {
  const { revocation } = work;
  const outcome = judge(revocation.kind as RevocationKind, await probe(work), work.async);
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
  await writeSteps(revocation.id, changes, gone);
  await listInFlight(revocation);
}

/** Ends access in one system, strictly in the order of the steps; a step that was done stays done. Never throws: what fails is written and tried again. */
export async function endSystem(revocation: Stored, steps: Facts[]): Promise<void> {
  const connectorId = steps[0]!.connectorId!;
  let current = steps.find((fact) => !DONE.includes(fact.state)) ?? steps.at(-1)!;
  try {
    const work = await prepare(revocation, connectorId);
    const todo = steps.filter((fact) => fact.verb === 'probe' || !DONE.includes(fact.state));
    if (!todo[0] || !(await writeSteps(revocation.id, [begin(todo[0])]))) return;
    for (const [at, fact] of todo.entries()) {
      current = fact;
      if (fact.verb === 'probe') await doProbe(work, steps, fact);
      else if (!(await doStep(work, fact, todo[at + 1]))) return;
    }
  } catch (error) {
    const known = toBraidError(error);
    log.warn({ err: error, revocationId: revocation.id, connectorId, verb: current.verb }, 'a revocation step failed');
    const proof = [{ check: current.verb, saw: known.publicMessage.slice(0, 500), at: clock.now().toISOString() }];
    await writeSteps(revocation.id, [
      [current.id, { state: 'failed', detail: known.publicMessage, proof, attempt: true, finished: true }],
    ]);
  }
}
