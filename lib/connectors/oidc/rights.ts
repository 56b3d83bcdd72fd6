import type { Tested } from '@/lib/connectors/contract';
import type { Client } from '@/lib/connectors/oidc/client';
import type { Config } from '@/lib/connectors/oidc/manifest';
import type { Held } from '@/lib/connectors/oidc/settings-model';
import { toBraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

type Check = Tested['checks'][number];

const tried = async (check: string, work: () => Promise<string>): Promise<Check> => {
  try {
    return { check, ok: true, detail: await work() };
  } catch (error) {
    return { check, ok: false, detail: toBraidError(error).publicMessage };
  }
};

/** What the provider offers and lets Braid's client do. Nothing is ended by it. */
export async function checkRights(client: Client, config: Config, held: readonly Held[]): Promise<Tested> {
  const { metadata } = client;
  const checks: Check[] = [{ check: 'Discovery', ok: true, detail: `${metadata.issuer} described itself.` }];
  if (held.some((one) => one.kind.endsWith('_token'))) {
    checks.push(
      await tried('Introspect tokens (RFC 7662)', async () => {
        await client.introspect(`braid-${newId()}`);
        return `${config.clientId} may introspect.`;
      }),
      await tried('Revoke tokens (RFC 7009)', async () => {
        await client.revoke({ kind: 'access_token', value: `braid-${newId()}` });
        return `${config.clientId} may revoke.`;
      }),
    );
  }
  for (const one of held.filter((each) => each.kind === 'registration'))
    checks.push({
      ...(await tried(`Manage ${one.client} (RFC 7592)`, async () => {
        const found = await client.readRegistration(one);
        const told = config.clients.find((each) => each.id === one.client)?.grants ?? [];
        if (!found) throw new Error('registration');
        return `It has the grants ${(found.grant_types ?? []).join(' ') || 'none'}; the settings say ${told.join(' ') || 'none'}.`;
      })),
    });
  if (config.globalRevocation !== 'none') {
    const to = config.globalEndpoint ?? metadata.global_token_revocation_endpoint;
    const detail = to
      ? `Called at ${to}.`
      : 'The metadata names no global_token_revocation_endpoint: give its address.';
    checks.push({ check: 'Global Token Revocation', ok: Boolean(to), detail });
  }
  if (config.canary) {
    const secret = held.find((one) => one.client === config.canary && one.kind === 'secret');
    const got = secret ? await client.mint({ id: config.canary, secret: secret.value }) : null;
    if (got)
      await client.revoke(
        { kind: 'access_token', value: got.access_token },
        { id: config.canary, secret: secret!.value },
      );
    checks.push({
      check: 'Canary can log in',
      ok: Boolean(got),
      detail: got ? `${config.canary} was let in.` : `${config.canary} was refused, or its secret is not held.`,
    });
  }
  return { ok: checks.every((one) => one.ok), checks };
}
