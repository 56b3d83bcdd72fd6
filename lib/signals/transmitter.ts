import { z } from 'zod';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { type Answer, request } from '@/lib/platform/outbound';
import { seal, open as unseal } from '@/lib/platform/secrets';
import type { StoredSource } from '@/lib/signals/in/store';
import { type SourceConfig, sourceConfigSchema } from '@/lib/signals/model';

// What Braid asks of another transmitter.

const web = z.url({ protocol: /^https?$/ });
export const metadataSchema = z.looseObject({
  issuer: web,
  jwks_uri: web,
  configuration_endpoint: web,
  status_endpoint: web.optional(),
  verification_endpoint: web.optional(),
  delivery_methods_supported: z.array(z.string()).optional(),
  critical_subject_members: z.array(z.string()).optional(),
  spec_version: z.string().optional(),
});
export type Metadata = z.output<typeof metadataSchema>;

export const secretsSchema = z.object({
  clientId: z.string().default(''),
  clientSecret: z.string().default(''),
  token: z.string().default(''),
});
export type Secrets = z.output<typeof secretsSchema>;

const purpose = (id: string): string => `signals.source:${id}`;
export const sealSecrets = (id: string, secrets: Secrets): string => seal(JSON.stringify(secrets), purpose(id));
const openSecrets = (source: StoredSource): Secrets =>
  secretsSchema.parse(source.sealedSecrets ? JSON.parse(unseal(source.sealedSecrets, purpose(source.id))) : {});

type Reaching = Pick<SourceConfig, 'ownNetwork' | 'ca'>;
const MOST_BYTES = 4_000_000;
const reach = ({ ownNetwork, ca }: Reaching) => ({ ownNetwork, ...(ca ? { ca } : {}), mostBytes: MOST_BYTES });

const said = ({ status, body }: Answer): string =>
  `${status}${body ? `: ${body.replace(/\s+/g, ' ').slice(0, 300)}` : ''}`;

export function parsed<T extends z.ZodType>(schema: T, what: string, answer: Answer): z.output<T> {
  if (answer.status < 200 || answer.status > 299)
    throw new BraidError('connector.refused', `${what} answered ${said(answer)}.`);
  try {
    return schema.parse(JSON.parse(answer.body));
  } catch (cause) {
    throw new BraidError('connector.refused', `${what} did not answer what it has to.`, { cause });
  }
}

/** RFC 8615: the well-known part stands before the issuer's path. */
const wellKnown = (issuer: string, name: string): string => {
  const url = new URL(issuer);
  return `${url.origin}/.well-known/${name}${url.pathname === '/' ? '' : url.pathname.replace(/\/$/, '')}`;
};

/** A transmitter's own description. Throws `connector.refused` where it is of another issuer, `connector.unreachable`. */
export async function discover(issuer: string, reaching: Reaching): Promise<Metadata> {
  const address = wellKnown(issuer, 'ssf-configuration');
  const answer = await request(address, { method: 'GET', headers: { accept: 'application/json' }, ...reach(reaching) });
  const metadata = parsed(metadataSchema, address, answer);
  if (metadata.issuer !== issuer)
    throw new BraidError('connector.refused', `${address} is about another issuer: ${metadata.issuer}.`);
  return metadata;
}

const tokenSchema = z.looseObject({ access_token: z.string().min(1), expires_in: z.number().optional() });
const serverSchema = z.looseObject({ token_endpoint: web });
const tokens = new Map<string, { token: string; untilMs: number }>();

/** An access token by client credentials, kept until shortly before it expires. */
export async function accessToken(
  key: string,
  issuer: string,
  config: SourceConfig,
  secrets: Secrets,
): Promise<string> {
  if (secrets.token) return secrets.token;
  const known = tokens.get(key);
  if (known && known.untilMs > clock.ms()) return known.token;
  const address =
    config.tokenUrl ||
    parsed(
      serverSchema,
      wellKnown(issuer, 'oauth-authorization-server'),
      await request(wellKnown(issuer, 'oauth-authorization-server'), {
        method: 'GET',
        headers: { accept: 'application/json' },
        ...reach(config),
      }),
    ).token_endpoint;
  const part = (value: string) => encodeURIComponent(value);
  const answer = await request(address, {
    method: 'POST',
    body: 'grant_type=client_credentials&scope=ssf.manage%20ssf.read',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${part(secrets.clientId)}:${part(secrets.clientSecret)}`).toString('base64')}`,
    },
    ...reach(config),
  });
  const { access_token: token, expires_in: secs = 300 } = parsed(tokenSchema, address, answer);
  if (tokens.size > 500) tokens.clear();
  tokens.set(key, { token, untilMs: clock.ms() + Math.max(secs - 60, 10) * 1000 });
  return token;
}

export interface Asked {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  url: string;
  body?: object;
  timeoutMs?: number;
}

/** One call with a token of ours; a token that is no longer taken is asked for anew, once. */
export async function call(
  as: { key: string; issuer: string; config: SourceConfig; secrets: Secrets },
  { method, url, body, timeoutMs }: Asked,
): Promise<Answer> {
  const once = async () =>
    request(url, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${await accessToken(as.key, as.issuer, as.config, as.secrets)}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(timeoutMs ? { timeoutMs } : {}),
      ...reach(as.config),
    });
  const answer = await once();
  if (answer.status !== 401 || !tokens.delete(as.key)) return answer;
  return once();
}

/** `call` for a source that is known. */
export const callAs = (source: StoredSource, asked: Asked): Promise<Answer> =>
  call(
    {
      key: source.id,
      issuer: source.issuer,
      config: sourceConfigSchema.parse(source.config),
      secrets: openSecrets(source),
    },
    asked,
  );
