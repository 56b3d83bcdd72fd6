import { assertFound, bySession, moved, renewalsOf } from '@/lib/findings/assert-model';
import { isSingular } from '@/lib/findings/holders-model';
import type { Found } from '@/lib/findings/model';
import type { EventFact, Picture, SessionSpan } from '@/lib/findings/picture-model';
import { areOtherClients, isBackEnd, isScript } from '@/lib/findings/where-model';
import { isBrowser } from '@/lib/sessions/agent-model';

const BINDINGS = ['key', 'runtime', 'device', 'system', 'region', 'agent'] as const;
type Binding = (typeof BINDINGS)[number];
const WORDS: Record<Binding, string> = {
  key: 'bound key',
  runtime: 'runtime',
  device: 'device',
  system: 'operating system',
  region: 'region',
  agent: 'client',
};
/** Sources whose region is where the caller runs, not which of the vendor's regions was called. */
const CALLER_REGION = new Set(['pdp', 'otel', 'json', 'http', 'teleport']);

function bindingOf(event: EventFact, name: Binding): string | null {
  const { binding } = event.told;
  if (name === 'key') return binding?.boundKey ?? null;
  if (name === 'runtime') return binding?.runtime ?? null;
  if (name === 'device') return binding?.device ?? null;
  // Only browsers are compared: a sign-in may be handed on to a program of another host, on purpose.
  if (name === 'system') return isBrowser(event.agent) ? textIn(event.attributes.os) : null;
  if (name === 'region') return CALLER_REGION.has(event.source) ? event.region : null;
  return isBackEnd(event) ? null : event.agent;
}

const textIn = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A browser session goes on in the same browser; anything else may be several programs of one host. */
const isOther = (name: Binding, a: string, b: string, session: SessionSpan): boolean => {
  if (name !== 'agent') return a !== b;
  if (session.kind !== 'browser' && session.kind !== 'tab') return false;
  return areOtherClients(a, b) && isBrowser(a) && (isBrowser(b) || isScript(b));
};

const isBearer = (event: EventFact): boolean =>
  ['tokenType', 'scheme', 'tokenBinding', 'binding'].some((name) =>
    /^(?:bearer|none|unbound|no)$/i.test(String(event.attributes[name] ?? '')),
  );

interface Drift {
  name: Binding | 'downgrade';
  was: string;
  became: string;
  before: EventFact;
  events: EventFact[];
}

function driftsOf(events: readonly EventFact[], session: SessionSpan, from: number): Drift[] {
  const standing = new Map<Binding, { value: string; event: EventFact }>();
  const drifts = new Map<string, Drift>();
  const renewals = renewalsOf(events);
  for (const event of events) {
    if (event.outcome === 'failure' && event.class === 'session') continue;
    // Trust was established anew: what is bound from here on may be something else.
    if (renewals.has(event.id)) standing.clear();
    const key = standing.get('key');
    if (key && event.at >= from && !event.told.binding?.boundKey && isBearer(event))
      addTo(drifts, { name: 'downgrade', was: key.value, became: 'bearer', before: key.event, events: [event] });
    for (const name of BINDINGS) {
      const value = bindingOf(event, name);
      if (!value) continue;
      const was = standing.get(name);
      if (!was) standing.set(name, { value, event });
      else if (event.at >= from && isOther(name, was.value, value, session))
        addTo(drifts, { name, was: was.value, became: value, before: was.event, events: [event] });
    }
  }
  return [...drifts.values()];
}

function addTo(drifts: Map<string, Drift>, drift: Drift): void {
  const known = drifts.get(drift.name);
  if (known) known.events.push(...drift.events);
  else drifts.set(drift.name, drift);
}

/**
 * A session whose bound key, runtime, device, region or browser is another than the one it began with, or that goes on
 * without its bound key (requirements C9, E11). A new sign-in binds anew.
 */
export function detectBindingDrift(picture: Picture): Found[] {
  return [...bySession(picture)].flatMap(([id, events]) => {
    const session = picture.sessions.get(id);
    if (!session) return [];
    const drifts = driftsOf(events, session, picture.from).filter(
      ({ name }) => name === 'key' || name === 'downgrade' || isSingular(session),
    );
    return drifts.length === 0 ? [] : [told(picture, session, drifts)];
  });
}

function told(picture: Picture, session: SessionSpan, drifts: readonly Drift[]): Found {
  const events = [...new Set(drifts.flatMap((drift) => [drift.before, ...drift.events]))].sort((a, b) => a.at - b.at);
  const hard = drifts.some(({ name }) => name === 'key' || name === 'downgrade');
  const elsewhere = drifts.some(({ before, events: after }) =>
    after.some((event) => event.network && before.network && event.network !== before.network),
  );
  const what = drifts.map(({ name }) => (name === 'downgrade' ? 'key binding' : WORDS[name]));
  return assertFound(picture, {
    detector: 'binding-drift',
    cause: `session:${session.id}`,
    severity: moved('medium', (hard ? 1 : 0) + (elsewhere ? 1 : 0) + (drifts.length > 1 && !hard ? 1 : 0)),
    title: `${what.join(' and ').replace(/^./, (c) => c.toUpperCase())} changed within a session`,
    summary: `${picture.identity.name}: ${session.label} began with ${drifts.map((drift) => `${drift.was.slice(0, 60)}, and goes on with ${drift.became.slice(0, 60)}`).join('; ')}.`,
    reasons: [
      ...drifts.map((drift) =>
        drift.name === 'downgrade'
          ? 'Its token was bound to a key and is now used without one: whoever uses it need not hold the key.'
          : `A session keeps its ${WORDS[drift.name]}; this one does not.`,
      ),
      ...(elsewhere ? ['Its network changed with it.'] : []),
    ],
    events,
    since: Math.min(...drifts.map((drift) => drift.events[0]!.at)),
    facts: Object.fromEntries(drifts.map((drift) => [drift.name, `${drift.was} → ${drift.became}`])),
  });
}
