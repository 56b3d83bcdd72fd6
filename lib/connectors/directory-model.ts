import type { SessionEventInput } from '@/lib/sessions/model';

// What Microsoft Entra says of credentials, applications and people. It stands in Entra's own audit log and, in other
// clothes, in the Microsoft 365 unified audit log: both read it here.

export interface DirectoryChange {
  /** `Add service principal credentials`, with or without the full stop Microsoft 365 ends it with. */
  activity: string;
  /** What was changed; the first one that is an identity is meant. */
  targets: { id: string; type: string; name: string | null }[];
  modified: { name: string; before: string; after: string }[];
}

type Life = NonNullable<SessionEventInput['life']>;
type Consent = NonNullable<SessionEventInput['consent']>;

const KEYS =
  /^(?:add service principal credentials|remove service principal credentials|update application.{1,5}certificates and secrets|update (?:service principal|application)$)/;
const OF_IDENTITY: [RegExp, Life['what']][] = [
  [/^(?:disable account|block (?:user|sign.?in))/, 'disabled'],
  [/^(?:enable account|restore (?:user|service principal|application))/, 'enabled'],
  [/^(?:hard )?delete (?:user|service principal|application|agent)|^remove service principal$/, 'deleted'],
  [/refreshtokenvalidfrom|^revoke.*(?:session|token)|^invalidate.*token/, 'revoked'],
  [/^(?:reset|change|set) (?:user |force change user )?password/, 'rotated'],
  [/^add (?:eligible )?(?:member to role|app role assignment|owner to|scoped member)/, 'privileged'],
  [/^add (?:service principal|application|user|agent identity)$/, 'created'],
];
const CONSENTS =
  /^(?:consent to application|add delegated permission grant|add oauth2permissiongrant|add app role assignment)/;

const plain = (activity: string): string => activity.toLowerCase().replace(/[.\s]+$/, '');

/** Ids of the keys a `KeyDescription` lists: `[KeyIdentifier=<uuid>,KeyType=Password,…]`. */
const keysOf = (text: string): Set<string> =>
  new Set(
    [...text.slice(0, 20_000).matchAll(/KeyIdentifier=([0-9a-f-]{36})/gi)].map((found) => found[1]!.toLowerCase()),
  );

/** Keys that a change added and removed. */
export function keyChange(change: DirectoryChange): { added: string[]; removed: string[] } {
  const added = new Set<string>();
  const removed = new Set<string>();
  for (const each of change.modified) {
    if (!/^KeyDescription|credential/i.test(each.name)) continue;
    const [before, after] = [keysOf(each.before), keysOf(each.after)];
    for (const key of after) if (!before.has(key)) added.add(key);
    for (const key of before) if (!after.has(key)) removed.add(key);
  }
  return { added: [...added].slice(0, 16), removed: [...removed].slice(0, 16) };
}

/** What a change that went through says of the life of a key or identity. Where a key took another's place, the
 * old one is meant: it must not work any more. */
export function directoryLife(change: DirectoryChange): Life | undefined {
  const activity = plain(change.activity);
  const target =
    change.targets.find((each) => /user|principal|application|agent|^$/i.test(each.type)) ?? change.targets[0];
  if (!target) return undefined;
  const identity = { issuer: 'entra', type: typeOf(target.type), externalId: target.id };
  if (KEYS.test(activity)) {
    const { added, removed } = keyChange(change);
    const [old, fresh] = [removed[0], added[0]];
    // The id of an application is not that of its service principal, which uses the key.
    const whose = /application/i.test(target.type) ? {} : { identity };
    if (old) return { of: 'credential', what: 'deleted', externalId: old, ...whose };
    if (fresh) return { of: 'credential', what: 'created', externalId: fresh, ...whose };
    const enabled = change.modified.find((each) => each.name === 'AccountEnabled');
    if (!enabled) return undefined;
    const what = /true/i.test(enabled.after) ? 'enabled' : 'disabled';
    return { of: 'identity', what, externalId: target.id, identity };
  }
  const what = OF_IDENTITY.find(([pattern]) => pattern.test(activity))?.[1];
  return what && { of: 'identity', what, externalId: target.id, identity };
}

/** Identities of Entra are named alike wherever they are seen, so that an administrator's act meets the one it is about. */
export function typeOf(type: string): string {
  if (/principal|application/i.test(type)) return 'servicePrincipal';
  return /agent/i.test(type) ? 'agent' : 'user';
}

/** Permissions that somebody gave an application. */
export function directoryConsent(change: DirectoryChange, by: string, at: string): Consent | undefined {
  if (!CONSENTS.test(plain(change.activity))) return undefined;
  const scopes = change.modified
    .filter((each) => /Permissions|Scope|AppRole\.Value/i.test(each.name))
    .map((each) => scopeIn(each.after))
    .filter((scope) => scope !== '');
  const app = change.targets.find((each) => /principal|application|^$/i.test(each.type)) ?? change.targets[0];
  const scope = [...new Set(scopes.join(' ').split(/\s+/))].filter(Boolean).join(' ').slice(0, 1024);
  return {
    by: by.slice(0, 300),
    at,
    ...(scope ? { scope } : {}),
    ...(app ? { id: app.id.slice(0, 200) } : {}),
  };
}

/** `[] => [[Id: …, ConsentType: Principal, Scope: User.Read Mail.Send, …]]`, or the scopes alone. */
function scopeIn(text: string): string {
  const listed = [...text.slice(0, 20_000).matchAll(/Scope:\s*([^,\]]{1,1024})/g)].map((found) => found[1]!);
  if (listed.length > 0) return listed.join(' ');
  return /^[\s"]*[\w.:/ -]+[\s"]*$/.test(text) ? text.replace(/"/g, '').trim() : '';
}
