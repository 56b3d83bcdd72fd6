import { minorUnits } from '@/lib/exposures/model';
import { BraidError } from '@/lib/platform/errors';
import { compareExposure, compareStep, standingNow } from '@/lib/policies/compare-step';
import type { CompiledSet } from '@/lib/policies/compiled-model';
import { explainStep } from '@/lib/policies/explain-step';
import { orders } from '@/lib/policies/orders';
import { type Answered, Rehearsal } from '@/lib/policies/rehearsal';
import { NotThere, Own } from '@/lib/policies/rehearsed-approvals';
import type {
  Difference,
  Expected,
  Fixture,
  FixtureAsk,
  Step,
  StepResult,
  TestResult,
} from '@/lib/policies/test-model';
import type { Judged } from '@/lib/replay/model';

/** Orders of one `any_order` that are tried; beyond, a fixed sample. */
const MAX_ORDERS = 500;

type Exposures = Exclude<Expected, string>['exposure'];
type AnyOrder = Extract<Step, { any_order: unknown }>;

/** Plays one fixture on a set, in every order where it has `any_order`, and tells what differs. `fired` collects rules. Pure. */
export function playFixture(fixture: Fixture, set: CompiledSet, fired: Set<string>): TestResult {
  const { file, line, name } = fixture;
  const open = fixture.steps.map(({ step }) => step).find((step): step is AnyOrder => 'any_order' in step);
  const lanes = open && Object.fromEntries(Object.entries(open.any_order).map(([lane, asks]) => [lane, asks.length]));
  const tried = lanes ? orders(lanes, MAX_ORDERS) : [null];
  let last: StepResult[] = [];
  for (const order of tried) {
    last = playOnce(fixture, set, order, fired);
    if (last.some((step) => !step.ok))
      return { file, line, name, ok: false, steps: last, orders: lanes ? tried.length : null, order };
  }
  return { file, line, name, ok: true, steps: last, orders: lanes ? tried.length : null, order: null };
}

function playOnce(fixture: Fixture, set: CompiledSet, order: string[] | null, fired: Set<string>): StepResult[] {
  const rehearsal = new Rehearsal(fixture, set);
  const results: StepResult[] = [];
  for (const { line, step } of fixture.steps) {
    let played: Omit<StepResult, 'line' | 'ok'>;
    try {
      played = playStep(step, rehearsal, fixture, order, fired);
    } catch (error) {
      if (!(error instanceof NotThere || error instanceof BraidError)) throw error;
      const came = error instanceof BraidError ? error.publicMessage : error.message;
      played = { ...quiet(Object.keys(step)[0]!), differences: [{ what: 'step', expected: 'can be played', came }] };
    }
    results.push({ line, ok: played.differences.length === 0, ...played });
    if (played.differences.length) break; // what follows would only follow from it
  }
  return results;
}

const quiet = (what: string): Omit<StepResult, 'line' | 'ok'> => ({
  what,
  verdict: null,
  reason: null,
  rule: null,
  differences: [],
  why: [],
});

function playStep(
  step: Step,
  rehearsal: Rehearsal,
  fixture: Fixture,
  order: string[] | null,
  fired: Set<string>,
): Omit<StepResult, 'line' | 'ok'> {
  if ('ask' in step) return playAsk(step, rehearsal, fixture, fired);
  if ('any_order' in step) return playOrder(step, rehearsal, order ?? [], fired);
  if ('advance' in step) {
    rehearsal.advance(step.advance);
    return quiet(`${step.advance} later`);
  }
  if ('open_session' in step) {
    rehearsal.openSession(step.open_session);
    return quiet(`session ${step.open_session.id} opens`);
  }
  if ('open_sessions' in step) {
    const { count, ...given } = step.open_sessions;
    for (let at = 1; at <= count; at++) rehearsal.openSession({ ...given, id: `session-${at}` });
    return quiet(`${count} sessions open`);
  }
  if ('end_session' in step) {
    rehearsal.endSession(step.end_session);
    return quiet('a session ends');
  }
  if ('identity' in step) {
    rehearsal.setState(step.identity.as ?? fixture.defaults.as ?? '', step.identity.state);
    return quiet(`${step.identity.as ?? fixture.defaults.as} becomes ${step.identity.state}`);
  }
  if ('exempt' in step) {
    rehearsal.exempt(step.exempt);
    return quiet(
      `${step.exempt.identity ?? step.exempt.workflow} is exempt from ${step.exempt.rule} for ${step.exempt.for}`,
    );
  }
  if ('request_approval' in step) {
    const answered = rehearsal.requestApproval(step.request_approval);
    return told(`approval ${step.request_approval} is asked for`, step.expect ?? 'allow', answered, rehearsal, fired);
  }
  if ('approve' in step) return playApprove(step, rehearsal);
  if ('deny' in step) {
    rehearsal.deny(step.deny);
    return { ...quiet(`approval ${step.deny} is denied`), differences: compareNow(step.expect?.exposure, rehearsal) };
  }
  if ('complete_task' in step) {
    rehearsal.completeTask(step.complete_task);
    return quiet(`task ${step.complete_task} is complete`);
  }
  return playClose(step, rehearsal);
}

