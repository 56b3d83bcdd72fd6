import { aws } from '@/lib/connectors/aws/connector';
import type {
  Capabilities,
  ConnectHost,
  Connection,
  ConnectorModule,
  LivesOn,
  Manifest,
} from '@/lib/connectors/contract';
import { entraConnector } from '@/lib/connectors/entra/connector';
import { githubConnector } from '@/lib/connectors/github/connector';
import { googleConnector } from '@/lib/connectors/google/connector';
import { http } from '@/lib/connectors/http/connector';
import { keycloak } from '@/lib/connectors/keycloak/connector';
import { kubernetesConnector } from '@/lib/connectors/kubernetes/connector';
import { mysql } from '@/lib/connectors/mysql/connector';
import { oidc } from '@/lib/connectors/oidc/connector';
import { oktaConnector } from '@/lib/connectors/okta/connector';
import { postgres } from '@/lib/connectors/postgres/connector';
import { rabbitmq } from '@/lib/connectors/rabbitmq/connector';
import { redis } from '@/lib/connectors/redis/connector';
import { simulator } from '@/lib/connectors/simulator/connector';
import { vault } from '@/lib/connectors/vault/connector';
import { issueText } from '@/lib/http/issue-format';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';

/** Every system Braid can connect to, in the order the console offers them. The only place that knows vendors. */
const MODULES = [
  postgres,
  mysql,
  redis,
  rabbitmq,
  keycloak,
  oidc,
  githubConnector,
  oktaConnector,
  entraConnector,
  aws,
  googleConnector,
  kubernetesConnector,
  vault,
  http,
  simulator,
] as unknown as ConnectorModule[];

export const modules = (): readonly ConnectorModule[] => MODULES;

/** Throws `input.invalid` for a vendor Braid has no connector for. */
export function moduleOf(vendor: string): ConnectorModule {
  const found = modules().find((module) => module.manifest.vendor === vendor);
  if (!found) throw new BraidError('input.invalid', `There is no connector for ${vendor}.`);
  return found;
}

/** What a connection with these settings can do; settings that can't be read promise no more than the vendor's card. */
export function capabilitiesWith(manifest: Manifest, config: unknown): Capabilities {
  const read = manifest.capabilitiesOf ? manifest.config.safeParse(config) : undefined;
  return read?.success ? manifest.capabilitiesOf!(read.data) : manifest.capabilities;
}

/** What may live on after access was ended through a connection with these settings; nothing of settings that can't be read. */
export function livesOnWith(manifest: Manifest, config: unknown): LivesOn[] {
  const read = manifest.livesOn ? manifest.config.safeParse(config) : undefined;
  return read?.success ? manifest.livesOn!(read.data) : [];
}

/** Parses a form's values into checked config and secrets. Throws `input.invalid` naming the fields as their labels do; `detail` by their names. */
export function parseValues(module: ConnectorModule, values: Record<string, string>) {
  const parts = module.manifest.split(values);
  const config = module.manifest.config.safeParse(parts.config);
  const secrets = module.manifest.secrets.safeParse(parts.secrets);
  const issues = [...(config.error?.issues ?? []), ...(secrets.error?.issues ?? [])];
  if (!config.success || !secrets.success) {
    const errors = issues.map((issue) => ({ path: issue.path.join('.'), message: issueText(issue) }));
    const labels = new Map(module.manifest.form.map((field) => [field.name, field.label.replace(/ \(.*\)$/, '')]));
    const said = errors.map(({ path, message }) => `${labels.get(path) ?? path} ${message}`).join('; ');
    throw new BraidError('input.invalid', `The connection is not complete: ${said}.`, { detail: errors });
  }
  return { config: config.data, secrets: secrets.data };
}

interface Held {
  fingerprint: string;
  opening: Promise<Connection>;
}

const held = new Map<string, Held>();

/** The open connection of a connector, shared within the process; reopened when its settings changed or it failed to open. */
export async function connectionTo(
  vendor: string,
  config: unknown,
  secrets: unknown,
  host: ConnectHost,
): Promise<Connection> {
  const module = moduleOf(vendor);
  const fingerprint = sha256Hex(JSON.stringify([vendor, config, secrets, host.own]));
  const known = held.get(host.connectorId);
  if (known?.fingerprint === fingerprint) return known.opening;
  if (known) dropConnection(host.connectorId);
  const opening = module.connect(module.manifest.config.parse(config), module.manifest.secrets.parse(secrets), host);
  held.set(host.connectorId, { fingerprint, opening });
  opening.catch(() => {
    if (held.get(host.connectorId)?.opening === opening) held.delete(host.connectorId);
  });
  return opening;
}

/** Closes a connector's connection, if this process holds one. */
export function dropConnection(connectorId: string): void {
  const known = held.get(connectorId);
  held.delete(connectorId);
  known?.opening
    .then((connection) => connection.close())
    .catch((error) => log.debug({ err: error }, 'a connector closed with an error'));
}

export async function closeConnections(): Promise<void> {
  const all = [...held.values()];
  held.clear();
  await Promise.allSettled(all.map(async ({ opening }) => (await opening).close()));
}
