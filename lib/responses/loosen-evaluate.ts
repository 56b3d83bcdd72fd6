import { covers } from '@/lib/responses/evaluate';
import type { Guardrails } from '@/lib/responses/model';

const CAPS = {
  capPerHour: 'acts of rules within an hour',
  capPerIdentity: 'of these on one identity',
  policyCapPerHour: 'acts of policies within an hour',
} as const;
const SECOND = { identities: 'identities', sessions: 'live sessions', systems: 'systems' } as const;

type Cap = keyof typeof CAPS;
type Far = keyof typeof SECOND;
const caps = Object.keys(CAPS) as Cap[];
const fars = Object.keys(SECOND) as Far[];

/** null is no bound: looser than any. */
const least = (one: number | null, other: number | null): number | null =>
  one === null ? other : other === null ? one : Math.min(one, other);
const bound = (most: number | null): string => (most === null ? 'none' : String(most));

type Only = Guardrails['only'];

const within = (names: readonly string[], other: readonly string[]): string[] =>
  names.filter((name) => other.some((one) => covers(one, name)));

/** Names that both lists let touch; none is nobody, and no list is everybody. */
function both(one: Only, other: Only): Only {
  if (one === null || other === null) return one ?? other;
  return [...new Set([...within(one, other), ...within(other, one)])].slice(0, 200);
}

/** What `asked` lets touch beyond `now`, in words. */
function reached(now: Only, asked: Only): string[] {
  if (now === null) return [];
  if (asked === null) return ['any identity may be touched'];
  const held = within(asked, now);
  return asked.filter((name) => !held.includes(name)).map((name) => `“${name}” may be touched`);
}

/** Is there anything for which two have to agree? */
export const twoAgree = ({ second }: Guardrails): boolean => fars.some((far) => second[far] !== null);

/** What of both bounds more: nobody loses by it, so that it holds at once. */
export const tighter = (now: Guardrails, asked: Guardrails): Guardrails => ({
  capPerHour: Math.min(now.capPerHour, asked.capPerHour),
  capPerIdentity: Math.min(now.capPerIdentity, asked.capPerIdentity),
  policyCapPerHour: Math.min(now.policyCapPerHour, asked.policyCapPerHour),
  never: [...now.never, ...asked.never.filter((name) => !now.never.includes(name))].slice(0, 200),
  only: both(now.only, asked.only),
  second: {
    identities: least(now.second.identities, asked.second.identities),
    sessions: least(now.second.sessions, asked.second.sessions),
    systems: least(now.second.systems, asked.second.systems),
  },
});

/** What of `asked` bounds less than `now`, in words; empty: nothing. */
export function loosened(now: Guardrails, asked: Guardrails): string[] {
  const higher = caps.filter((cap) => asked[cap] > now[cap]).map((cap) => `${CAPS[cap]}: ${now[cap]} → ${asked[cap]}`);
  const gone = now.never.filter((name) => !asked.never.includes(name)).map((name) => `“${name}” may be touched`);
  const further = fars
    .filter((far) => least(now.second[far], asked.second[far]) !== asked.second[far])
    .map((far) => `two agree above so many ${SECOND[far]}: ${bound(now.second[far])} → ${bound(asked.second[far])}`);
  return [...higher, ...gone, ...reached(now.only, asked.only), ...further];
}

/** The same bounds, whatever order names stand in? */
export const alike = (one: Guardrails, other: Guardrails): boolean =>
  loosened(one, other).length === 0 && loosened(other, one).length === 0;
