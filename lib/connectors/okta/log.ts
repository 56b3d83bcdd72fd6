import type { FoundIdentity, IdentityChanges, PulledEvents } from '@/lib/connectors/contract';
import { refusedBy } from '@/lib/connectors/okta/client';
import { type TargetKind, targetOf } from '@/lib/connectors/okta/found-normalise';
import { type Deps, everything, foundOf, PATHS } from '@/lib/connectors/okta/read';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { nextLink } from '@/lib/platform/rest';
import { listOf, objectOf, textOf } from '@/lib/sessions/loose-model';

// The System Log read on and on: without an end in time each answer links to where the next look begins, also when it is empty.

const MOST = 1_000;

interface Place {
  since: string;
  after: string | null;
}

function placeOf(cursor: string): Place {
  try {
    const raw = objectOf(JSON.parse(cursor));
    const since = textOf(raw.since, 40);
    if (!since || Number.isNaN(Date.parse(since))) throw new Error('no time');
    return { since, after: textOf(raw.after, 1_000) };
  } catch (cause) {
    throw new BraidError('input.invalid', 'This is not a cursor of the System Log.', { cause });
  }
}

const here = (): string => JSON.stringify({ since: clock.now().toISOString(), after: null } satisfies Place);

async function read({ client }: Deps, place: Place, most: number, filter?: string) {
  const limit = Math.max(1, Math.min(MOST, most));
  const query = {
    since: place.since,
    sortOrder: 'ASCENDING',
    limit,
    ...(filter ? { filter } : {}),
    ...(place.after ? { after: place.after } : {}),
  };
  const reply = await client.send('GET', '/api/v1/logs', { query });
  if (reply.status !== 200) throw refusedBy('GET /api/v1/logs', reply);
  const events = listOf(reply.body, MOST);
  const next = nextLink(reply.headers);
  const after = next ? new URL(next).searchParams.get('after') : null;
  const last = textOf(objectOf(events.at(-1)).published, 40);
  const cursor: Place = after ? { since: place.since, after } : { since: last ?? place.since, after: place.after };
  return { events, cursor: JSON.stringify(cursor), more: events.length >= limit };
}

/** The System Log from the cursor on; null: from now on. */
export async function pull(deps: Deps, cursor: string | null, most: number): Promise<PulledEvents> {
  if (cursor === null) return { format: 'okta', lines: [], cursor: here(), more: false };
  const { events, ...rest } = await read(deps, placeOf(cursor), most);
  return { format: 'okta', lines: events.map((event) => JSON.stringify(event)), ...rest };
}

/** Changes of apps, API tokens, accounts and agents, by the log’s own words for them. */
const CHANGES = [
  'application.lifecycle',
  'system.api_token',
  'user.lifecycle',
  'user.account',
  'app.oauth2.client.lifecycle',
  'workload_principal',
];
const FILTER = CHANGES.map((type) => `eventType sw "${type}"`).join(' or ');

const KINDS: [RegExp, TargetKind][] = [
  [/^(AppInstance|PublicClientApp|OAuth2?Client)/i, 'app'],
  [/token/i, 'token'],
  [/agent|workload/i, 'agent'],
  [/^user$/i, 'user'],
];

/** What an event of the log is about, as external ids. Pure. */
export function changedBy(raw: unknown): string[] {
  return listOf(objectOf(raw).target, 20).flatMap((one) => {
    const target = objectOf(one);
    const kind = KINDS.find(([pattern]) => pattern.test(textOf(target.type, 60) ?? ''))?.[1];
    const externalId = `${kind}:${textOf(target.id, 100) ?? ''}`;
    return kind && targetOf(externalId) ? [externalId] : [];
  });
}

/**
 * Everything once; then what the System Log says was changed, each read anew. An account the log names is taken only where it
 * is behind an API token: people come and go, and are no business of Braid’s.
 */
export async function changes(deps: Deps, cursor: string | null): Promise<IdentityChanges> {
  if (cursor === null) {
    const place = here();
    return { items: await everything(deps, []), removed: [], cursor: place, more: false, complete: true };
  }
  const { events, ...rest } = await read(deps, placeOf(cursor), 100, FILTER);
  const ids = [...new Set(events.flatMap(changedBy))];
  const tokens = ids.some((id) => id.startsWith('user:')) ? await deps.client.all(PATHS.token) : [];
  const accounts = new Set(tokens.map((token) => `user:${objectOf(token).userId}`));
  const items: FoundIdentity[] = [];
  const removed: string[] = [];
  for (const id of ids) {
    const found = await foundOf(deps, targetOf(id)!);
    if (!found) removed.push(id);
    else if (!id.startsWith('user:') || accounts.has(id)) items.push(found);
  }
  return { items, removed, ...rest, complete: false };
}
