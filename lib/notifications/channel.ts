import {
  type ChannelKind,
  CONFIGS,
  type ConfigOf,
  SECRETS,
  type SecretsOf,
  secretNames,
} from '@/lib/notifications/kinds-model';
import type { StoredChannel } from '@/lib/notifications/store';
import { BraidError } from '@/lib/platform/errors';
import { newSecret } from '@/lib/platform/ids';
import { seal, open as unseal } from '@/lib/platform/secrets';

/** Settings of one kind of channel, read and checked. */
export type Settings = {
  [Kind in ChannelKind]: { kind: Kind; config: ConfigOf<Kind>; secrets: SecretsOf<Kind> };
}[ChannelKind];

const purpose = (id: string): string => `notification:${id}`;

export const sealFor = (id: string, secrets: object): string => seal(JSON.stringify(secrets), purpose(id));

export const unsealed = (row: Pick<StoredChannel, 'id' | 'sealedSecrets'>): Record<string, string> =>
  row.sealedSecrets ? (JSON.parse(unseal(row.sealedSecrets, purpose(row.id))) as Record<string, string>) : {};

/** A secret for signing, as Standard Webhooks writes it: 32 random bytes. */
export const makeSigningSecret = (): string => `whsec_${Buffer.from(newSecret(32), 'base64url').toString('base64')}`;

/** What is stored of a channel, opened. */
export const settingsOf = (row: StoredChannel): Settings => {
  const kind = row.kind as ChannelKind;
  return { kind, config: CONFIGS[kind].parse(row.config), secrets: SECRETS[kind].parse(unsealed(row)) } as Settings;
};

/** What a form holds (all texts; absent: nothing) as settings of its kind. Throws `input.invalid` with the field. */
export function parseValues(kind: ChannelKind, values: Record<string, string>): Settings {
  const secret = secretNames(kind);
  const filled = Object.entries(values).filter(([, value]) => value.trim() !== '');
  const of = (wanted: boolean) => Object.fromEntries(filled.filter(([name]) => secret.includes(name) === wanted));
  const config = CONFIGS[kind].safeParse(of(false));
  const secrets = SECRETS[kind].safeParse(of(true));
  const issues = [...(config.error?.issues ?? []), ...(secrets.error?.issues ?? [])];
  if (issues.length === 0) return { kind, config: config.data, secrets: secrets.data } as Settings;
  const detail = issues.map(({ path, message }) => ({ path: path.join('.'), message: saysMissing(message) }));
  throw new BraidError('input.invalid', `${detail[0]!.path} ${detail[0]!.message}.`, { detail });
}

const saysMissing = (message: string): string => (/received undefined/.test(message) ? 'is missing' : message);

/** Where it points, for people: never a secret. */
export function targetOf({ kind, config, secrets }: Settings): string {
  if (kind === 'email') {
    const to = [...config.to, ...(config.toOwner ? ['the owner'] : [])].join(', ');
    return `${to} through ${config.host}:${config.port}`.slice(0, 600);
  }
  if (kind === 'syslog') return `${config.transport} ${config.host}:${config.port}`;
  const url = new URL(kind === 'slack' || kind === 'teams' ? secrets.url : config.url);
  return kind === 'webhook' ? `${url.origin}${url.pathname}`.slice(0, 600) : url.host;
}

/** Where its secrets go: those given for one place are not sent to another. */
export const placeOf = ({ kind, config }: Settings): string => {
  if (kind === 'email') return `${config.security} ${config.host}:${config.port}`;
  return kind === 'webhook' || kind === 'pagerduty' ? new URL(config.url).origin : '';
};
