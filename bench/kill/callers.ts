import type { Asker, Heard } from '@/bench/kill/ask';
import { type Granted, hear, type Journal } from '@/bench/kill/journal';
import type { Chance } from '@/bench/lab/chance';

const TARGET = '/access/v1/evaluation';
const IDENTITIES = 24;
const JOBS = 6;
/** Accounts that are asked at the same time; a full one makes room for the next. */
const OPEN_ACCOUNTS = 40;
const RETRY_MS = 60;
/** Answers kept to be asked again later. */
const MEMORY = 500;

export interface Callers {
  /** Accounts that have been asked so far. */
  accounts(): string[];
  identities: string[];
  /** Ends every caller after the request it is in. */
  stop(): Promise<void>;
  /** One request, retried under one key until it is answered. */
  ask(body: Question, key: string): Promise<Heard>;
}

interface Question {
  action: string;
  identity: string;
  resource: string;
  session: string;
  context: Record<string, unknown>;
}

interface World {
  asker: Asker;
  journal: Journal;
  ports: number[];
  chance: Chance;
}

/** `count` callers, each with one request at a time, until stopped. */
export function startCallers(world: World, count: number): Callers {
  const { journal, chance } = world;
  const identities = Array.from({ length: IDENTITIES }, (_, n) => `svc-${n}`);
  const accounts: string[] = [];
  const usable: string[] = [];
  const open = (): string => {
    while (usable.length < OPEN_ACCOUNTS) {
      accounts.push(`account-${accounts.length}`);
      usable.push(accounts.at(-1)!);
    }
    return chance.one(usable);
  };
  const close = (account: string): void => {
    const at = usable.indexOf(account);
    if (at >= 0) usable.splice(at, 1);
  };
  let stopped = false;
  let serial = 0;
  const remembered: { question: Question; key: string; decisionId: string }[] = [];

  const ask = (question: Question, key: string) => persist(world, question, key);

  const once = async (): Promise<void> => {
    const identity = chance.one(identities);
    const base = { identity, session: `${identity}-${chance.whole(1, 3)}` };
    const key = `k${serial++}`;
    const draw = chance.next();
    journal.counts.requests++;
    if (draw < 0.03 && remembered.length) return repeat(world, chance.one(remembered));
    if (draw < 0.75) {
      const resource = open();
      const amount = chance.whole(1, 5);
      const question = { ...base, action: 'pay', resource, context: { amount } };
      // Now and then the same request goes to two decision points at once.
      const both = chance.next() < 0.05;
      const [heard, twin] = await Promise.all([ask(question, key), both ? ask(question, key) : null]);
      const decisionId = grant(journal, heard, { action: 'pay', key: resource, amount });
      if (twin && heard.body.decision && twin.body.decision && idOf(twin) !== idOf(heard))
        journal.contradictions.push(`request ${key} was allowed twice: ${idOf(heard)} and ${idOf(twin)}`);
      if (twin?.body.decision && !heard.body.decision) grant(journal, twin, { action: 'pay', key: resource, amount });
      if (heard.body.context?.reason === 'aggregate_value_exceeded' && amount === 1) close(resource);
      if (decisionId) {
        remembered.push({ question, key, decisionId });
        if (remembered.length > MEMORY) remembered.shift();
      }
      return;
    }
    if (draw < 0.83) {
      const question = { ...base, action: 'ping', resource: 'service', context: {} };
      grant(journal, await ask(question, key), { action: 'ping', key: identity, amount: 1 });
      return;
    }
    if (draw < 0.9) {
      const resource = `job-${chance.whole(1, JOBS)}`;
      const heard = await ask({ ...base, action: 'job.start', resource, context: {} }, key);
      const decisionId = grant(journal, heard, { action: 'job.start', key: resource, amount: 1 });
      if (decisionId && chance.next() < 0.5) await finish(world, decisionId, 'released', 0);
      return;
    }
    const cents = chance.whole(100, 2_500);
    const heard = await ask({ ...base, action: 'tool.call', resource: 'tool', context: { cost: cents / 100 } }, key);
    const decisionId = grant(journal, heard, { action: 'tool.call', key: identity, amount: cents });
    if (!decisionId) return;
    const end = chance.next();
    if (end < 0.4) await finish(world, decisionId, 'settled', chance.next() < 0.5 ? cents : chance.whole(0, cents));
    else if (end < 0.8) await finish(world, decisionId, 'released', 0);
    // The rest walk away: their holds must expire by themselves.
  };

  const running = Array.from({ length: count }, async () => {
    while (!stopped) await once();
  });
  return {
    accounts: () => accounts,
    identities,
    ask,
    stop: async () => {
      stopped = true;
      await Promise.all(running);
    },
  };
}

