import { createHash } from 'node:crypto';
import type pg from 'pg';
import {
  beginSums,
  type CounterFault,
  counterFaults,
  type LedgerFault,
  looseFaults,
  openingsAfter,
  type Querying,
  sumDay,
} from '@/lib/decisions/verify/ledger-store';
import { MAX_PROBLEMS, type Problems } from '@/lib/decisions/verify/model';

const OPENINGS_AT_ONCE = 5_000;

/** Digest of all opening balances, as a drop's checkpoint signs it. */
export async function openingsDigest(client: Querying): Promise<{ count: string; digest: string }> {
  const hash = createHash('sha256');
  let count = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const page = await openingsAfter(client, after, OPENINGS_AT_ONCE);
    for (const one of page) hash.update(`${one.exposure_id}:${one.revision}:${one.settled}:${one.held}\n`);
    count += page.length;
    if (page.length < OPENINGS_AT_ONCE) return { count: count.toString(), digest: hash.digest('hex') };
    after = page.at(-1)!.exposure_id;
  }
}

/** Proves that every counter is the sum of its log, and that the log alone gives the value of every exposure at every entry. */
export async function proveLedger(
  client: pg.Client,
  args: {
    days: string[];
    since: string;
    openings: { count: string; digest: string } | null;
    problems: Problems;
    onDay: () => void;
  },
): Promise<number> {
  const { days, since, openings, problems, onDay } = args;
  const found = await openingsDigest(client);
  if (found.digest !== (openings?.digest ?? found.digest) || (!openings && found.count !== '0'))
    problems.add(
      'ledger.opening',
      'opening balances',
      `The opening balances (${found.count}) are not those that were signed when ledger entries were dropped (${openings?.count ?? 'none'}).`,
    );
  await beginSums(client);
  let entries = 0;
  for (const day of days) {
    const summed = await sumDay(client, day, MAX_PROBLEMS);
    entries += summed.entries;
    for (const fault of summed.faults) say(fault, problems);
    onDay();
  }
  for (const fault of await looseFaults(client, MAX_PROBLEMS)) say(fault, problems);
  for (const fault of await counterFaults(client, since, MAX_PROBLEMS)) sayCounter(fault, problems);
  return entries;
}

function say(fault: LedgerFault, problems: Problems): void {
  const name = `ledger entry ${fault.revision} of exposure ${fault.exposure_id}`;
  if (fault.why === 'missing') problems.add('ledger.missing', name, `${name} is missing.`);
  else problems.add('ledger.sum', name, `${name} is not the entry before it plus what it says it changed.`);
}

function sayCounter(fault: CounterFault, problems: Problems): void {
  const name = `exposure ${fault.id}`;
  const which = fault.meter ? `${name} (${fault.meter} ${fault.key})` : name;
  if (fault.revision === null) problems.add('counter.differs', name, `${name} has ledger entries and no counter.`);
  else if (fault.settled !== fault.log_settled || fault.held !== fault.log_held)
    problems.add(
      'counter.differs',
      name,
      `${which}: its counter says settled ${fault.settled}, held ${fault.held}; its log comes to settled ${fault.log_settled}, held ${fault.log_held}.`,
    );
  else
    problems.add(
      'ledger.missing',
      name,
      `${which}: it is at revision ${fault.revision}; its log ends at ${fault.log_revision} and has ${fault.entries} entries.`,
    );
}
