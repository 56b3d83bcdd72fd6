import { z } from 'zod';
import type { Detector, Found } from '@/lib/findings/model';
import type { EventFact, Picture } from '@/lib/findings/picture-model';
import { siteOf } from '@/lib/sessions/network-model';

/** Of what these assert an analyst can say that it is expected: who acts from where, with what, and does what. */
const EXPECTABLE: ReadonlySet<string> = new Set<Detector>([
  'replay',
  'instance-credentials',
  'travel',
  'unusual-place',
  'unusual-action',
  'human-use',
]);
export const isExpectable = (detector: string): boolean => EXPECTABLE.has(detector);

/** Of one identity at most so many stand, the newest; of one so many networks and clients. */
export const EXPECTED_MOST = 50;
export const EXPECTED_KEYS_MOST = 20;
/** So long after it was said it holds, ms: a year, as a suppression at most does. */
export const EXPECTED_MS = 365 * 86_400_000;
/** Evidence of so many events may have been cut: then all of its sessions' events have to be expected ones. */
const EVIDENCE_MOST = 100;
const NONE = 'none';

/** What an analyst said is expected of an identity. */
export interface Expected {
  detector: string;
  /** `session:*` of a cause that names one session. */
  cause: string;
  /** /24 (IPv4) or /48 (IPv6); `none` for events that tell no network. */
  networks: readonly string[];
  /** Client families; `none` for events that tell no client. */
  agents: readonly string[];
}

/** A cause that names one session stands for that of any: the next session is another one. */
export const causeKind = (cause: string): string => cause.replace(/^(session|token|credential):.*$/s, '$1:*');

type Keyed = Pick<EventFact, 'network' | 'agent'>;
const siteIn = ({ network }: Keyed): string => (network ? siteOf(network) : NONE);
const agentIn = ({ agent }: Keyed): string => agent ?? NONE;

/** What evidence is known by again, most frequent first. */
export function keysOf(events: readonly Keyed[]): Pick<Expected, 'networks' | 'agents'> {
  const most = (of: (event: Keyed) => string): string[] => {
    const counts = new Map<string, number>();
    for (const event of events) counts.set(of(event), (counts.get(of(event)) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  };
  return { networks: most(siteIn).slice(0, EXPECTED_KEYS_MOST), agents: most(agentIn).slice(0, EXPECTED_KEYS_MOST) };
}

/** Whether all a finding stands on is what an analyst said is expected: the same cause, from those networks, with those clients. */
export function isExpected(found: Found, picture: Picture, said: readonly Expected[]): boolean {
  const like = said.filter((one) => one.detector === found.detector && one.cause === causeKind(found.cause));
  if (like.length === 0) return false;
  const { events, sessions } = found.evidence;
  const ids = new Set(events);
  const cut = events.length >= EVIDENCE_MOST ? new Set(sessions) : null;
  const stands = picture.events.filter(
    ({ id, sessionId }) => ids.has(id) || (sessionId !== null && cut?.has(sessionId)),
  );
  if (stands.length === 0) return false;
  return like.some(({ networks, agents }) =>
    stands.every((event) => networks.includes(siteIn(event)) && agents.includes(agentIn(event))),
  );
}

const text = (most: number) => z.string().max(most);
export const expectedRowSchema = z.strictObject({
  id: z.uuid(),
  detector: text(60),
  cause: text(300),
  networks: z.array(text(64)).max(EXPECTED_KEYS_MOST),
  agents: z.array(text(200)).max(EXPECTED_KEYS_MOST),
  findingId: z.uuid(),
  reason: text(2000),
  byName: text(200),
  at: text(40),
  until: text(40),
});
export type ExpectedRow = z.infer<typeof expectedRowSchema>;

export const expectedIdSchema = z.strictObject({ id: z.uuid(), expectedId: z.uuid() });
export const forgetExpectedSchema = expectedIdSchema.extend({ reason: z.string().trim().max(2000).default('') });
export type ForgetExpected = z.input<typeof forgetExpectedSchema>;
