import { assertFound, bySession } from '@/lib/findings/assert-model';
import { scopesIn } from '@/lib/findings/detect-scope-growth';
import { counted } from '@/lib/findings/format';
import type { Found } from '@/lib/findings/model';
import type { EventFact, Picture, SessionSpan } from '@/lib/findings/picture-model';

const READ_ONLY =
  /(?:^|[:._/-])(?:read|readonly|read[_-]only|view|viewer|list|get|profile|email|openid|offline_access|introspect|metadata)(?:$|[:._/-])/i;
const MORE = /write|admin|manage|full|delete|create|update|\*|readwrite|owner|edit|exec|run|deploy|approve/i;
const NEUTRAL = new Set(['openid', 'profile', 'email', 'offline_access', 'address', 'phone']);

/** Everything it was approved for reads. `openid` and the like say nothing of it: alone they are no scope. */
const isReadOnly = (scopes: ReadonlySet<string>): boolean => {
  const telling = [...scopes].filter((scope) => !NEUTRAL.has(scope));
  return telling.length > 0 && telling.every((scope) => READ_ONLY.test(scope) && !MORE.test(scope));
};

/** Tools an agent was given by name; told only where at least one of those it used stands in its scope. */
function outsideTools(scopes: ReadonlySet<string>, events: readonly EventFact[]): EventFact[] {
  const used = events.filter((event) => event.told.ai?.tool);
  const names = (event: EventFact) => [
    event.told.ai!.tool!.toLowerCase(),
    `tool:${event.told.ai!.tool!.toLowerCase()}`,
  ];
  const isNamed = (event: EventFact) => names(event).some((name) => scopes.has(name));
  return used.some(isNamed) ? used.filter((event) => !isNamed(event)) : [];
}

/**
 * What a session did beyond the scope it was approved for (requirements C4, C10, E14): changes under a scope that only
 * reads, or a tool that is not among those it was given.
 */
export function detectOutOfScope(picture: Picture): Found[] {
  return [...bySession(picture)].flatMap(([id, events]) => {
    const session = picture.sessions.get(id);
    if (!session) return [];
    const told = events.findLast((event) => event.told.scope)?.told.scope;
    const approved = events.findLast((event) => event.told.consent?.scope)?.told.consent?.scope;
    const scopes = scopesIn(approved ?? told ?? session.scope);
    if (scopes.size === 0) return [];
    const own = events.filter((event) => event.at >= picture.from && event.outcome === 'success');
    const changes = isReadOnly(scopes) ? own.filter((event) => event.class === 'change') : [];
    const outside = changes.length > 0 ? changes : outsideTools(scopes, own);
    return outside.length > 0 ? [beyond(picture, session, scopes, outside)] : [];
  });
}

function beyond(picture: Picture, session: SessionSpan, scopes: ReadonlySet<string>, events: EventFact[]): Found {
  const acts = [...new Set(events.map((event) => event.told.ai?.tool ?? event.action))];
  return assertFound(picture, {
    detector: 'out-of-scope',
    cause: `session:${session.id}`,
    severity: 'high',
    title: 'Session acts outside its approved scope',
    summary: `${picture.identity.name}: ${session.label} is approved for ${[...scopes].slice(0, 4).join(' ')} and did ${acts.slice(0, 3).join(', ')} (${counted(events.length, 'time')}).`,
    reasons: [
      'What was approved does not cover it.',
      'It succeeded: the system does not hold the session to its scope.',
    ],
    events,
    facts: { scope: [...scopes].join(' '), ...(session.task ? { task: session.task } : {}) },
  });
}
