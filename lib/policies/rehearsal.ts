import { REQUEST_ACTION } from '@/lib/approvals/model';
import type { Answer } from '@/lib/decisions/request-model';
import { taskKey } from '@/lib/exposures/who/tasks';
import { derivedId } from '@/lib/platform/ids';
import type { Asked, CompiledSet, IdentitySeen, SessionSeen } from '@/lib/policies/compiled-model';
import { durationSecs } from '@/lib/policies/model';
import { NotThere, Own, RehearsedApprovals } from '@/lib/policies/rehearsed-approvals';
import { facetsOf, identityOf, newSession, poolsOf, spoken } from '@/lib/policies/rehearsed-facts';
import type { Fixture, FixtureAsk, FixtureIdentity } from '@/lib/policies/test-model';
import type { Judged, World, WorldAsk } from '@/lib/replay/model';
import { answerIn, closeIn, lookIn, newWorld } from '@/lib/replay/world';

/** A declared session lives so long after its last decision. As production: exposures/who. */
const LIVE_MS = 15 * 60 * 1000;

const UNKNOWN: FixtureIdentity = {
  kind: 'service_account',
  state: 'active',
  managed: false,
  protected: false,
  workflows: [],
};

export interface Answered {
  judged: Judged;
  answer: Answer;
}

/** A decision point in memory for one fixture, with a clock of its own, judged by the functions that judge live requests. */
export class Rehearsal {
  nowMs: number;
  private readonly world: World = newWorld();
  private readonly identities = new Map<string, IdentitySeen>();
  private readonly sessions = new Map<string, SessionSeen>();
  private readonly holds = new Map<string, string>();
  private readonly approvals = new RehearsedApprovals();
  private readonly endedTasks = new Set<string>();
  private asked = 0;
  private last: FixtureAsk | null = null;

  constructor(
    private readonly fixture: Fixture,
    private set: CompiledSet,
  ) {
    this.nowMs = fixture.atMs;
    for (const [name, given] of Object.entries(fixture.identities)) this.identities.set(name, identityOf(name, given));
  }

  identity(name: string): IdentitySeen {
    let identity = this.identities.get(name);
    if (!identity) {
      identity = identityOf(name, this.fixture.identities[name] ?? UNKNOWN);
      this.identities.set(name, identity);
    }
    return identity;
  }

  setState(name: string, state: string): void {
    this.identities.set(name, { ...this.identity(name), state });
  }

  advance(duration: string): void {
    this.nowMs += durationSecs(duration)! * 1000;
  }

  /** Judges one request now. `hold` names the hold it makes, to settle or release it later. */
  ask(ask: FixtureAsk, hold?: string): Answered {
    const { as, name, asked } = this.put(ask);
    const answered = answerIn(this.world, asked);
    const { judged } = answered;
    this.identities.set(as, judged.identity);
    if (!asked.session.ended) this.keep(as, name, judged.session);
    if (hold) this.holds.set(hold, asked.decisionId);
    this.last = ask;
    return answered;
  }

  /** A request as it is put now: who asks, from which session, beside which others. */
  private put(ask: FixtureAsk): { as: string; name: unknown; asked: WorldAsk } {
    const whole = { ...this.fixture.defaults, ...ask };
    const as = whole.as;
    if (!as) throw new NotThere('Say who asks: as: <identity>, here or in defaults.');
    if (!whole.action) throw new NotThere('Say what is asked: action: <name>, here or in defaults.');
    const identity = this.identity(as);
    const said = typeof whole.session === 'string' ? { id: whole.session } : whole.session;
    const session = this.sessionFor(as, identity, said ?? null);
    const asked: WorldAsk = {
      decisionId: derivedId('rehearsed', this.fixture.file, this.fixture.name, String(this.asked++)),
      atMs: this.nowMs,
      request: this.requestOf(as, identity, whole, ask),
      identity,
      session,
      sessions: this.liveOf([identity.id], session),
      workflowSessions: new Map([
        ...identity.workflows.map(({ id }) => [id, this.liveOf(this.membersOf(id), session)] as const),
        ...poolsOf([...this.identities.values()], (ids) => this.liveOf(ids, session)),
      ]),
      sets: [this.set],
      ended: new Set([...this.sessions.values()].filter((one) => one.ended).map((one) => one.id)),
      approvals: this.approvals.seen,
      ...(whole.approval ? { approvalId: this.approvals.idOf(whole.approval) } : {}),
      endedTasks: this.endedTasks,
      ...(whole.allotment ? { allotment: { secs: durationSecs(whole.allotment)! } } : {}),
    };
    return { as, name: said?.id, asked };
  }

