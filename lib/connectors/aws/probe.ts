import { setTimeout as sleep } from 'node:timers/promises';
import { deniedBefore, isBlocked, type Principal } from '@/lib/connectors/aws/account-normalise';
import { type Client, isShutOut } from '@/lib/connectors/aws/client';
import { type Deps, roleSuccessors } from '@/lib/connectors/aws/end';
import { leftOthers, type Others, othersOf } from '@/lib/connectors/aws/other-credentials';
import type { CanarySession, Probed, Residual } from '@/lib/connectors/contract';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** IAM is the same everywhere after about this long; within it the identity could have undone the block (G5). */
export const CONSISTENT_MS = 4_000;

export const at = () => clock.now().toISOString();

interface Reading {
  principal: Principal | null;
  open: string[];
}

async function read({ account }: Deps, arn: string): Promise<Reading> {
  const principal = await account.principal(arn);
  if (!principal) return { principal: null, open: [] };
  const keys = principal.kind === 'user' ? await account.keys(principal.name, true) : [];
  const open = [
    ...(isBlocked(principal) ? [] : ['not blocked']),
    ...keys.filter((key) => key.active).map((key) => `key ${key.id} is active`),
    ...(deniedBefore(principal) ? [] : ['sessions issued before are not denied']),
  ];
  return { principal, open };
}

/** Roles that were assumed before: their sessions are not ended with whoever assumed them. */
export async function chained({ account }: Deps, principal: Principal): Promise<Residual[]> {
  const denied = deniedBefore(principal);
  if (!denied) return [];
  return roleSuccessors(principal.arn, await account.principals())
    .map(({ role, how }) => ({ role, how, until: Date.parse(denied) + role.maxSessionSecs * 1_000 }))
    .filter(({ role, until }) => until > clock.ms() && !isBlocked(role))
    .map(({ role, how, until }) => ({
      what: `sessions of ${role.name} it may have assumed`.slice(0, 300),
      why:
        how === 'named'
          ? 'The role trusts it by name. Its sessions are its own and go on to their end.'
          : 'The role trusts the whole account. Its sessions are its own and go on to their end.',
      until: new Date(until).toISOString(),
      gap: 'G8' as const,
    }));
}

const DENIED = 'It is active: what it opens is denied to its user, and it was not, or could not be, made inactive.';

export const othersSaw = ({ found, unseen }: Others): string =>
  [
    ...(found.length ? found.map((one) => `${one.what}: ${one.active ? 'active' : 'inactive'}`) : ['none listed']),
    ...unseen.map(({ words }) => `${words} not looked at`),
  ]
    .join(', ')
    .slice(0, 500);

export interface Held {
  /** ARN of the canary a key is held of. */
  arn: string | undefined;
  key: { accessKeyId: string; secretAccessKey: string };
}

/** Uses the canary’s key once. null: no key is held. Throws where the answer says nothing about the key. */
export async function trial(client: Client, held: Held): Promise<boolean | null> {
  if (!held.key.accessKeyId) return null;
  const iam = client.iamAs(held.key);
  try {
    await iam.send(new client.iamSdk.ListAccountAliasesCommand({}));
    return true;
  } catch (error) {
    if (isShutOut(error)) return false;
    throw new BraidError('connector.unreachable', 'AWS did not answer the canary.', { cause: error });
  } finally {
    iam.destroy();
  }
}

/**
 * Gone only where a credential Braid holds was refused. Else what can be read is read twice, and that is all there is to see:
 * STS lists no sessions, and what a denial does to them shows nowhere.
 */
export async function probeIdentity(deps: Deps, arn: string, held: Held): Promise<Probed> {
  const checks: Probed['checks'] = [];
  let last: Reading = { principal: null, open: [] };
  for (const check of ['keys, denials and trust read', 'read again after four seconds']) {
    if (checks.length) await sleep(CONSISTENT_MS);
    last = await read(deps, arn);
    const saw = !last.principal ? 'no such user or role' : last.open.join(', ') || 'all as it was set';
    checks.push({ check, saw: saw.slice(0, 500), at: at() });
    if (last.open.length) return { result: 'alive', detail: last.open.join(', ').slice(0, 500), checks, residuals: [] };
  }
  const others = last.principal?.kind === 'user' ? await othersOf(deps.client, last.principal.name) : null;
  if (others) checks.push({ check: 'SSH keys, service credentials, certificates', saw: othersSaw(others), at: at() });
  const left = others ? leftOthers(others, DENIED) : [];
  const residuals = last.principal ? [...left, ...(await chained(deps, last.principal))] : [];
  const tried = held.arn === arn ? await trial(deps.client, held) : null;
  if (tried !== null) {
    checks.push({ check: 'held key tried', saw: tried ? 'still let in' : 'refused', at: at() });
    return tried
      ? { result: 'alive', detail: 'set as it should be, and its key is still let in', checks, residuals }
      : { result: 'gone', detail: 'denied, read twice; its key is refused', checks, residuals };
  }
  const detail = 'denied, read twice four seconds apart; STS lists no sessions and no credential of it is held (G9)';
  return { result: 'unknown', detail, checks, residuals };
}

/** Comes in with the key held of the canary, which stays what is tried: a key has no session to close. */
export async function enterAsCanary(client: Client, held: Held, arn: string): Promise<CanarySession | null> {
  if (held.arn && held.arn !== arn)
    throw new BraidError('connector.unsupported', `No key of ${arn} is held: only the canary’s is.`);
  const entered = await trial(client, held);
  if (entered === null)
    throw new BraidError('connector.unsupported', 'No key of the canary is stored: add it to the connector.');
  return entered ? { alive: async () => (await trial(client, held)) === true, close: async () => undefined } : null;
}
