import type { ExposureSeen } from '@/lib/decisions/model';

// What an evaluation says in words. The console has its own sentences; these are stored with the decision.

/** Minor units for people: `9 400` or `9 400.50`, digits grouped by a no-break space. */
export function formatMinor(minor: string | bigint, scale: number): string {
  const text = String(minor);
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text.slice(sign.length).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
  const fraction = scale ? digits.slice(-scale) : '';
  return sign + whole + (/^0*$/.test(fraction) ? '' : `.${fraction}`);
}

/** `9 400 + 2 800 > 10 000 EUR`, with what is held apart from what is settled. */
function formatLimit(
  seen: { settled: bigint; held: bigint; amount: bigint; limit: bigint; scale: number; unit: string | null },
  fired: boolean,
): string {
  const write = (value: bigint) => formatMinor(value, seen.scale);
  const held = seen.held ? ` + ${write(seen.held)} held` : '';
  const sum = `${write(seen.settled)}${held} + ${write(seen.amount)}`;
  return `${sum} ${fired ? '>' : '≤'} ${write(seen.limit)}${seen.unit ? ` ${seen.unit}` : ''}`;
}

/** What a limit saw of one exposure. */
export const formatSaw = (seen: Parameters<typeof formatLimit>[0] & { kind: string }, fired: boolean): string =>
  seen.kind === 'live_sessions'
    ? `session ${seen.settled + seen.held + seen.amount} of this scope, ${seen.limit} allowed`
    : formatLimit(seen, fired);

const both = (one: { settled: string; held: string }): bigint => BigInt(one.settled) + BigInt(one.held);

/** Who holds an exposure, largest first: `eu-west · worker-7 4 300, eu-west · boto3 2 800, others 900`. */
function formatHolders(seen: ExposureSeen, most = 3): string {
  const rest =
    BigInt(seen.othersSettled) +
    BigInt(seen.othersHeld) +
    seen.contributors.slice(most).reduce((sum, one) => sum + both(one), 0n);
  const write = (value: bigint) => (seen.kind !== 'sum' && value === 1n ? '' : ` ${formatMinor(value, seen.scale)}`);
  const texts = seen.contributors.slice(0, most).map((one) => `${one.label}${write(both(one))}`);
  return [...texts, ...(rest > 0n ? [`others${write(rest)}`] : [])].join(', ');
}

const SETTLED: Record<ExposureSeen['kind'], string | null> = {
  sum: 'settled',
  count: 'counted',
  live_sessions: 'others live',
  lease: null,
  pending: null,
  distinct: 'distinct',
};

/** `resource.id acct-1`; what only Braid has an id for (the identity, a session, a workflow) is called by its name. */
function formatScope(seen: ExposureSeen, names: ReadonlyMap<string, string>): string {
  const name = names.get(seen.key);
  return name === undefined ? `${seen.scope} ${seen.key}` : `${seen.scope.replace(/\.id$/, '')} ${name}`;
}

/** The sentence of a crossed limit: scope, settled, held, asked, limit, and who holds it. */
export function formatCrossed(
  seen: ExposureSeen,
  message: string | null,
  names: ReadonlyMap<string, string> = new Map(),
): string {
  const unit = seen.unit ? ` ${seen.unit}` : '';
  const write = (value: string) => `${formatMinor(value, seen.scale)}${unit}`;
  const facts = [
    SETTLED[seen.kind] ? `${write(seen.settledBefore)} ${SETTLED[seen.kind]}` : null,
    seen.kind === 'live_sessions' ? null : `${write(seen.heldBefore)} held`,
    `${write(seen.amount)} asked`,
    seen.limit === null ? null : `limit ${write(seen.limit)}`,
  ].filter((fact) => fact !== null);
  const holders = formatHolders(seen);
  const lead = message ? `${message.replace(/[.\s]+$/, '')}. ` : '';
  return `${lead}${formatScope(seen, names)}: ${facts.join(', ')}${holders ? `; held by ${holders}` : ''}.`.slice(
    0,
    1000,
  );
}