  /** Sessions of one instant began one after another, within its last millisecond. */
  private beginning(): number {
    return this.nowMs - 1 + Math.min(0.999, (this.sessions.size + 1) / 1024);
  }

  private membersOf(workflowId: string): string[] {
    const all = [...this.identities.values()];
    return all.flatMap(({ id, workflows }) => (workflows.some((flow) => flow.id === workflowId) ? [id] : []));
  }

  /** Asks for approval of what was asked last: a decision of its own, on shared state. */
  requestApproval(name: string): Answered {
    if (!this.last) throw new NotThere('Nothing was asked yet that approval could be asked for.');
    const { approval: _, allotment: _allotment, assurance: _assurance, ...ask } = this.last;
    const { asked } = this.put(ask);
    const { verdict, access } = lookIn(this.world, asked);
    if (verdict === 'allow') throw new NotThere('This would be allowed now: there is nothing to approve.');
    if (!access.requestable.length)
      throw new NotThere('No approval would let this pass: something else stops it as well.');
    const { braid: _braid, approval: _approval, ...context } = asked.request.context;
    const { name: action } = asked.request.action;
    const whole = { ...this.fixture.defaults, ...ask };
    const answered = this.ask(
      { ...ask, action: { name: REQUEST_ACTION, properties: { for: action } }, resource: whole.resource, context },
      `approval ${name}`,
    );
    this.last = ask;
    if (answered.judged.verdict !== 'allow') return answered;
    const hold = this.world.holds.get(this.world.holdOf.get(answered.judged.decisionId) ?? '');
    const automatic = this.approvals.request(name, asked, access.requestable, hold?.expiresMs ?? null);
    if (automatic) this.letGo(name);
    return answered;
  }

  /** Throws `Own` where who asks would approve, or one of its workflow. */
  approve({ request, by, uses, for: secs }: { request: string; by?: string; uses?: number; for?: string }): void {
    if (by) {
      const approver = this.identity(by);
      const asks = this.approvals.askedBy(request);
      const shares = asks.workflows.some(({ id }) => approver.workflows.some((flow) => flow.id === id));
      if (asks.id === approver.id || shares) throw new Own(`${by} is the identity that asks, or of its workflow.`);
    }
    this.approvals.approve(request, this.nowMs, { by, uses, secs: secs ? durationSecs(secs)! : undefined });
    this.letGo(request);
  }

  deny(request: string): void {
    this.approvals.deny(request, this.nowMs);
    this.letGo(request);
  }

  /** What was held while it waited is given back. */
  private letGo(request: string): void {
    const decisionId = this.holds.get(`approval ${request}`);
    if (decisionId) closeIn(this.world, { decisionId, atMs: this.nowMs, kind: 'release' });
  }

  /** Sessions that name it are refused from now on, and its live ones end. */
  completeTask(task: string): void {
    this.endedTasks.add(taskKey({ issuer: '', task }));
    for (const session of this.sessions.values())
      if (session.task === task) Object.assign(session, { ended: true, state: 'ended', endedBy: 'policy' });
  }

  /** A session as it is after a request: bound to what it said, trusted anew, or refused from now on. */
  private keep(as: string, name: unknown, session: SessionSeen): void {
    const declared = session.source === 'pdp';
    const liveUntilMs = declared ? this.nowMs + LIVE_MS : session.liveUntilMs;
    this.sessions.set(JSON.stringify([as, name ?? null]), { ...session, lastEventMs: this.nowMs, liveUntilMs });
  }

  private requestOf(as: string, identity: IdentitySeen, whole: FixtureAsk, ask: FixtureAsk): Asked {
    const said = typeof whole.session === 'string' ? { id: whole.session } : whole.session;
    const [type, ...id] = typeof whole.resource === 'string' ? whole.resource.split('/') : [];
    const resource =
      typeof whole.resource === 'object' ? whole.resource : { type: type ?? 'service', id: id.join('/') || 'default' };
    const braid = {
      ...whole.braid,
      ...(said ? { session: spoken(said) } : {}),
      ...(whole.credential ? { credential: { id: whole.credential } } : {}),
      ...(whole.assurance ? { assurance: whole.assurance } : {}),
      ...(whole.dry_run ? { dry_run: true } : {}),
    };
    return {
      subject: { type: identity.kind, id: as, ...(whole.subject ? { properties: whole.subject } : {}) },
      action: typeof whole.action === 'string' ? { name: whole.action } : whole.action!,
      resource,
      context: {
        ...this.fixture.defaults.context,
        ...ask.context,
        ...(whole.approval ? { approval: { id: this.approvals.idOf(whole.approval) } } : {}),
        ...(Object.keys(braid).length ? { braid } : {}),
      },
    };
  }

