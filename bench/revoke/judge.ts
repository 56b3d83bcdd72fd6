import { benchCtx } from '@/bench/lab/stage';
import type { System } from '@/bench/revoke/systems';
import { prisma } from '@/lib/db/client';
import { publicKey } from '@/lib/platform/signing';
import { certificate } from '@/lib/revocations/certificate';
import type { Certificate } from '@/lib/revocations/certificate/model';
import { verifyCertificate } from '@/lib/revocations/certificate/verify.mjs';

/** One revocation of the run. */
export interface Life {
  id: string;
  name: string;
  kind: string;
  /** The system where its login had been taken away before anybody asked. */
  shutAt: string | null;
  /** When it was read as verified, ms. */
  proven?: number;
}

export const quantile = (values: number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(Math.ceil(values.length * part) - 1, 0)] ?? 0;

const DONE = ['effective', 'verified', 'residual'];

/**
 * While no worker runs: every step that says its deed is in effect is held against the system's own record. Returns the
 * revocations that stand between request and proof, and the deeds begun since the worker was up and not written as done.
 */
export async function judgeFrozen(
  identityIds: string[],
  systems: System[],
  connectors: Map<string, string>,
  subjectOf: (identityId: string) => { name: string; shutAt: string | null },
  since: number,
  wrong: string[],
): Promise<{ unfinished: string[]; deeds: string[] }> {
  const standing = await prisma().revocation.findMany({
    where: { identityId: { in: identityIds }, verifiedAt: null, undoneBy: null },
    select: { id: true, kind: true, identityId: true, steps: true },
  });
  const deeds: string[] = [];
  for (const { kind, identityId, steps } of standing) {
    const { name, shutAt } = subjectOf(identityId);
    for (const system of systems) {
      const own = steps.filter((step) => step.connectorId === connectors.get(system.vendor));
      const open = own.find((step) => Number(step.startedAt) >= since && !step.finishedAt);
      if (open) deeds.push(`${kind} ${system.vendor} ${open.verb}`);
      const says = (verb: string) => own.some((step) => step.verb === verb && DONE.includes(step.state));
      const claim = (what: string) =>
        wrong.push(`${name} at ${system.vendor}: ${kind} says ${what}, the system does not`);
      if (says('block') && (await system.letsIn(name))) claim('that no login is let in');
      if (says('terminate') && (await system.open(name))) claim('that no session is open');
      if (says('unblock') && system.vendor !== shutAt && !(await system.letsIn(name))) claim('that a login is let in');
      if (says('unblock') && system.vendor === shutAt && (await system.letsIn(name)))
        claim('nothing of a login it gave back');
    }
  }
  return { unfinished: standing.map((one) => one.id), deeds };
}

const ORDER = ['block', 'terminate', 'refresh', 'unblock', 'probe'];

/** Its certificate verifies with the key alone, and its times stand in the order of the law. Returns request to proof, ms. */
export async function judgeCertificate(life: Life, wrong: string[]): Promise<number> {
  const { text } = await certificate(benchCtx, { id: life.id });
  const verified = verifyCertificate(text, publicKey().pem) as { ok: boolean; problems: string[] };
  const say = (what: string) => wrong.push(`${life.name}: certificate of ${life.kind}: ${what}`);
  if (!verified.ok) say(verified.problems.join(', '));
  const said = (JSON.parse(text) as { certificate: Certificate }).certificate;
  const at = (time: string | null) => (time === null ? Number.NaN : Date.parse(time));
  const { requested, verified: proven } = said.times;
  if (!(at(requested) <= at(proven))) say('proven before it was requested');
  for (const system of new Set(said.steps.map((step) => step.system))) {
    const steps = said.steps.filter((step) => step.system === system);
    let before = at(requested);
    for (const verb of ORDER) {
      const step = steps.find((one) => one.verb === verb);
      if (!step) continue;
      if (!(before <= at(step.finishedAt)) || !(at(step.startedAt) <= at(step.finishedAt)))
        say(`${system}: ${verb} stands before what goes before it`);
      before = at(step.finishedAt);
    }
    if (!(before <= at(proven))) say(`${system}: proven before its last step`);
  }
  return at(proven) - at(requested);
}
