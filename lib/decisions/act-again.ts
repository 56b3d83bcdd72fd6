import type { Ctx } from '@/lib/access/model';
import type { LastAllowed } from '@/lib/decisions/again/store';
import type { ActedAgain } from '@/lib/decisions/again-model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { derivedId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';
import type { Judgement } from '@/lib/policies/evaluate';
import { type Consequence, consequencesOf } from '@/lib/policies/obligations-evaluate';
import { admitPolicy } from '@/lib/responses/admit-policy';
import { request } from '@/lib/revocations/request';

/** What a bound refused is asked for again after so long, then twice as long each time, up to the longest. Milliseconds. */
const FIRST_WAIT_MS = 5 * 60_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

/** It ended by itself, is over, or is never ended by Braid: nothing is left to do. */
const SETTLED = ['conflict', 'connector.protected', 'identity.revoked', 'not_found', 'connector.unsupported'];

const waitMs = (tries: number): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));

/** The rule that wants it, as it binds now. */
function ruleOf(judgement: Judgement, by: string): string {
  const set = judgement.judged.find((one) => `${one.set.name}/${one.rule.id}` === by)?.set;
  return set ? `${by}@${set.version}` : by;
}

async function act(row: LastAllowed, { kind, by }: Consequence, rule: string, tries: number, says: string) {
  const policy: Ctx = { actor: { kind: 'policy', name: by } };
  const { identity_id: identityId, session_id: sessionId, decision_id: decisionId } = row;
  const reason = `${says} (asked again; allowed by decision ${decisionId})`.slice(0, 2000);
  const why = { reasonCode: 'unexpected_behaviour' as const, reason };
  try {
    const key = derivedId('asked again', decisionId, rule, kind, String(tries));
    const agreed = await admitPolicy(policy, { kind, by, decisionId: key, identityId, sessionId, reason });
    if (!agreed) return 'refused' as const;
    const asked =
      kind === 'terminate'
        ? await request(policy, { kind, sessionIds: [sessionId], ...why }, agreed)
        : await request(policy, { kind, identityId, ...why }, agreed);
    return { revocationId: asked.revocationId };
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    log.info({ code: error.code, by, kind, identityId }, 'nothing was carried out');
    return SETTLED.includes(error.code) ? { revocationId: null } : ('refused' as const);
  }
}

/**
 * Does what the rules that fire now oblige Braid to, as their actor and within the bounds of what nobody looks at. What this
 * version of a rule made of this very decision is done once: where somebody has opened the identity again since, that stands.
 * What a bound refused is asked for again, each time after twice as long. A limit that is merely near has been warned of by
 * its decisions.
 */
export async function actAgain(judgement: Judgement, row: LastAllowed): Promise<ActedAgain[]> {
  const fired = new Set(judgement.judged.flatMap((one) => (one.outcome.fired ? `${one.set.name}/${one.rule.id}` : [])));
  const obligations = judgement.obligations.filter((one) => fired.has(`${one.set}/${one.ruleId}`));
  const done: ActedAgain[] = [];
  for (const wanted of consequencesOf({ ...judgement, obligations })) {
    const { kind, by } = wanted;
    const rule = ruleOf(judgement, by);
    const before = row.acted.find((one) => one.kind === kind && one.rule === rule);
    const now = clock.ms();
    if (before && !(before.nextAt && Date.parse(before.nextAt) <= now)) {
      done.push(before);
      continue;
    }
    const tries = (before?.tries ?? 0) + 1;
    const came = await act(row, wanted, rule, tries, judgement.message ?? `Rule ${by}`);
    done.push(
      came === 'refused'
        ? { kind, rule, revocationId: null, tries, nextAt: new Date(now + waitMs(tries)).toISOString() }
        : { kind, rule, ...came },
    );
  }
  return done;
}
