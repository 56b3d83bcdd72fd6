import { hash } from 'node:crypto';
import { isAutomationName } from '@/lib/connectors/account-model';
import type { FoundIdentity } from '@/lib/connectors/model';
import { type Loose, numberOf, objectOf, textOf } from '@/lib/sessions/loose-model';

/** What an external id stands for: an installation, a token grant, a deploy key, a single sign-on authorization, a held token. */
export type Target =
  | { kind: 'app'; installation: number }
  | { kind: 'grant'; id: number }
  | { kind: 'deploy_key'; owner: string; repo: string; fingerprint: string }
  | { kind: 'sso'; id: number }
  | { kind: 'token'; hash: string };

export function targetOf(externalId: string): Target | null {
  const [, kind, rest] = /^(installation|grant|deploy_key|sso|token):(.{1,300})$/.exec(externalId) ?? [];
  const id = Number(rest);
  if (kind === 'token') return { kind, hash: rest! };
  if (kind === 'deploy_key') {
    const [, owner, repo, print] = /^([\w.-]{1,100})\/([\w.-]{1,100}):([0-9a-f]{64})$/.exec(rest!) ?? [];
    return print ? { kind, owner: owner!, repo: repo!, fingerprint: print } : null;
  }
  if (!kind || !Number.isSafeInteger(id) || id <= 0) return null;
  return kind === 'installation' ? { kind: 'app', installation: id } : { kind: kind as 'grant' | 'sso', id };
}

const time = (value: unknown): string | undefined => {
  const at = textOf(value, 40);
  return at && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : undefined;
};

const flat = (value: unknown): string =>
  Object.entries(objectOf(value))
    .slice(0, 60)
    .map(([name, access]) => `${name}:${textOf(access, 20) ?? ''}`)
    .join(' ')
    .slice(0, 1_000);

/** An installation of an app. Braid's own is protected. null: it can't be told apart. */
export function installationFound(raw: unknown, own: number, keys: ReadonlySet<string>): FoundIdentity | null {
  const one = objectOf(raw);
  const id = numberOf(one.id);
  const app = numberOf(one.app_id);
  if (id === null || !Number.isSafeInteger(id) || id <= 0) return null;
  const slug = textOf(one.app_slug, 100) ?? `app ${app ?? id}`;
  return {
    externalId: `installation:${id}`,
    name: `${slug}[bot]`,
    kind: 'oauth_app',
    protected: id === own,
    enabled: one.suspended_at === null || one.suspended_at === undefined,
    credentials: [],
    attributes: {
      appId: app,
      repositories: textOf(one.repository_selection, 20),
      permissions: flat(one.permissions),
      keyHeld: app !== null && keys.has(`${app}`),
    },
    logNames: [{ issuer: 'github', externalId: `app:${slug.toLowerCase()}[bot]` }],
  };
}

export function grantFound(raw: unknown): FoundIdentity | null {
  const one = objectOf(raw);
  const id = numberOf(one.id);
  if (id === null || !Number.isSafeInteger(id) || id <= 0) return null;
  const owner = textOf(objectOf(one.owner).login, 100);
  const token = numberOf(one.token_id);
  const expiresAt = time(one.token_expires_at);
  return {
    externalId: `grant:${id}`,
    name: `${owner ?? 'somebody'} · ${textOf(one.token_name, 150) ?? `token ${token ?? id}`}`,
    kind: 'api_key',
    protected: false,
    enabled: one.token_expired !== true,
    ...(owner ? { owner } : {}),
    credentials: [{ externalId: `token_id:${token ?? id}`, kind: 'token', ...(expiresAt ? { expiresAt } : {}) }],
    attributes: {
      machineAccount: isAutomationName(owner),
      permissions: flat(objectOf(one.permissions).repository),
      makesSshKeys: makesSshKeys(one),
      lastUsedAt: time(one.token_last_used_at) ?? null,
    },
    logNames: token === null ? [] : [{ issuer: 'github', externalId: `token:${token}` }],
  };
}

/** May the token have made SSH keys? Those live on after it (gap G8). */
function makesSshKeys(grant: Loose): boolean {
  const other = objectOf(objectOf(grant.permissions).other);
  return Object.entries(other).some(([name, access]) => /^(git_ssh_)?keys$|ssh/.test(name) && access === 'write');
}

/** SHA-256 of the key itself, in hex: the same key keeps it when it is put back under another id. */
export function fingerprintOf(publicKey: unknown): string | null {
  const blob = /^\s*\S{1,80}\s+([A-Za-z0-9+/=]{16,6000})/.exec(textOf(publicKey, 8_000) ?? '')?.[1];
  return blob ? hash('sha256', Buffer.from(blob, 'base64'), 'hex') : null;
}

export function deployKeyFound(raw: unknown, owner: string, repo: string): FoundIdentity | null {
  const one = objectOf(raw);
  const id = numberOf(one.id);
  const fingerprint = fingerprintOf(one.key);
  if (id === null || !fingerprint) return null;
  const by = textOf(one.added_by, 100);
  return {
    externalId: `deploy_key:${owner}/${repo}:${fingerprint}`,
    name: `${owner}/${repo} · ${textOf(one.title, 100) ?? `key ${id}`}`.slice(0, 300),
    kind: 'api_key',
    protected: false,
    enabled: one.enabled !== false,
    ...(by ? { owner: by } : {}),
    credentials: [{ externalId: `ssh:${fingerprint}`, kind: 'ssh_key' }],
    attributes: { readOnly: one.read_only === true, lastUsedAt: time(one.last_used) ?? null },
  };
}

export function authorizationFound(raw: unknown): FoundIdentity | null {
  const one = objectOf(raw);
  const id = numberOf(one.credential_id);
  if (id === null || !Number.isSafeInteger(id) || id <= 0) return null;
  const owner = textOf(one.login, 100);
  const kind = textOf(one.credential_type, 60) ?? 'credential';
  const title = textOf(one.authorized_credential_title, 100) ?? textOf(one.authorized_credential_note, 100) ?? kind;
  const expiresAt = time(one.authorized_credential_expires_at);
  return {
    externalId: `sso:${id}`,
    name: `${owner ?? 'somebody'} · ${title}`,
    kind: 'api_key',
    protected: false,
    enabled: true,
    ...(owner ? { owner } : {}),
    credentials: [{ externalId: `sso:${id}`, kind, ...(expiresAt ? { expiresAt } : {}) }],
    attributes: { machineAccount: isAutomationName(owner), lastUsedAt: time(one.credential_accessed_at) ?? null },
  };
}
