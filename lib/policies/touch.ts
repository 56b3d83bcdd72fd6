import { minorUnits } from '@/lib/exposures/model';
import { derivedId } from '@/lib/platform/ids';
import {
  type CompiledSet,
  type Facts,
  Failed,
  type Former,
  MAX_WORKFLOWS,
  type Meter,
  type Question,
  type Touch,
  type Touched,
  Uncounted,
  type WorkflowSeen,
} from '@/lib/policies/compiled-model';
import { factsOf, ofFormer, ofWorkflow } from '@/lib/policies/facts-evaluate';
import { scopeKey, textOf } from '@/lib/policies/scope-evaluate';

const MAX_TOUCHES = 50;
const UNIT_NAMES = ['unit', 'currency'];

/** The id of an exposure follows from what it is, so the decision path needs no look-up. A new version of a set counts on. */
export function exposureIdOf(set: string, meter: Meter, key: string): string {
  const plan = planOf(set, meter);
  if (plan.set !== set) return derive(set, meter, key);
  let id = plan.ids.get(key);
  if (!id) {
    id = derive(set, meter, key);
    if (plan.ids.size >= MAX_DERIVED) plan.ids.clear();
    plan.ids.set(key, id);
  }
  return id;
}

const MAX_DERIVED = 20_000;

/** What is told once of a meter. */
interface Plan {
  /** The set it was first asked of: a compiled meter belongs to one. */
  set: string;
  ids: Map<string, string>;
  perWorkflow: boolean;
  /** Its key may be another for one who was merged into who asks. Live sessions moved with them. */
  perIdentity: boolean;
  /** Where its attribute stands, and the name of it there. */
  path: string[];
  last: string;
}
const plans = new WeakMap<Meter, Plan>();

function planOf(set: string, meter: Meter): Plan {
  let plan = plans.get(meter);
  if (!plan) {
    const path = meter.attribute?.split('.') ?? [];
    const parts = [...meter.per, ...(meter.on ? [meter.on] : [])];
    plan = {
      set,
      ids: new Map(),
      perWorkflow: parts.some((part) => part.reads.has('workflow')),
      perIdentity:
        meter.kind !== 'live_sessions' &&
        meter.per.some((part) => part.reads.has('identity') || part.reads.has('session')),
      path: path.slice(0, -1),
      last: path.at(-1) ?? '',
    };
    plans.set(meter, plan);
  }
  return plan;
}

/** What makes a span another exposure. Another zone of the same period counts on: its slices leave when they were to. */
const spanWord = ({ windowSecs, calendar }: Meter): string =>
  calendar === null ? (windowSecs === null ? 'lifetime' : 'window') : `by ${calendar.split(' ', 1)[0]}`;

const derive = (set: string, meter: Meter, key: string): string =>
  derivedId(
    'exposure',
    set,
    meter.name,
    meter.kind,
    meter.scope,
    meter.unit ?? '',
    String(meter.scale),
    spanWord(meter),
    key,
  );

/** Which exposures a request moves if it is allowed. Meters of a shadow set keep none. Same question, same answer. */
export function touch(question: Question): Touched {
  const touched = touchSets(question, 'enforce');
  if (!question.sets.some(isShadow)) return touched;
  const { touches, failures } = touchSets(question, 'shadow');
  // Another window on the same exposure would count what is not in it.
  const kept = new Map(touched.touches.map((one) => [one.exposureId, one.meter.windowSecs]));
  const same = (one: Touch) => kept.has(one.exposureId) && kept.get(one.exposureId) === one.meter.windowSecs;
  touched.shadow = { touches: touches.filter(same), failures };
  return touched;
}

const isShadow = (set: CompiledSet): boolean => set.mode === 'shadow';

