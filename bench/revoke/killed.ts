import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '@/bench/lab/chance';
import { median } from '@/bench/lab/options';
import { cpuSeconds } from '@/bench/lab/processes';
import { benchCtx } from '@/bench/lab/stage';
import { judgeCertificate, judgeFrozen, type Life, quantile } from '@/bench/revoke/judge';
import type { System } from '@/bench/revoke/systems';
import { prisma } from '@/lib/db/client';
import { newId } from '@/lib/platform/ids';
import type { RevocationDetail } from '@/lib/revocations/model';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';

const IDENTITIES = 6;
const SESSIONS = 2;
/** Of these so many, one login had been taken away by the system's own people before: it must never come back. */
const SHUT_EVERY = 5;
const END_MS = 180_000;
const why = { reasonCode: 'test' as const, reason: 'bench' };

interface Subject {
  name: string;
  identityId: string;
  /** Where its login had been taken away before. */
  shutAt: string | null;
  lives: Life[];
}

/** One process that does the work, as it is started again. */
export interface Hands {
  /** Resolves when it says it is ready. */
  start(): Promise<ChildProcess>;
}

export interface KilledReport {
  kills: number;
  seconds: number;
  /** While at least one revocation stood between its request and its proof; and, more narrowly, with a deed begun and not written as done. */
  withinALife: number;
  withinADeed: number;
  /** Deeds that were cut, by what they were. */
  cut: Record<string, number>;
  revocations: number;
  /** A kill fell between their request and their proof. */
  hit: number;
  /** A deed of theirs was begun more than once. */
  doneAgain: number;
  certificates: number;
  /** From the kill until the worker that was started at once says it is ready, and until something goes on. */
  readyMs: { p50: number; p95: number; most: number };
  goesOnMs: { p50: number; p95: number; most: number };
  /** The same in time of the processor: what a busy machine does not stretch. */
  goesOnCpuMs: { p50: number; p95: number; most: number };
  requestToProofMs: { p50: number; p95: number; most: number };
  wrong: string[];
}

const spread = (values: number[]) => ({
  p50: Math.round(values.length ? median(values) : 0),
  p95: Math.round(quantile(values, 0.95)),
  most: Math.round(Math.max(...values, 0)),
});

/** Accounts of one name on every system, known to Braid as one identity each. */
async function subjectsOf(systems: System[], connectors: Map<string, string>): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (let n = 0; n < IDENTITIES; n++) {
    const name = `killed_${n}`;
    const identityId = newId();
    const aliases = systems.map((system) => ({
      issuer: `connector:${connectors.get(system.vendor)}`,
      type: '*',
      externalId: name,
      reason: 'bench',
    }));
    await prisma().identity.create({
      data: { id: identityId, name, externalId: name, kind: 'service_account', aliases: { create: aliases } },
    });
    const shutAt = n % SHUT_EVERY === 0 ? systems[(n / SHUT_EVERY) % systems.length]!.vendor : null;
    for (const system of systems) await system.account(name, system.vendor === shutAt ? 0 : SESSIONS);
    for (const system of systems) if (system.vendor === shutAt) await system.shut(name);
    subjects.push({ name, identityId, shutAt, lives: [] });
  }
  return subjects;
}

async function ended(id: string): Promise<RevocationDetail> {
  for (const end = performance.now() + END_MS; ; await sleep(50)) {
    const now = await show(benchCtx, { id });
    if (now.state === 'verified') return now;
    if (performance.now() > end)
      throw new Error(`${now.identityName}: ${now.kind} reads ${now.state} after ${END_MS / 1000} s`);
  }
}

/** When the first deed was begun after `since`, ms; null: patience has ended before. */
async function atWork(since: Date, patienceMs: number): Promise<number | null> {
  const where = { startedAt: { gt: since }, connectorId: { not: null } };
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(10)) {
    const first = await prisma().revocationStep.findFirst({ where, orderBy: { startedAt: 'asc' } });
    if (first?.startedAt) return first.startedAt.getTime();
  }
  return null;
}

