import { type Reused, SCOPES_MOST, USES_MOST, type Use } from '@/lib/sessions/reuse-model';

/** Sessions of one credential that have identity, client program, system, network and scope in common. */
export interface Told {
  key: string;
  identityId: string;
  identityName: string;
  tool: string | null;
  source: string;
  network: string | null;
  scope: string | null;
  sessions: number;
  live: number;
  lastAt: Date;
}

/** Each credential with everybody seen with it, those in most hands first. */
export function reuseOf(told: readonly Told[]): Reused[] {
  const all = new Map<string, Told[]>();
  for (const one of told) all.set(one.key, [...(all.get(one.key) ?? []), one]);
  return [...all]
    .map(([key, rows]) => reusedOf(key, rows))
    .sort((a, b) => hands(b) - hands(a) || (a.lastAt < b.lastAt ? 1 : -1) || (a.key < b.key ? -1 : 1));
}

const hands = ({ identities, tools, systems }: Reused): number => identities + tools + systems;

function reusedOf(key: string, rows: Told[]): Reused {
  const uses = usesOf(rows);
  const identities = count(rows.map((row) => row.identityId));
  const tools = count(rows.map((row) => row.tool));
  const systems = count(rows.map((row) => row.source));
  return {
    key,
    reused: identities > 1 || tools > 1 || systems > 1,
    identities,
    tools,
    systems,
    networks: count(rows.map((row) => row.network)),
    sessions: sum(rows, (row) => row.sessions),
    live: sum(rows, (row) => row.live),
    lastAt: latest(rows),
    scopes: [...new Set(rows.flatMap((row) => row.scope ?? []))].sort().slice(0, SCOPES_MOST),
    uses: uses.slice(0, USES_MOST),
  };
}

function usesOf(rows: Told[]): Use[] {
  const all = new Map<string, Told[]>();
  for (const row of rows) {
    const by = JSON.stringify([row.identityId, row.tool, row.source]);
    all.set(by, [...(all.get(by) ?? []), row]);
  }
  return [...all.values()]
    .map((same) => ({
      identityId: same[0]!.identityId,
      identityName: same[0]!.identityName,
      tool: same[0]!.tool,
      source: same[0]!.source,
      sessions: sum(same, (row) => row.sessions),
      live: sum(same, (row) => row.live),
      networks: count(same.map((row) => row.network)),
      lastAt: latest(same),
    }))
    .sort((a, b) => b.sessions - a.sessions || (a.lastAt < b.lastAt ? 1 : -1));
}

/** Different ones; what is not known is none. */
const count = (values: (string | null)[]): number => new Set(values.filter((value) => value !== null)).size;
const sum = (rows: Told[], of: (row: Told) => number): number => rows.reduce((total, row) => total + of(row), 0);
const latest = (rows: Told[]): string => new Date(Math.max(...rows.map((row) => row.lastAt.getTime()))).toISOString();
