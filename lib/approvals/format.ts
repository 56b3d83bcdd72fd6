import type { RequestDetail, RequestRow, Waiting } from '@/lib/approvals/model';
import { amountText, numberWord, plural, sentenceCase, spanText } from '@/lib/exposures/format';

/** "payment.create of 1 500 EUR on account acct-7" */
export function askedText(row: RequestRow): string {
  const amount = row.amount === null ? '' : ` of ${amountText(row.amount, row.scale, row.unit)}`;
  return `${row.action}${amount} on ${row.resourceType} ${row.resourceId}`;
}

/** How the list opens. */
export function waitingText({ requests, identities, values }: Waiting): string {
  if (requests === 0) return 'Nobody waits for an approval.';
  const worth = values.map((one) => amountText(one.amount, one.scale, one.unit)).join(' and ');
  const from = identities === 1 ? 'one identity' : `${numberWord(identities)} identities`;
  const wait = plural(requests, 'request of', 'requests of');
  return `${sentenceCase(numberWord(requests))} ${wait} ${from} ${plural(requests, 'waits', 'wait')} for approval${worth ? `, worth ${worth} together` : ''}.`;
}

/** How one request opens: what was asked, or what became of it. */
export function requestText(row: RequestRow): string {
  const asked = `${row.identityName} asks for ${askedText(row)}`;
  if (row.state === 'pending') return `${asked}.`;
  const by = row.answered ? answererText(row.answered) : 'nobody';
  if (row.state === 'approved') return `${sentenceCase(by)} approved ${askedText(row)} for ${row.identityName}.`;
  if (row.state === 'denied') return `${sentenceCase(by)} denied ${askedText(row)} to ${row.identityName}.`;
  if (row.state === 'cancelled') return `${row.identityName} no longer asks for ${askedText(row)}.`;
  return `Nobody answered in time: ${row.identityName} asked for ${askedText(row)}.`;
}

/** "Ada", "policy payments/large-total", "responder with token triage" */
export function answererText({ kind, name }: NonNullable<RequestRow['answered']>): string {
  if (kind === 'policy') return `policy ${name}`;
  if (kind === 'token') return `a responder with token ${name}`;
  return name;
}

/** The state as a reader means it: an approval that no longer lets anything pass is not simply approved. */
export function standingOf(row: RequestRow): string {
  if (row.state !== 'approved' || row.holds) return row.state;
  if (row.withdrawnAt) return 'withdrawn';
  return row.used >= row.uses ? 'used up' : 'expired';
}

/** "once within an hour": what a click would grant. */
export const grantText = (uses: number, secs: number): string =>
  `${uses === 1 ? 'once' : `${numberWord(uses)} times`} within ${spanText(secs)}`;

/** "3 waiting and 2 approved today come to 9 400 EUR": many small approvals are one large one. */
export function togetherText({ together }: RequestDetail): string[] {
  return together.map(({ state, unit, scale, count, amount }) => {
    const worth = unit && amount !== '0' ? ` worth ${amountText(amount, scale, unit)}` : '';
    return state === 'pending'
      ? `${sentenceCase(numberWord(count))} of this identity ${plural(count, 'waits', 'wait')} now${worth}.`
      : `${sentenceCase(numberWord(count))} ${plural(count, 'was', 'were')} approved for it within a day${worth}.`;
  });
}