/** Ends and gives back the access of one identity again and again, and asks the systems after each whether it is so. */
async function live(subject: Subject, systems: System[], on: () => boolean, wrong: string[]): Promise<void> {
  const { name, identityId, shutAt } = subject;
  for (let turn = 0; on(); turn++) {
    const [close, open] = turn % 3 === 2 ? (['pause', 'resume'] as const) : (['revoke', 'restore'] as const);
    const sessions: [System, () => Promise<boolean>][] = [];
    for (const system of systems) if (system.vendor !== shutAt) sessions.push([system, await system.enter(name)]);
    for (const kind of [close, open]) {
      // What was opened after it was given back, no late deed of what went before may have ended.
      if (kind === close) {
        for (const [system, alive] of sessions)
          if (!(await alive()))
            wrong.push(`${name} at ${system.vendor}: a session opened after access was given back is dead`);
      }
      const { revocationId } = await request(benchCtx, { kind, identityId, ...why });
      const life: Life = { id: revocationId, name, kind, shutAt };
      subject.lives.push(life);
      const done = await ended(revocationId);
      life.proven = Date.parse(done.verifiedAt!);
      for (const system of systems) {
        const inside = await system.letsIn(name);
        const wanted = kind === open && system.vendor !== shutAt;
        if (inside !== wanted)
          wrong.push(
            `${name} at ${system.vendor}: ${kind} reads verified, a login is ${inside ? 'let in' : 'refused'}`,
          );
        if (kind === close && (await system.open(name)))
          wrong.push(`${name} at ${system.vendor}: ${kind} reads verified, sessions are open`);
      }
    }
  }
}

/**
 * Revocations over every system at once run without a pause while the only worker is killed (-9) at seeded random moments
 * within their lives. Each is judged by what the systems themselves show, at every kill and at its end.
 */
export async function killedWithin(
  systems: System[],
  connectors: Map<string, string>,
  hands: Hands,
  wanted: { kills: number; luck: Chance; mostMs: number; pauseMs: number; patienceMs: number },
): Promise<KilledReport> {
  const subjects = await subjectsOf(systems, connectors);
  const names = new Map(subjects.map((one) => [one.identityId, one]));
  let worker = await hands.start();
  const wrong: string[] = [];
  const kills: { at: number; readyMs: number; hit: string[] }[] = [];
  const cut: Record<string, number> = {};
  const goesOn: number[] = [];
  const goesOnCpu: number[] = [];
  let withinADeed = 0;
  let up = Date.now();
  let over = false;
  const began = performance.now();
  const lives = subjects.map((one) =>
    live(one, systems, () => !over, wrong).catch((error: Error) => void wrong.push(error.message)),
  );
  while (kills.length < wanted.kills && performance.now() - began < wanted.mostMs) {
    // Four times of five once it is at work again, else while it comes to that: both are within an act's life.
    const first = wanted.luck.next() < 0.8 ? await atWork(new Date(up), wanted.patienceMs) : null;
    const before = kills.at(-1);
    if (first !== null && before?.hit.length) {
      goesOn.push(first - before.at);
      goesOnCpu.push(cpuSeconds(worker.pid!) * 1_000);
    }
    await sleep(wanted.luck.whole(0, wanted.pauseMs));
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill('SIGKILL');
    await gone;
    // Nobody works now: what is written stands still and can be held against what the systems show.
    const frozen = await judgeFrozen([...names.keys()], systems, connectors, (id) => names.get(id)!, up, wrong);
    for (const deed of frozen.deeds) cut[deed] = (cut[deed] ?? 0) + 1;
    if (frozen.deeds.length) withinADeed += 1;
    up = Date.now();
    worker = await hands.start();
    // Judged in between: what the judging took is no part of how long the next one takes.
    kills.push({ at: up, readyMs: Date.now() - up, hit: frozen.unfinished });
  }
  over = true;
  await Promise.all(lives);
  worker.kill('SIGKILL');
  const all = subjects.flatMap((one) => one.lives);
  const hit = new Set(kills.flatMap((one) => one.hit));
  const steps = await prisma().revocationStep.findMany({
    where: { revocationId: { in: all.map((one) => one.id) } },
    select: { revocationId: true, attempts: true, verb: true },
  });
  const proofs: number[] = [];
  for (const one of all) proofs.push(await judgeCertificate(one, wrong));
  return {
    kills: kills.length,
    seconds: Math.round((performance.now() - began) / 1_000),
    withinALife: kills.filter((one) => one.hit.length).length,
    withinADeed,
    cut,
    revocations: all.length,
    hit: hit.size,
    doneAgain: new Set(
      steps.filter((step) => step.verb !== 'probe' && step.attempts > 1).map((step) => step.revocationId),
    ).size,
    certificates: all.length,
    readyMs: spread(kills.map((one) => one.readyMs)),
    goesOnMs: spread(goesOn),
    goesOnCpuMs: spread(goesOnCpu),
    requestToProofMs: spread(proofs),
    wrong,
  };
}
