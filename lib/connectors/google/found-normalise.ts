import { isServiceAgent } from '@/lib/connectors/google/identity-normalise';
import type { FoundIdentity } from '@/lib/connectors/model';
import { listOf, objectOf, textOf } from '@/lib/sessions/loose-model';

/** `<e-mail>`: a service account, as the logs name it. `key:<id>@<e-mail>`: one key of it. */
export type Target = { kind: 'account'; email: string } | { kind: 'key'; email: string; key: string };

const EMAIL = '[a-z0-9][a-z0-9._-]{0,99}@[a-z0-9.-]{3,150}';

export function targetOf(externalId: string): Target | null {
  const [, key, of] = new RegExp(`^key:([0-9a-f]{8,64})@(${EMAIL})$`).exec(externalId) ?? [];
  if (key) return { kind: 'key', email: of!, key };
  return new RegExp(`^${EMAIL}$`).test(externalId) ? { kind: 'account', email: externalId } : null;
}

/** The project of an account people made, or of its key; null: its name does not say it (Google's own default accounts). */
export const projectOf = (externalId: string): string | null =>
  /@([a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(externalId)?.[1] ?? null;

const time = (value: unknown): string | undefined => {
  const at = textOf(value, 40);
  return at && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : undefined;
};

/** Google writes year 9999 where a key does not end. */
const endOf = (value: unknown): string | undefined => {
  const at = time(value);
  return at && !at.startsWith('9999') ? at : undefined;
};

export const keyId = (raw: unknown): string | null =>
  /\/keys\/([0-9a-f]{8,64})$/.exec(textOf(objectOf(raw).name, 500)?.toLowerCase() ?? '')?.[1] ?? null;

/** A service account with the keys people made for it. */
export function accountFound(raw: unknown, keys: unknown[], me: string | null): FoundIdentity | null {
  const one = objectOf(raw);
  const email = textOf(one.email, 260)?.toLowerCase();
  if (!email || targetOf(email)?.kind !== 'account') return null;
  const purpose = textOf(one.description, 500);
  return {
    externalId: email,
    name: email,
    kind: 'service_account',
    protected: email === me || isServiceAgent(email),
    enabled: one.disabled !== true,
    ...(purpose ? { purpose } : {}),
    credentials: keys.flatMap((key) => {
      const id = keyId(key);
      const expiresAt = endOf(objectOf(key).validBeforeTime);
      return id ? [{ externalId: `key:${id}`, kind: 'service_account_key', ...(expiresAt ? { expiresAt } : {}) }] : [];
    }),
    attributes: {
      uniqueId: textOf(one.uniqueId, 60),
      project: textOf(one.projectId, 60),
      displayName: textOf(one.displayName, 100),
    },
  };
}

/** A key that somebody made: it can be ended without its service account. Google’s own keys are never handed out. */
export function keyFound(raw: unknown, account: FoundIdentity): FoundIdentity | null {
  const one = objectOf(raw);
  const id = keyId(raw);
  if (!id || one.keyType === 'SYSTEM_MANAGED' || targetOf(`key:${id}@${account.externalId}`) === null) return null;
  const expiresAt = endOf(one.validBeforeTime);
  return {
    externalId: `key:${id}@${account.externalId}`,
    name: `${account.name.split('@')[0]} · key ${id.slice(0, 8)}`,
    kind: 'api_key',
    protected: account.protected,
    enabled: one.disabled !== true && account.enabled,
    owner: account.externalId,
    credentials: [{ externalId: `key:${id}`, kind: 'service_account_key', ...(expiresAt ? { expiresAt } : {}) }],
    attributes: {
      origin: textOf(one.keyOrigin, 40),
      madeAt: time(one.validAfterTime) ?? null,
      disableReason: textOf(one.disableReason, 80),
    },
    logNames: [],
  };
}

/** Who may act as whom, by a policy’s bindings: members of the roles that hand out tokens. */
const IMPERSONATES =
  /^roles\/(iam\.serviceAccountTokenCreator|iam\.workloadIdentityUser|iam\.serviceAccountUser|owner|editor)$/;

export function impersonators(policy: unknown): { member: string; role: string }[] {
  return bindingsOf(policy).filter(({ role }) => /TokenCreator|workloadIdentityUser|serviceAccountUser/.test(role));
}

/** Roles by which a service account could have made tokens of others (gap G8). */
export const mintingRoles = (policy: unknown, email: string): string[] =>
  bindingsOf(policy)
    .filter(
      ({ member, role }) =>
        member === `serviceAccount:${email}` && IMPERSONATES.test(role) && !/workloadIdentityUser|editor/.test(role),
    )
    .map(({ role }) => role);

function bindingsOf(policy: unknown): { member: string; role: string }[] {
  return listOf(objectOf(policy).bindings, 1_500).flatMap((raw) => {
    const binding = objectOf(raw);
    const role = textOf(binding.role, 200);
    return listOf(binding.members, 1_500).flatMap((member) => {
      const who = textOf(member, 400);
      return role && who ? [{ member: who, role }] : [];
    });
  });
}
