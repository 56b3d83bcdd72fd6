import { describeConnector } from '@/lib/connectors/describe';
import { limitsOf } from '@/lib/connectors/limits-of';
import { moduleOf } from '@/lib/connectors/registry';
import { clock } from '@/lib/platform/clock';
import type { SystemFacts } from '@/lib/revocations/plan';
import { readElsewhere, type StoredSession, systemsOf } from '@/lib/revocations/store';
import { belongsTo } from '@/lib/sessions/belongs-state';

const NOT_A_SYSTEM = new Set(['pdp', 'declared']);

const noConnector = (source: string): SystemFacts => ({
  connectorId: null,
  name: source,
  vendor: source,
  capabilities: null,
  why: 'no connector ends it there, only the decision point denies it',
});

/** The server, whichever of its databases is connected: roles are the server's. */
function pointsAt(vendor: string, config: unknown): string {
  const { manifest } = moduleOf(vendor);
  const parsed = manifest.config.safeParse(config);
  if (!parsed.success) return `${vendor}:?`;
  const { host, port } = parsed.data as { host?: string; port?: number };
  return host ? `${vendor}:${host.toLowerCase()}:${port ?? ''}` : `${vendor}:${manifest.target(parsed.data)}`;
}

type Health = 'health' | 'healthDetail' | 'lastSyncAt';
type Stored = Awaited<ReturnType<typeof systemsOf>>['connectors'][number];
type Connector = Pick<Stored, 'id' | 'name' | 'vendor' | 'state' | 'config' | 'system'> & Partial<Pick<Stored, Health>>;

/** Silence longer than this is no pause between two looks, ms. */
const SILENT_MS = 10 * 60_000;

function downOf({ name, health, healthDetail, lastSyncAt }: Connector): SystemFacts['down'] {
  const since = lastSyncAt?.toISOString() ?? null;
  if (health === 'failing') return { why: (healthDetail ?? `${name} does not answer`).slice(0, 300), since };
  const silent = lastSyncAt && clock.ms() - lastSyncAt.getTime() > SILENT_MS;
  return silent ? { why: `${name} has not answered lately`, since } : null;
}

/** The first reason, where it holds for all of them: where one can be paused, the system is asked. */
function limitsIn({ vendor, name }: Connector, externalIds: readonly string[]): NonNullable<SystemFacts['limits']> {
  const all = externalIds.map((one) => limitsOf(vendor, one));
  const pause = all.every((one) => one?.pause) ? all[0]?.pause : undefined;
  const restore = all.find((one) => one?.restore)?.restore;
  return {
    pause: pause ? `${pause}: ${name} goes on letting it in, only the decision point denies` : null,
    restore: restore ?? null,
    never: all.length > 0 && all.every((one) => one?.restore),
  };
}

/** One connected system, and the names an identity has there. */
export function factsOf(connector: Connector, externalIds: readonly string[] = []): SystemFacts {
  const enabled = connector.state === 'enabled';
  const { capabilities, livesOn } = describeConnector(connector.vendor, connector.config);
  return {
    connectorId: connector.id,
    name: connector.name,
    vendor: connector.vendor,
    at: pointsAt(connector.vendor, connector.config),
    self: connector.system,
    capabilities: enabled ? capabilities : null,
    livesOn: enabled ? livesOn : [],
    down: enabled ? downOf(connector) : null,
    canary: externalIds.some((one) => one === (connector.config as { canary?: string } | null)?.canary),
    limits: limitsIn(connector, externalIds),
    why: enabled ? null : `${connector.name} is disabled, so Braid can’t end access there`,
  };
}

interface Seen {
  sources: readonly string[];
  connected: SystemFacts[];
  /** A connector that listed it is not there any more. */
  removed: boolean;
}

/** What it was seen in that none of its connectors covers, and the formats its connectors' logs have. */
function uncovered({ sources, connected }: Seen): { sources: string[]; formats: Set<string> } {
  const covered = new Set(connected.map((system) => system.vendor));
  const formats = new Set(connected.flatMap((system) => moduleOf(system.vendor).manifest.logFormats ?? []));
  return { sources: sources.filter((source) => !covered.has(source) && !NOT_A_SYSTEM.has(source)), formats };
}

/** Its connectors, then what it was seen in without one. `elsewhere`: formats in which sessions were read that no connected log told of. */
export function systemsAmong(seen: Seen, elsewhere: ReadonlySet<string>): SystemFacts[] {
  const { connected, removed } = seen;
  const { sources, formats } = uncovered(seen);
  // A log's format is no system: what was read in it is its connector's own, unless somebody else's log told it.
  const others = sources.filter((source) => !formats.has(source) || elsewhere.has(source));
  const gone = removed && !others.length && !connected.length ? [noConnector('a removed connector')] : [];
  return [...connected, ...others.map(noConnector), ...gone];
}

/** The systems an identity lives in: its connectors by name, then what it was seen in without one. */
export async function systemsFor(identity: { id: string; sources: string[] }): Promise<SystemFacts[]> {
  const { named, connectors } = await systemsOf(identity.id);
  const namesAt = (id: string) => named.filter((one) => one.connectorId === id).map((one) => one.externalId);
  const removed = named.some((one) => !connectors.some((connector) => connector.id === one.connectorId));
  const seen = {
    sources: identity.sources,
    connected: connectors.map((one) => factsOf(one, namesAt(one.id))),
    removed,
  };
  const { sources, formats } = uncovered(seen);
  const asked = sources.filter((source) => formats.has(source));
  return systemsAmong(seen, asked.length ? await readElsewhere(identity.id, asked) : new Set());
}

/**
 * Where one session lives. One that only its connector's log told of is not among those its system lists, so there is nothing to
 * name to it: it ends there with the identity's access.
 */
export function systemOf(systems: SystemFacts[], session: StoredSession): SystemFacts {
  const of = belongsTo(session);
  const known = systems.find((system) => of !== null && system.connectorId === of);
  if (!known) return noConnector(session.source);
  if (session.connectorId || !known.capabilities) return known;
  const why =
    known.capabilities.terminateOne === 'none'
      ? `${known.name} can’t end one session alone`
      : `known from the log of ${known.name} only, which does not list it`;
  return {
    connectorId: null,
    name: known.name,
    vendor: known.vendor,
    capabilities: null,
    why,
    logOf: known.connectorId,
  };
}

/** The systems some sessions live in; those only the decision point knows have none. */
export function systemsOfSessions(systems: SystemFacts[], sessions: StoredSession[]): SystemFacts[] {
  const chosen = new Map<string, SystemFacts>();
  for (const session of sessions) {
    if (session.observedBy === 'declared') continue;
    const system = systemOf(systems, session);
    chosen.set(`${system.connectorId ?? ''} ${system.name} ${system.why ?? ''}`, system);
  }
  return [...chosen.values()];
}
