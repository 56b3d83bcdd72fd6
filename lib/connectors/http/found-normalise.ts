import type { Description } from '@/lib/connectors/http/description-model';
import type { Values } from '@/lib/connectors/http/fill-evaluate';
import { holds, select, textAt } from '@/lib/connectors/http/select-evaluate';
import type { FoundIdentity, NativeSession } from '@/lib/connectors/model';

const MOST_TEXT = 500;

const plain = (value: unknown): string | number | boolean | null =>
  typeof value === 'string'
    ? value.slice(0, MOST_TEXT)
    : typeof value === 'number' || typeof value === 'boolean'
      ? value
      : null;

const keptOf = (keep: Record<string, string> | undefined, item: unknown): Values =>
  Object.fromEntries(Object.entries(keep ?? {}).map(([name, path]) => [name, plain(select(item, path))]));

/** A time as ISO text: ISO, or an epoch in seconds or milliseconds; undefined: it is none. */
function timeAt(item: unknown, path: string | undefined): string | undefined {
  const text = textAt(item, path);
  if (text === undefined) return undefined;
  const number = Number(text);
  const ms = Number.isFinite(number) ? (number < 1e11 ? number * 1000 : number) : Date.parse(text);
  const at = new Date(ms);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** null: the item has no id. */
export function toIdentity(given: Description, item: unknown): FoundIdentity | null {
  const how = given.identities!;
  const id = textAt(item, how.id)?.slice(0, 300);
  if (!id) return null;
  const [owner, purpose] = [textAt(item, how.owner)?.slice(0, 200), textAt(item, how.purpose)?.slice(0, 200)];
  return {
    externalId: id,
    name: textAt(item, how.name)?.slice(0, 200) ?? id,
    kind: how.kind,
    protected: given.protected?.includes(id) ?? false,
    enabled: how.enabled ? holds(item, how.enabled) : true,
    ...(owner ? { owner } : {}),
    ...(purpose ? { purpose } : {}),
    credentials: [],
    attributes: keptOf(how.keep, item),
  };
}

/** null: the item has no key or identity, or is not live. */
export function toSession(given: Description, item: unknown, nowMs: number): NativeSession | null {
  const how = given.sessions!;
  if (how.live && !holds(item, how.live)) return null;
  const [key, identity] = [textAt(item, how.key)?.slice(0, 300), textAt(item, how.identity)?.slice(0, 300)];
  if (!key || !identity) return null;
  const started = timeAt(item, how.started) ?? new Date(nowMs).toISOString();
  const network = textAt(item, how.network)?.slice(0, 60);
  return {
    key,
    externalIdentityId: identity,
    kind: 'api',
    label: (textAt(item, how.label) ?? `session ${key}`).slice(0, 200),
    startedAt: started,
    lastEventAt: timeAt(item, how.last) ?? started,
    idle: false,
    ...(network ? { network } : {}),
    native: keptOf(how.keep, item),
  };
}
