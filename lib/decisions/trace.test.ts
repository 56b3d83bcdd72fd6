// A stored trace says everything a reader is told, and nothing twice: what is expanded is what was judged.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonical } from '@/lib/decisions/canonical';
import { expandTrace } from '@/lib/decisions/expand-trace';
import { type Trace, traceSchema } from '@/lib/decisions/model';
import { parse } from '@/lib/decisions/parse';
import { headOf } from '@/lib/decisions/read-traces';
import { looksAtSessions, otherSeen, seenOf } from '@/lib/decisions/seen';
import { type TraceParts, traceText } from '@/lib/decisions/trace';
import type { ExposureState } from '@/lib/exposures/model';
import { growAlone, ownSums, settleAtOnce } from '@/lib/exposures/state';
import { derivedId, newId, sha256Hex } from '@/lib/platform/ids';
import { compile } from '@/lib/policies/compile';
import type { CompiledSet, Question, SessionSeen, Touched } from '@/lib/policies/compiled-model';
import { evaluate, ruleSeen } from '@/lib/policies/evaluate';
import { plainQuestion, plainSession } from '@/lib/policies/testing-question';
import { touch } from '@/lib/policies/touch';
import { exposureSeen } from '@/lib/policies/views-evaluate';
import { emptyState } from '@/lib/replay/world';

const SOURCES = [
  `set: bench
default: allow
meters:
  per_account: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h }
  per_identity: { sum: context.amount, unit: EUR, scale: 2, per: identity, over: 24h }
  calls: { count: true, per: identity, over: 1h }
rules:
  - id: account
    limit: { meter: per_account, max: 100 }
  - id: identity
    limit: { meter: per_identity, max: 50, warn: [10, 90], verdict: step_up }
    message: Everything this identity pays
  - id: maintenance
    step_up: sessions.exists(s, s.id != session.id && "maintenance" in s.tags)
`,
  `set: second
default: deny
meters:
  live: { live_sessions: true, per: identity }
  here: { count: true, per: session, over: 1h, on: has(context.here) && context.here == "yes" }
  odd: { count: true, per: [identity, resource.id], over: 1h }
  things: { distinct: resource.id, per: identity, over: 1h }
rules:
  - id: granted
    allow: action.name == "act"
  - id: at-most
    limit: { meter: live, max: 2 }
  - id: by-owner
    on: has(identity.owner)
    limit: { meter: odd, max: "has(context.max) ? 1 : 2" }
  - id: some
    limit: { meter: odd, max: 3 }
  - id: here
    limit: { meter: here, max: 1 }
  - id: risky
    deny: context.risk > 3
    fail: open
  - id: unseen
    deny: context.risk > 5
  - id: watched
    deny: context.amount > 1.0
    mode: shadow
  - id: different
    limit: { meter: things, max: 1 }
`,
  `set: third
default: allow
mode: shadow
rules:
  - id: night
    pause: session.region == "eu"
  - id: far
    on: action.name == "other"
    deny: "true"
`,
];
const [bench, second, third] = SOURCES.map((source) =>
  compile({ version: 3, hash: sha256Hex(source), source, mode: 'enforce' }),
);
const shadow = compile({ version: 4, hash: bench!.hash, source: SOURCES[0]!, mode: 'enforce', state: 'shadow' });
const KNOWN = [bench!, second!, third!];

const NOW = Date.UTC(2026, 10, 22, 7);
const actor = { kind: 'token' as const, id: newId(), name: 'test', issuer: 'default', scopes: ['decide' as const] };
const IDS = Array.from({ length: 16 }, (_, n) => derivedId('session', String(n)));

const session: fc.Arbitrary<SessionSeen> = fc
  .record({
    n: fc.nat({ max: 15 }),
    label: fc.constantFrom('eu · a', 'b "quoted"', '\u2028'),
    tags: fc.constantFrom<string[]>([], ['maintenance'], ['a']),
    region: fc.constantFrom(null, 'eu'),
    startedMs: fc.integer({ min: NOW - 10_000, max: NOW }),
    observedBy: fc.constantFrom('declared', 'native'),
    source: fc.constantFrom('pdp', 'aws'),
    identityId: fc.constantFrom('i', derivedId('other')),
  })
  .map(({ n, ...more }) => plainSession(IDS[n]!, more));

interface Case {
  question: Question;
  parts: Omit<TraceParts, 'question' | 'judgement'>;
  moved: { who: number; amount: bigint; held: bigint; alone: boolean }[];
}

