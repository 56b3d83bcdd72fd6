import { canonical, written } from '@/lib/decisions/canonical';
import type { Trace } from '@/lib/decisions/model';
import type { Item } from '@/lib/decisions/request-model';
import { looksAtSessions, seenOf } from '@/lib/decisions/seen';
import { shortHash, shortId } from '@/lib/decisions/trace-format';
import { rulesText, skippedText } from '@/lib/decisions/trace-rules';
import { Sessions } from '@/lib/decisions/trace-sessions';
import type { CompiledSet, IdentitySeen, Question } from '@/lib/policies/compiled-model';
import type { Judgement } from '@/lib/policies/evaluate';
import { usualLimit } from '@/lib/policies/usual-evaluate';
import type { Holders, Standing } from '@/lib/policies/views-evaluate';

export interface TraceParts {
  item: Item;
  question: Question;
  judgement: Judgement;
  atMs: number;
  holdId: string | null;
  supersedes: string | null;
}

/** Members of a trace that most have not; they are stored as they are. */
function alsoOf({ item, judgement, question }: TraceParts): Partial<Trace> | null {
  const { access, obligations } = judgement;
  const carried = access.used ? null : question.approval;
  if (!access.used && !carried && !obligations.length && !item.told) return null;
  return {
    ...(access.used ? { approval: access.used } : {}),
    ...(carried ? { carried } : {}),
    ...(obligations.length ? { obligations: [...obligations] } : {}),
    ...(item.told ? { told: item.told.atMs } : {}),
  };
}

/** Why a decision came out as it did, as `trace-format` says: RFC 8785 text, its members in order. What is stored is what is hashed. */
export function traceText(parts: TraceParts): string {
  const { item, question, judgement, atMs, holdId, supersedes } = parts;
  const { session, sets } = question;
  const plan = planOf(sets);
  const sessions = new Sessions(question);
  if (looksAtSessions(sets)) sessions.addLive(atMs);
  const place = sessions.place(session.id, session.label, session.identityId);
  const exposures = exposuresText(judgement.exposures, question, plan, sessions);
  const also = alsoOf(parts);
  const seen = seenOf(question, judgement.exposures);
  const observedBy = session.observedBy === 'declared' ? '' : `,${written(session.observedBy)}`;
  return `{${judgement.alone ? `"alone":"${judgement.alone}",` : ''}${also ? `"also":${canonical(also)},` : ''}"at":${atMs},${
    item.braid.dry_run === true ? '"dryRun":true,' : ''
  }"exposures":[${exposures}],${holdId ? `"holdId":"${holdId}",` : ''}"id":"${item.decisionId}","identity":${identityText(
    question.identity,
  )},${liveText(question)}${judgement.reason === 'ok' ? '' : `"reason":"${judgement.reason}",`}"request":${
    item.text ?? canonical(item.asked)
  },${rulesText(judgement, sets)}${seen ? `"seen":${canonical(seen)},` : ''}"session":[${place},${
    atMs - session.startedMs
  }${observedBy}],"sessions":[${sessions.text()}],"sets":${plan.text},${skippedText(judgement, sets)}${
    supersedes ? `"supersedes":"${supersedes}",` : ''
  }"v":2,"verdict":"${judgement.verdict}"${judgement.warnings.length ? `,"warnings":${canonical(judgement.warnings)}` : ''}}`;
}

/** Left out where it follows: the sessions that could be looked at, and the one that asks. */
const liveText = ({ sessions, session, sets }: Question): string =>
  looksAtSessions(sets) && sessions.some((one) => one.id === session.id) ? '' : `"live":${sessions.length},`;

// ── told once ───────────────────────────────────────────────────────────────────────────────────────────────────────

interface SetsPlan {
  text: string;
  /** By set and meter of what is enforced: how its exposures begin, and the limit that always stands on them. */
  meters: Map<string, Map<string, { begins: string; limit: bigint | null | undefined }>>;
}

const plans = new WeakMap<CompiledSet[], SetsPlan>();

function planOf(sets: CompiledSet[]): SetsPlan {
  let plan = plans.get(sets);
  if (!plan) {
    plan = { text: `[${sets.map(setText).join()}]`, meters: new Map() };
    for (const [place, set] of sets.entries()) {
      if (set.mode === 'shadow') continue;
      const meters = set.meters.map(({ name }): [string, { begins: string; limit: bigint | null | undefined }] => [
        name,
        { begins: `[${place ? `${place},` : ''}${written(name)},`, limit: usualLimit(set, name) },
      ]);
      plan.meters.set(set.name, new Map(meters));
    }
    plans.set(sets, plan);
  }
  return plan;
}

const setText = ({ name, version, hash, mode }: CompiledSet): string =>
  `[${written(name)},${version},${written(shortHash(hash))}${mode === 'shadow' ? ',"shadow"' : ''}]`;

const identities = new WeakMap<IdentitySeen, string>();

function identityText(identity: IdentitySeen): string {
  let text = identities.get(identity);
  if (text === undefined) {
    const { id, name, kind, state, managed } = identity;
    text = `[${written(shortId(id))},${written(name)},${written(kind)}${state === 'active' ? '' : `,${written(state)}`}${managed ? '' : ',false'}]`;
    identities.set(identity, text);
  }
  return text;
}

// ── exposures ───────────────────────────────────────────────────────────────────────────────────────────────────────

function exposuresText(exposures: readonly Standing[], question: Question, plan: SetsPlan, sessions: Sessions): string {
  let text = '';
  const before: string[] = [];
  for (const one of exposures) {
    const { touch, state, settled, held, amount, aloneBefore, aloneAsked } = one;
    const meter = plan.meters.get(touch.set)!.get(touch.meter.name)!;
    const key = touch.key === question.identity.id ? '0' : touch.key === question.session.id ? '1' : written(touch.key);
    const own = aloneAsked - aloneBefore;
    const holders = holdersText(one.holders, sessions);
    const same = before.indexOf(holders);
    before.push(holders);
    text += `${text ? ',' : ''}${meter.begins}${key},"${state.revision} ${settled} ${held} ${amount} ${aloneBefore}${
      own === amount ? '' : ` ${own}`
    }",${same < 0 ? `"${holders}"` : same}${moreText(one, meter.limit)}]`;
  }
  return text;
}

function moreText({ limit, touch }: Standing, usual: bigint | null | undefined): string {
  const parts: string[] = [];
  if (touch.formerly) parts.push(`"formerly":${canonical(touch.formerly.map((one) => one.key))}`);
  if (limit !== usual) parts.push(`"limit":${limit === null ? 'null' : `"${limit}"`}`);
  return parts.length ? `,{${parts.join()}}` : '';
}

function holdersText(holders: Holders, sessions: Sessions): string {
  let text = '';
  for (const { sessionId, identityId, label, settled, held } of holders.named) {
    const place = sessions.place(sessionId, label, identityId);
    text += `${text ? ' ' : ''}${place}:${settled}${held ? `:${held}` : ''}`;
  }
  const { settled, held } = holders;
  if (settled || held) text += ` +:${settled}${held ? `:${held}` : ''}`;
  return text;
}