const idOf = (heard: Heard): string => heard.body.context?.braid?.decision_id ?? '';

function grant(journal: Journal, heard: Heard, granted: Granted): string | undefined {
  if (!heard.body.decision) return undefined;
  const id = idOf(heard);
  const before = journal.granted.get(id);
  if (before && before.key !== granted.key) journal.contradictions.push(`decision ${id} answered two requests`);
  journal.granted.set(id, { ...granted, holdId: heard.body.context?.braid?.hold_id });
  return id;
}

/** Asks one decision point after the other, always under the same key, until one decides. */
async function persist(world: World, question: Question, key: string): Promise<Heard> {
  const { asker, journal, ports, chance } = world;
  const body = {
    subject: { type: 'service_account', id: question.identity },
    action: { name: question.action },
    resource: { type: 'thing', id: question.resource },
    context: { ...question.context, braid: { session: { id: question.session }, idempotency_key: key } },
  };
  for (let tries = 0; ; tries++) {
    const hangUp = tries === 0 && chance.next() < 0.01 ? chance.whole(0, 12) : undefined;
    journal.counts.attempts++;
    if (hangUp !== undefined) journal.counts.hangUps++;
    const heard = await asker.post(chance.one(ports), TARGET, body, hangUp);
    if (heard && heard.status >= 400 && heard.status !== 503 && heard.status !== 429)
      journal.contradictions.push(`${heard.status} for ${key}: ${JSON.stringify(heard.body).slice(0, 300)}`);
    const braid = heard?.status === 200 ? heard.body.context?.braid : undefined;
    if (braid) {
      hear(journal, braid.decision_id, braid.verdict);
      if (heard!.body.context!.reason !== 'state_unavailable') return heard!;
      journal.counts.unavailable++;
      journal.unavailable.add(braid.decision_id);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS * (1 + chance.next())));
  }
}

/** Asks again what was allowed before: it must be the same decision. */
async function repeat(world: World, before: { question: Question; key: string; decisionId: string }): Promise<void> {
  world.journal.counts.repeats++;
  const heard = await persist(world, before.question, before.key);
  if (idOf(heard) !== before.decisionId)
    world.journal.contradictions.push(
      `request ${before.key} was allowed by ${before.decisionId} and, asked again, by ${idOf(heard)}`,
    );
}

/** Ends a hold, retried until the answer is certain: ended as wanted, or over. */
async function finish(world: World, decisionId: string, how: 'settled' | 'released', cents: number): Promise<void> {
  const { asker, journal, ports, chance } = world;
  const granted = journal.granted.get(decisionId)!;
  const target = `/v1/holds/${granted.holdId}/${how === 'settled' ? 'settle' : 'release'}`;
  const body = how === 'settled' ? { amount: (cents / 100).toFixed(2) } : {};
  await new Promise((resolve) => setTimeout(resolve, chance.wait(400)));
  for (;;) {
    const heard = await asker.post(chance.one(ports), target, body);
    if (heard?.status === 200) {
      granted.end = { how, actual: cents };
      journal.counts.settled++;
      return;
    }
    if (heard?.status === 409) return; // it has expired meanwhile
    if (heard && heard.status < 500 && heard.status !== 429) {
      journal.contradictions.push(`${target}: ${heard.status} ${JSON.stringify(heard.body).slice(0, 300)}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
