import { setTimeout as sleep } from 'node:timers/promises';
import { deniedBefore, type Principal } from '@/lib/connectors/aws/account-normalise';
import { isShutOut } from '@/lib/connectors/aws/client';
import { type Deps, hasPassword } from '@/lib/connectors/aws/end';
import { leftOthers, othersOf } from '@/lib/connectors/aws/other-credentials';
import { at, CONSISTENT_MS, chained, type Held, othersSaw, trial } from '@/lib/connectors/aws/probe';
import { KEY, KEY_ID } from '@/lib/connectors/aws/rotate';
import type { Probed, Residual, Rotation } from '@/lib/connectors/contract';
import { probing } from '@/lib/connectors/probing-model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

type Given = Rotation & { secret: Record<string, string> };

interface Reading {
  principal: Principal | null;
  /** What lives by an old key. */
  open: string[];
  /** The new key is there and active. */
  stands: boolean;
}

async function read({ account }: Deps, arn: string, { since, secret }: Given): Promise<Reading> {
  const principal = await account.principal(arn);
  if (principal?.kind !== 'user') return { principal: null, open: [], stands: false };
  const active = (await account.keys(principal.name, true)).filter((key) => key.active);
  const fresh = secret[KEY_ID];
  // Without the new key at hand, one that was made since may be it.
  const others = active.filter((key) => (fresh ? key.id !== fresh : (key.createdAt ?? '') < since));
  const denied = deniedBefore(principal);
  const open = [
    ...others.map((key) => `key ${key.id} is active`),
    ...(denied && denied >= since ? [] : ['sessions issued before are not denied']),
  ];
  return { principal, open, stands: active.some((key) => key.id === fresh) };
}

/** Asks AWS whose key this is: that needs no right, leaves nothing behind, and is refused where the key is not let in. */
async function enters({ client }: Deps, arn: string, secret: Record<string, string>): Promise<boolean> {
  const sts = client.stsAs({ accessKeyId: secret[KEY_ID]!, secretAccessKey: secret[KEY] ?? '' });
  try {
    return (await sts.send(new client.stsSdk.GetCallerIdentityCommand({}))).Arn === arn;
  } catch (error) {
    if (isShutOut(error)) return false;
    throw new BraidError('connector.unreachable', 'AWS did not answer the new key.', { cause: error });
  } finally {
    sts.destroy();
  }
}

const PASSWORD: Residual = {
  what: 'the console password',
  why: 'It is no key and was not changed: whoever has it signs in. Change it at AWS, or revoke the user.',
  until: null,
};

const UNTOUCHED =
  'It is no access key and was not changed: whoever has it comes in. Change it at AWS, or revoke the user.';

/**
 * What can be read is read twice, as after a block: one active key, the new one, and a denial of what was issued before. Gone
 * only where an old key that Braid holds was refused too: STS lists no sessions.
 */
export async function probeRotated(deps: Deps, arn: string, given: Given, held: Held): Promise<Probed> {
  const { checks, said } = probing(() => clock.now().toISOString());
  let last: Reading = { principal: null, open: [], stands: false };
  for (const check of ['keys and denials read', 'read again after four seconds']) {
    if (checks.length) await sleep(CONSISTENT_MS);
    last = await read(deps, arn, given);
    const saw = last.principal ? last.open.join(', ') || 'no other key is active' : 'no such user';
    checks.push({ check, saw: saw.slice(0, 500), at: at() });
    if (last.open.length) return said('alive', last.open.join(', '));
  }
  if (!last.principal) return said('unknown', 'no such user');
  const password = await hasPassword(deps, last.principal);
  checks.push({ check: 'console password', saw: password ? 'there is one' : 'there is none', at: at() });
  const others = await othersOf(deps.client, last.principal.name);
  checks.push({ check: 'SSH keys, service credentials, certificates', saw: othersSaw(others), at: at() });
  const residuals = [
    ...(password ? [PASSWORD] : []),
    ...leftOthers(others, UNTOUCHED),
    ...(await chained(deps, last.principal)),
  ];
  if (!given.secret[KEY_ID]) return said('unknown', 'the new key is not known here: nothing was tried', residuals);
  if (!last.stands) return said('unknown', 'the new key is not among its active keys', residuals);
  const entered = await enters(deps, arn, given.secret);
  checks.push({ check: 'new key asks whose it is', saw: entered ? 'let in' : 'refused', at: at() });
  if (!entered) return said('unknown', 'the new key is refused', residuals);
  const tried =
    held.arn === arn && held.key.accessKeyId !== given.secret[KEY_ID] ? await trial(deps.client, held) : null;
  if (tried !== null) checks.push({ check: 'held key tried', saw: tried ? 'still let in' : 'refused', at: at() });
  if (tried) return said('alive', 'set as it should be, and its old key is still let in', residuals);
  return tried === false && !password
    ? said('gone', 'one active key, the new one, read twice; the old one is refused', residuals)
    : said('unknown', 'one active key, the new one, read twice; STS lists no sessions (G9)', residuals);
}
