import { type AskedAgain, BECAUSE, type Because } from '@/lib/decisions/again-model';
import { type Part, REASON_TEXT } from '@/lib/decisions/format';

const DONE = { terminate: 'ended the session', pause: 'paused the identity', revoke: 'revoked the identity' } as const;

/** What came of asking again, as one sentence: "`payment.create` on account 4711 would be denied now, by `cap`: …". */
export function askedAgainSentence(asked: AskedAgain): Part[] {
  const { action, resource, verdict, ruleId, message, reason } = asked;
  const what: Part[] = [{ code: action }, ` on ${resource} would `];
  if (verdict === 'allow') return [...what, 'be allowed still.'];
  const now = { deny: 'be denied now', pause: 'be paused now', step_up: 'be asked to step up now' }[verdict];
  const by: Part[] = ruleId ? [', by ', { code: ruleId }] : [];
  const why = (message ?? REASON_TEXT[reason]).replace(/\.$/, '');
  return [...what, now, ...by, `: ${why}.`];
}

export const becauseText = (because: Because): string => BECAUSE[because];

const TO_DO = {
  terminate: 'ending the session',
  pause: 'pausing the identity',
  revoke: 'revoking the identity',
} as const;

/** What the rule made Braid do, in words; empty: it only says so. */
export function doneText({ done }: AskedAgain): string {
  const did = done.filter((one) => one.revocationId !== null).map(({ kind }) => DONE[kind]);
  const kept = done.filter((one) => one.nextAt).map(({ kind }) => TO_DO[kind]);
  return [
    ...(did.length ? [`So Braid ${did.join(' and ')}.`] : []),
    ...(kept.length ? [`A guardrail keeps Braid from ${kept.join(' and ')}; it is asked for again.`] : []),
  ].join(' ');
}
