import { accountOf, nameOf } from '@/lib/connectors/aws/account';
import { type Principal, toIdentity } from '@/lib/connectors/aws/account-normalise';
import { openClient } from '@/lib/connectors/aws/client';
import { block, canEnter, type Deps, endSessions, predict, unblock } from '@/lib/connectors/aws/end';
import { pullEvents } from '@/lib/connectors/aws/events';
import { manifest } from '@/lib/connectors/aws/manifest';
import { enterAsCanary, type Held, probeIdentity } from '@/lib/connectors/aws/probe';
import { probeRotated } from '@/lib/connectors/aws/probe-rotated';
import { rotateSecret } from '@/lib/connectors/aws/rotate';
import { standing, whoAmI } from '@/lib/connectors/aws/standing';
import type { FoundIdentity } from '@/lib/connectors/contract';
import type { Connector } from '@/lib/connectors/declared';

/** A session names its role without the role’s path. */
const isOwn = (own: string, principal: Principal): boolean =>
  principal.arn === own || (principal.kind === 'role' && own.includes(':role/') && nameOf(own) === principal.name);

async function discover({ account, own }: Deps): Promise<FoundIdentity[]> {
  const found: FoundIdentity[] = [];
  for (const principal of await account.principals()) {
    const keys = principal.kind === 'user' ? await account.keys(principal.name) : [];
    const lastUsed: Record<string, string> = {};
    for (const key of keys) {
      const when = key.active ? await account.lastUsed(key.id) : null;
      if (when) lastUsed[key.id] = when;
    }
    found.push(toIdentity(principal, keys, { own: isOwn(own, principal), lastUsed }));
  }
  return found;
}

/**
 * A user is blocked by a denial of everything and by inactive keys; a role by a denial in its trust policy. Sessions that were
 * issued before are denied as AWS’s own console does it, and stay so when access is restored.
 */
export const aws: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets) {
    const client = await openClient(config, secrets);
    const account = accountOf(client);
    const caller = await whoAmI(client).catch((error) => {
      client.close();
      throw error;
    });
    const own = caller.includes(':role/')
      ? ((await account.principals().catch(() => [])).find((one) => isOwn(caller, one))?.arn ?? caller)
      : caller;
    const deps: Deps = { client, account, own, cutTrust: config.cutTrust };
    const held: Held = {
      arn: config.canary,
      key: { accessKeyId: secrets.canaryKeyId, secretAccessKey: secrets.canarySecret },
    };
    return {
      test: () => standing(deps),
      discover: () => discover(deps),
      canEnter: (arn) => canEnter(deps, arn),
      blockIdentity: (arn) => block(deps, arn),
      pauseIdentity: (arn) => block(deps, arn),
      endSessions: (arn) => endSessions(deps, arn),
      restoreIdentity: (arn) => unblock(deps, arn),
      probeIdentity: (arn) => probeIdentity(deps, arn, held),
      rotateSecret: (arn, rotation) => rotateSecret(deps, arn, rotation),
      probeRotated: (arn, rotation) => probeRotated(deps, arn, rotation, held),
      predict: (arn) => predict(deps, arn),
      enterAsCanary: (arn) => enterAsCanary(client, held, arn),
      pullEvents: (cursor, most) => pullEvents(client, cursor, most, config.pollMs),
      async close() {
        client.close();
      },
    };
  },
};