function playApprove(step: Extract<Step, { approve: unknown }>, rehearsal: Rehearsal) {
  const given = typeof step.approve === 'string' ? { request: step.approve } : step.approve;
  const what = `approval ${given.request} is given${given.by ? ` by ${given.by}` : ''}`;
  const differs = (expected: string, came: string) => ({
    ...quiet(what),
    differences: [{ what: 'approve', expected, came }],
  });
  try {
    rehearsal.approve(given);
  } catch (error) {
    if (!(error instanceof Own)) throw error;
    return step.expect === 'refused' ? quiet(`${what}: refused`) : differs('approved', error.message);
  }
  if (step.expect === 'refused') return differs('refused', 'approved');
  return { ...quiet(what), differences: compareNow(step.expect?.exposure, rehearsal) };
}

/** One answer beside what is expected of it. */
function told(
  what: string,
  expected: Expected | undefined,
  { judged, answer }: Answered,
  rehearsal: Rehearsal,
  fired: Set<string>,
): Omit<StepResult, 'line' | 'ok'> {
  note(judged, fired);
  const differences = expected === undefined ? [] : compareStep(expected, judged, answer);
  return {
    what,
    verdict: judged.verdict,
    reason: judged.reason,
    rule: judged.ruleId,
    differences,
    why: differences.length ? explainStep(judged, rehearsal.names()) : [],
  };
}

function playClose(step: Extract<Step, { settle: unknown } | { release: unknown }>, rehearsal: Rehearsal) {
  if ('release' in step) rehearsal.close(step.release, 'release');
  else {
    const { hold, amount } = typeof step.settle === 'string' ? { hold: step.settle, amount: undefined } : step.settle;
    rehearsal.close(hold, 'settle', amount === undefined ? undefined : (scale) => actual(amount, scale));
  }
  const what = 'release' in step ? `hold ${step.release} is given back` : 'a hold is settled';
  return { ...quiet(what), differences: compareNow(step.expect?.exposure, rehearsal) };
}

function actual(amount: string | number, scale: number): bigint {
  const minor = minorUnits(amount, scale);
  if (minor === null) throw new NotThere(`${amount} has more than ${scale} decimals.`);
  return minor;
}

const compareNow = (wanted: Exposures, rehearsal: Rehearsal): Difference[] =>
  Object.entries(wanted ?? {}).flatMap(([meter, want]) =>
    compareExposure(meter, want, rehearsal.exposures(meter).map(standingNow)),
  );

function playAsk(
  step: Extract<Step, { ask: unknown }>,
  rehearsal: Rehearsal,
  fixture: Fixture,
  fired: Set<string>,
): Omit<StepResult, 'line' | 'ok'> {
  const times = step.repeat ?? 1;
  const what = askText({ ...fixture.defaults, ...step.ask });
  let time = 0;
  let last: Omit<StepResult, 'line' | 'ok'>;
  do {
    if (time && step.every) rehearsal.advance(step.every);
    time += 1;
    last = told(what, step.expect, rehearsal.ask(numbered(step.ask, time), step.hold), rehearsal, fired);
  } while (time < times && !last.differences.length);
  if (times === 1) return last;
  return { ...last, what: last.differences.length ? `${what}, time ${time} of ${times}` : `${what}, ${times} times` };
}

/** `record/{n}` is another resource each time. */
const numbered = (ask: FixtureAsk, time: number): FixtureAsk =>
  typeof ask.resource === 'string' ? { ...ask, resource: ask.resource.replaceAll('{n}', String(time)) } : ask;

function note(judged: Judged, fired: Set<string>): void {
  for (const rule of judged.rules) if (rule.fired) fired.add(rule.id);
}

function playOrder(
  step: AnyOrder,
  rehearsal: Rehearsal,
  order: string[],
  fired: Set<string>,
): Omit<StepResult, 'line' | 'ok'> {
  const next = new Map<string, number>();
  const answers = order.map((lane) => {
    const at = next.get(lane) ?? 0;
    next.set(lane, at + 1);
    const { judged } = rehearsal.ask({ session: lane, ...step.any_order[lane]![at] });
    note(judged, fired);
    return judged;
  });
  const allowed = answers.filter((one) => one.verdict === 'allow').length;
  const { expect } = step;
  const differences = [
    ...compareCount('allowed', expect.allowed, allowed),
    ...compareCount('refused', expect.refused, answers.length - allowed),
    ...compareNow(expect.exposure, rehearsal),
  ];
  const why = differences.length
    ? answers.map(
        (one, index) =>
          `${index + 1}. ${order[index]}: ${one.verdict} (${one.reason}${one.ruleId ? `, ${one.ruleId}` : ''})`,
      )
    : [];
  return { ...quiet(`${answers.length} requests of ${next.size} sessions, in any order`), differences, why };
}

function compareCount(what: string, wanted: AnyOrder['expect']['allowed'], came: number): Difference[] {
  if (wanted === undefined) return [];
  const { at_least = 0, at_most = Number.POSITIVE_INFINITY } =
    typeof wanted === 'number' ? { at_least: wanted, at_most: wanted } : wanted;
  if (came >= at_least && came <= at_most) return [];
  const expected =
    at_least === at_most ? String(at_least) : `${at_least} to ${Number.isFinite(at_most) ? at_most : 'any'}`;
  return [{ what, expected, came: String(came) }];
}

function askText(ask: FixtureAsk): string {
  const action = typeof ask.action === 'string' ? ask.action : (ask.action?.name ?? 'a request');
  const resource =
    typeof ask.resource === 'string' ? ask.resource : ask.resource ? `${ask.resource.type}/${ask.resource.id}` : null;
  const session = typeof ask.session === 'string' ? ask.session : ask.session?.id;
  return `${action}${resource ? ` on ${resource}` : ''} by ${ask.as ?? 'nobody'}${session ? ` from ${session}` : ''}`;
}
