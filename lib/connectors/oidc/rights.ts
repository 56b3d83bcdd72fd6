import type { Tested } from '@/lib/connectors/contract';
import type { Client } from '@/lib/connectors/oidc/client';
import type { Config } from '@/lib/connectors/oidc/manifest';
import { unlike } from '@/lib/connectors/oidc/registration';
import type { Held } from '@/lib/connectors/oidc/settings-model';
import { toBraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

type Check = Tested['checks'][number];
type Said = Omit<Check, 'check'>;

const good = (detail: string): Said => ({ ok: true, detail });
const untried = (detail: string): Said => ({ ok: true, untried: true, detail });
const bad = (detail: string, fix: string): Said => ({ ok: false, detail, fix });

/** `fix`: what mends it where it throws. */
async function tried(check: string, fix: string, work: () => Promise<Said>): Promise<Check> {
  try {
    return { check, ...(await work()) };
  } catch (error) {
    return { check, ...bad(toBraidError(error).publicMessage, fix) };
  }
}

/** A token of the client is issued, introspected, revoked and introspected again: what an unknown token can't tell. */
async function withOwnToken(client: Client, { clientId }: Config, name: string, secret: string): Promise<Said> {
  const as = { id: name, secret };
  const got = await client.mint(as);
  if (!got)
    return bad(
      `${name} was refused a token by its secret.`,
      `Hold the secret ${name} has now, and allow it the grant client_credentials. Is it shut by somebody else, let it in.`,
    );
  const token = { kind: 'access_token' as const, value: got.access_token };
  const { active, unsupported } = await client.introspect(token.value);
  if (unsupported) {
    await client.revoke(token, as);
    return untried('The provider does not answer for its tokens, which are signed: they live until they expire.');
  }
  if (!active) {
    await client.revoke(token, as);
    return bad(
      'A token that was just issued is not active for Braid: what introspection says of it proves nothing.',
      `Allow ${clientId} to introspect tokens of ${name}: at most providers, by having ${clientId} among their audience.`,
    );
  }
  await client.revoke(token, as);
  return (await client.introspect(token.value)).active
    ? bad(
        'A token issued for this test was revoked with 200 and is still active.',
        `Switch on revocation of access tokens (RFC 7009) at the provider. Until then they live until they expire.`,
      )
    : good('A token issued for this test was active, was revoked, and is active no more.');
}

async function registration(client: Client, config: Config, held: Held): Promise<Said> {
  const found = await client.readRegistration(held);
  const fresh = `Have the provider issue another registration token of ${held.client}, and hold that with its address.`;
  if (!found) return bad('The client is gone, or its registration token is another one.', fresh);
  const has = found.grant_types ?? [];
  if (!has.length) return untried('It has no grants at the moment: it is shut.');
  const told = config.clients.find((one) => one.id === held.client)?.grants ?? [];
  const words = `It has the grants ${has.join(' ')}; the settings say ${told.join(' ') || 'none'}.`;
  return unlike(found, told)
    ? bad(
        `${words} Restoring would not give back what it had, so it is not blocked.`,
        `${held.client} ${has.join(' ')}`,
      )
    : good(`${words} It was read; changing it is tried with the first block.`);
}

/** Asked to revoke somebody who does not exist: what it answers tells whether it would listen. */
async function globally(client: Client, config: Config): Promise<Said> {
  const to = config.globalEndpoint ?? client.metadata.global_token_revocation_endpoint;
  if (!to)
    return bad(
      'The metadata names no global_token_revocation_endpoint.',
      'Give the address the provider’s documentation names.',
    );
  const status = await client.revokeGlobally(`braid-test-${newId()}`);
  if (status === 401 || status === 403)
    return bad(
      `${to} answered ${status}: it does not listen to Braid.`,
      config.globalRevocation === 'bearer'
        ? 'Give a bearer token that may revoke globally.'
        : `Register the public key of Braid’s private key for ${config.clientId}, and allow it to revoke globally.`,
    );
  if (status === 404) return good(`${to} listens to Braid.`);
  if (status >= 200 && status < 300)
    return untried(
      `${to} takes whatever is sent (${status}, of a subject that does not exist): what it does is not seen.`,
    );
  return untried(`${to} answered ${status} to a subject that does not exist: whether it can read others is not tried.`);
}

async function canary(client: Client, name: string, secret: string | undefined): Promise<Said> {
  if (!secret) return bad(`No secret of ${name} is held.`, `${name} secret …`);
  const got = await client.mint({ id: name, secret });
  if (!got) return bad(`${name} was refused.`, `Hold the secret ${name} has now, and allow it client_credentials.`);
  await client.revoke({ kind: 'access_token', value: got.access_token }, { id: name, secret });
  return good(`${name} was let in.`);
}

/** May Braid's client ask at all, and be told of tokens whose client's secret it lacks? An unknown token is inactive for anybody. */
async function asks(client: Client, clientId: string): Promise<Check[]> {
  const own = `Make ${clientId} a confidential client at the provider, with the secret given here, that may introspect and revoke.`;
  const unknown = `braid-${newId()}`;
  return [
    await tried('Introspect tokens (RFC 7662)', own, async () => {
      await client.introspect(unknown);
      return good(`${clientId} may ask.`);
    }),
    await tried('Revoke tokens (RFC 7009)', own, async () => {
      await client.revoke({ kind: 'access_token', value: unknown });
      return good(`${clientId} may ask. Any token that is not known is answered so.`);
    }),
  ];
}

/** Of the client whose tokens are held and whose secret is not: revoking one as a trial would end it. */
async function heldOnly(client: Client, { clientId }: Config, token: Held): Promise<Said> {
  const revoking = `Whether ${clientId} may revoke it is not tried, as that would end it: with the secret of ${token.client}, that is tried too.`;
  const { active, unsupported } = await client.introspect(token.value);
  if (active) return untried(`The one held is active. ${revoking}`);
  return untried(
    unsupported
      ? `The provider does not answer for the one held. ${revoking}`
      : `The one held is not active: over, or not for ${clientId} to ask about. ${revoking}`,
  );
}

/** What the provider offers and lets Braid's client do. Nothing that was there is ended by it. */
export async function checkRights(client: Client, config: Config, held: readonly Held[]): Promise<Tested> {
  const checks: Check[] = [{ check: 'Discovery', ...good(`${client.metadata.issuer} described itself.`) }];
  const tokens = held.filter((one) => one.kind.endsWith('_token'));
  const secretOf = (name: string) => held.find((one) => one.client === name && one.kind === 'secret')?.value;
  const managed = held.filter((one) => one.kind === 'registration');
  if (tokens.length) checks.push(...(await asks(client, config.clientId)));
  const heard = checks.every((check) => check.ok);
  const names = !heard ? [] : [...new Set(tokens.map((one) => one.client))].slice(0, 20);
  for (const name of names) {
    const check = `Tokens of ${name}`;
    const grants = config.clients.find((one) => one.id === name)?.grants ?? [];
    const secret = grants.includes('client_credentials') || !grants.length ? secretOf(name) : undefined;
    const ask = () =>
      secret
        ? withOwnToken(client, config, name, secret)
        : heldOnly(client, config, tokens.find((one) => one.client === name)!);
    checks.push(await tried(check, `Allow ${config.clientId} to introspect and to revoke tokens of ${name}.`, ask));
  }
  for (const one of managed.slice(0, 20)) {
    const fix = `Allow ${one.client} to be managed by its registration token (RFC 7592).`;
    checks.push(await tried(`Manage ${one.client} (RFC 7592)`, fix, () => registration(client, config, one)));
  }
  if (config.globalRevocation !== 'none')
    checks.push(await tried('Global Token Revocation', 'Check its address and key.', () => globally(client, config)));
  const name = config.canary;
  if (name)
    checks.push(await tried('Canary can log in', 'Check its secret.', () => canary(client, name, secretOf(name))));
  return { ok: checks.every((check) => check.ok), checks };
}