function touchSets(question: Question, mode: CompiledSet['mode']): Touched {
  const facts = factsOf(question);
  const touched: Touched = { touches: [], failures: [] };
  for (const set of question.sets) {
    if (set.mode !== mode) continue;
    for (const meter of set.meters) {
      try {
        touchesOf(set.name, meter, facts, question, touched.touches);
        if (touched.touches.length > MAX_TOUCHES)
          throw new Failed('evaluation_error', `one request touches more than ${MAX_TOUCHES} exposures`);
      } catch (error) {
        if (!(error instanceof Failed)) throw error;
        touched.failures.push({ set: set.name, meter: meter.name, failed: error });
      }
    }
  }
  return touched;
}

/** Adds what one meter touches: all of it, or nothing when it fails. */
function touchesOf(set: string, meter: Meter, facts: Facts, question: Question, into: Touch[]): void {
  const plan = planOf(set, meter);
  const workflows = plan.perWorkflow ? question.identity.workflows : NO_WORKFLOWS;
  if (workflows.length > MAX_WORKFLOWS)
    throw new Failed('evaluation_error', `the identity works for more than ${MAX_WORKFLOWS} workflows`);
  if (!workflows.length) {
    const one = touchOf(set, meter, plan, facts, question);
    if (one) into.push(one);
    return;
  }
  const each = workflows.flatMap((one) => touchOf(set, meter, plan, ofWorkflow(question, one), question) ?? []);
  // Two workflows may lead to one key: it counts once.
  into.push(...new Map(each.map((one) => [one.exposureId, one])).values());
}

const NO_WORKFLOWS: readonly WorkflowSeen[] = [];

function touchOf(set: string, meter: Meter, plan: Plan, view: Facts, question: Question): Touch | null {
  if (meter.on && meter.on.run(view) !== true) return null;
  if (meter.where && meter.where.run(view) !== true) return null;
  const key = scopeKey(meter, view);
  const exposureId = exposureIdOf(set, meter, key);
  try {
    const one: Touch = meter.member
      ? { set, meter, key, exposureId, amount: 1n, member: textOf(meter.member, view) }
      : { set, meter, key, exposureId, amount: amountOf(meter, plan, question) };
    if (plan.perIdentity && question.identity.formerly) addFormer(one, view, question.identity.formerly);
    return one;
  } catch (error) {
    throw error instanceof Failed ? new Uncounted(error.reason, error.message) : error;
  }
}

/** Where those counted who were merged into who asks, as far as that is elsewhere. */
function addFormer(one: Touch, view: Facts, formers: readonly Former[]): void {
  const { set, meter } = one;
  const formerly = formers.flatMap((former) => {
    const key = scopeKey(meter, ofFormer(view, former));
    return key === one.key ? [] : { set, meter, key, exposureId: exposureIdOf(set, meter, key), amount: 0n };
  });
  if (formerly.length) one.formerly = formerly;
}

/** Everything whose state has to be known to judge touches. */
export const withFormer = (touches: Touch[]): Touch[] =>
  touches.some((one) => one.formerly) ? touches.flatMap((one) => [one, ...(one.formerly ?? [])]) : touches;

/** The amount in minor units. Its unit, where the request names one beside it, has to be the meter's. */
function amountOf(meter: Meter, plan: Plan, question: Question): bigint {
  if (meter.kind === 'live_sessions' || meter.refused) return 0n;
  if (!meter.attribute) return 1n;
  let parent: unknown = question.asked;
  for (const name of plan.path) parent = member(parent, name);
  const value = member(parent, plan.last);
  if (value === undefined || value === null) throw new Failed('attribute_missing', `${meter.attribute} is missing`);
  for (const name of UNIT_NAMES) {
    const unit = member(parent, name);
    if (unit !== undefined && unit !== meter.unit)
      throw new Failed('amount_invalid', `${meter.attribute} is in ${String(unit).slice(0, 16)}, not ${meter.unit}`);
  }
  const minor = minorUnits(value, meter.scale);
  if (minor === null)
    throw new Failed(
      'amount_invalid',
      `${meter.attribute} is not an amount in ${meter.unit} with at most ${meter.scale} decimals`,
    );
  return minor;
}

const member = (of: unknown, name: string): unknown =>
  of && typeof of === 'object' && Object.hasOwn(of, name) ? (of as Record<string, unknown>)[name] : undefined;