const asked: fc.Arbitrary<Case> = fc
  .record({
    sets: fc.constantFrom<CompiledSet[]>(
      [bench!],
      [bench!, second!],
      [second!, bench!, third!],
      [bench!, shadow],
      [third!],
      [],
    ),
    own: session,
    others: fc.uniqueArray(session, { selector: (one) => one.id, maxLength: 4 }),
    owner: fc.constantFrom(null, 'team'),
    state: fc.constantFrom('active', 'active', 'active', 'paused'),
    managed: fc.boolean(),
    named: fc.boolean(),
    dry: fc.boolean(),
    resource: fc.constantFrom('account-1', 'i', 'ä"'),
    context: fc.record(
      {
        amount: fc.constantFrom<unknown>(1, 12.5, '60.00', 'x'),
        risk: fc.constantFrom<unknown>(1, 4, 6),
        here: fc.constantFrom('yes', 'no'),
        max: fc.constant(1),
      },
      { requiredKeys: [] },
    ),
    moved: fc.array(
      fc.record({
        who: fc.nat({ max: 15 }),
        amount: fc.bigInt({ min: 1n, max: 3_000n }),
        held: fc.constantFrom(0n, 0n, 7n),
        alone: fc.boolean(),
      }),
      { maxLength: 16 },
    ),
    supersedes: fc.constantFrom(null, newId()),
    holdId: fc.constantFrom(null, newId()),
  })
  .map(({ sets, own, others, owner, state, managed, named, dry, resource, context, moved, supersedes, holdId }) => {
    const body = {
      subject: { type: 't', id: 'x' },
      action: { name: 'act' },
      resource: { type: 'r', id: resource },
      context: { ...context, braid: { dry_run: dry, ...(named ? { session: { id: 's', tags: own.tags } } : {}) } },
    };
    const item = parse(actor, body, { arrivedMs: 0 });
    const plain = plainQuestion(sets, { asked: item.asked, session: own, named, nowMs: NOW });
    const sessions = [own, ...others.filter((one) => one.id !== own.id)].sort((a, b) => a.startedMs - b.startedMs);
    return {
      question: { ...plain, sessions, identity: { ...plain.identity, owner, state, managed } },
      parts: { item, atMs: NOW, holdId, supersedes },
      moved,
    };
  });

/** States of what is touched, moved a little. */
function statesOf({ touches }: Touched, moved: Case['moved']): Map<string, ExposureState> {
  const states = new Map<string, ExposureState>();
  for (const one of touches) {
    const { exposureId, meter } = one;
    const state = emptyState(one);
    for (const { who, amount, held, alone } of moved) {
      const sessionId = IDS[who]!;
      state.names.set(sessionId, { identityId: who % 3 ? 'i' : derivedId('other'), label: who % 2 ? 'eu · a' : 'c' });
      settleAtOnce(state, NOW, amount, { sessionId, identityId: 'i', decisionId: null, holdId: null });
      if (alone) growAlone(state, NOW, meter.windowSecs, sessionId, amount);
      state.held += held;
      ownSums(state, sessionId).held += held;
    }
    states.set(exposureId, state);
  }
  return states;
}

/** The trace as it would be written in full. */
function inFull({ item, question, judgement, atMs, holdId, supersedes }: TraceParts): Trace {
  const { identity, session, sessions, sets } = question;
  const { id, name, kind, state, managed } = identity;
  const others = looksAtSessions(sets) ? sessions.filter((one) => one.id !== session.id) : [];
  const seen = {
    ...seenOf(question),
    ...(others.length
      ? { sessions: others.map((one) => ({ id: one.id, startedMs: one.startedMs, ...otherSeen(one, sets) })) }
      : {}),
  };
  return {
    version: 1,
    decisionId: item.decisionId,
    at: new Date(atMs).toISOString(),
    request: { ...item.asked },
    identity: { id, name, kind, state, managed },
    session: {
      id: session.id,
      label: session.label,
      observedBy: session.observedBy,
      startedAt: new Date(session.startedMs).toISOString(),
    },
    liveSessions: sessions.length,
    sets: sets.map(({ name, version, hash, mode }) => ({ name, version, hash, mode })),
    verdict: judgement.verdict,
    alone: judgement.alone,
    reason: judgement.reason,
    rules: judgement.judged.map(ruleSeen),
    exposures: judgement.exposures.map(exposureSeen),
    warnings: judgement.warnings,
    holdId,
    supersedes,
    dryRun: item.braid.dry_run === true,
    ...(Object.values(seen).some((part) => part !== undefined) ? { seen } : {}),
    ...(judgement.obligations.length ? { obligations: [...judgement.obligations] } : {}),
  };
}

const plainJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('what is stored tells everything again, in canonical form', () => {
  const verdicts = new Set<string>();
  fc.assert(
    fc.property(asked, ({ question, parts, moved }) => {
      const touched = touch(question);
      const judgement = evaluate(question, touched, statesOf(touched, moved));
      verdicts.add(`${judgement.verdict} ${judgement.alone}`);
      const all = { ...parts, question, judgement };
      const text = traceText(all);
      expect(text).toBe(canonical(JSON.parse(text)));
      const told = expandTrace(text, KNOWN);
      expect(plainJson(told)).toEqual(plainJson(inFull(all)));
      traceSchema.parse(plainJson(told));
      expect(headOf(text)).toEqual({
        decisionId: told.decisionId,
        verdict: told.verdict,
        alone: told.alone,
        reason: told.reason,
        identityId: told.identity.id,
      });
      expect(text).toContain('"exposures":[');
    }),
    { numRuns: 600 },
  );
  for (const verdict of ['allow allow', 'allow null', 'deny deny', 'deny allow', 'step_up allow'])
    expect(verdicts).toContain(verdict);
});

test('a trace of version 1 reads as it stands, and one whose policy set is gone is not read', () => {
  const first = { version: 1, decisionId: 'd', exposures: [] };
  expect(expandTrace(JSON.stringify(first), [])).toEqual(first);
  const question = plainQuestion([bench!]);
  const touched = touch(question);
  const item = parse(actor, { ...question.asked }, { arrivedMs: 0 });
  const judgement = evaluate(question, touched, new Map());
  const text = traceText({ item, question, judgement, atMs: NOW, holdId: null, supersedes: null });
  expect(() => expandTrace(text, [second!])).toThrow(/Version 3 of policy set bench/);
});