  /** The session a request comes from: one that timed out begins anew under its name, one that was ended stays ended. */
  private sessionFor(as: string, identity: IdentitySeen, said: Record<string, unknown> | null): SessionSeen {
    const key = JSON.stringify([as, said?.id ?? null]);
    const found = this.sessions.get(key);
    const over = found && !found.ended && found.liveUntilMs !== null && found.liveUntilMs <= this.nowMs;
    if (found && !over) return found;
    const session: SessionSeen = {
      ...newSession(identity, String(said?.id ?? 'no session named'), this.beginning()),
      id: derivedId('session', as, key, found?.id ?? ''),
      ...facetsOf(said),
    };
    session.label = session.region ? `${session.region} · ${session.label}` : session.label;
    this.sessions.set(key, session);
    return session;
  }

  private liveOf(identityIds: string[], asking: SessionSeen): SessionSeen[] {
    return [...this.sessions.values()]
      .filter((one) => identityIds.includes(one.identityId) && !one.ended)
      .filter((one) => one === asking || one.liveUntilMs === null || one.liveUntilMs > this.nowMs)
      .sort((a, b) => a.startedMs - b.startedMs || (a.id < b.id ? -1 : 1));
  }

  /** A session some system reports: it lives until it is ended. */
  openSession(given: { as?: string; id: string; age?: string } & Record<string, unknown>): void {
    const { as = this.fixture.defaults.as, id, age, ...said } = given;
    if (!as) throw new NotThere('Say whose session it is: as: <identity>, here or in defaults.');
    const identity = this.identity(as);
    const startedMs = this.nowMs - (age ? durationSecs(age)! * 1000 : 0);
    const key = JSON.stringify([as, id]);
    this.sessions.set(key, {
      ...newSession(identity, id, startedMs),
      id: derivedId('session', as, key),
      source: String(said.source ?? 'okta'),
      observedBy: String(said.observed_by ?? 'native'),
      liveUntilMs: null,
      ...facetsOf(said),
    });
  }

  endSession(who: string | { as: string; session: string }): void {
    const id = typeof who === 'string' ? who : who.session;
    const keys = [...this.sessions.keys()].filter((key) => {
      const [as, name] = JSON.parse(key) as [string, string | null];
      return name === id && (typeof who === 'string' || as === who.as);
    });
    if (keys.length === 0) throw new NotThere(`There is no session ${id} yet.`);
    if (keys.length > 1) throw new NotThere(`Several identities have a session ${id}: say { as, session }.`);
    Object.assign(this.sessions.get(keys[0]!)!, { ended: true, state: 'ended', endedBy: 'operator' });
  }

  /** Settles (with what it came to, minor units by scale) or gives back a named hold. */
  close(name: string, kind: 'settle' | 'release', actual?: (scale: number) => bigint): void {
    const decisionId = this.holds.get(name);
    const hold = this.world.holds.get(this.world.holdOf.get(decisionId ?? '') ?? '');
    if (!decisionId || !hold) throw new NotThere(`There is no open hold ${name}: it was not made, or has ended.`);
    const amounts = hold.lines.map((line): [string, bigint] => [
      line.exposureId,
      actual && line.attribute ? actual(this.world.states.get(line.exposureId)!.scale) : line.amount,
    ]);
    const asReserved = kind === 'release' ? undefined : new Map(amounts);
    if (
      hold.expiresMs <= this.nowMs ||
      !closeIn(this.world, { decisionId, atMs: this.nowMs, kind, actual: asReserved })
    )
      throw new NotThere(`Hold ${name} has expired.`);
  }

  exempt(given: { identity?: string; workflow?: string; rule: string; for: string }): void {
    const subjectId = given.identity ? this.identity(given.identity).id : derivedId('workflow', given.workflow ?? '');
    const exemption = {
      id: derivedId('exemption', subjectId, given.rule, String(this.nowMs)),
      rule: given.rule,
      scope: given.identity ? ('identity' as const) : ('workflow' as const),
      subjectId,
      untilMs: this.nowMs + durationSecs(given.for)! * 1000,
    };
    this.set = { ...this.set, exemptions: [...(this.set.exemptions ?? []), exemption] };
  }

  /** What only Braid has an id for, by its name. */
  names(): ReadonlyMap<string, string> {
    return new Map([
      ...[...this.identities.values()].flatMap((one) => [
        [one.id, one.name] as const,
        ...one.workflows.map((flow) => [flow.id, flow.name] as const),
      ]),
      ...[...this.sessions.values()].map((one) => [one.id, one.label] as const),
    ]);
  }

  /** Exposures of one meter as they stand. */
  exposures(meter: string) {
    return [...this.world.states.values()].filter((state) => state.meter === meter);
  }
}
