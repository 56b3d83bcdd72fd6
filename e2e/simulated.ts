// Systems of a journey's own: each a simulator with a world of its own, so that no journey meets another's identities.
import { api } from './estate';
import { expect } from './fixture';

interface Wanted {
  name: string;
  /** As typed into the form: `svc-a:2, svc-b:1`. */
  identities: string;
  gaps?: string;
  canary?: string;
}

interface Seen {
  id: string;
  name: string;
  liveSessions: number;
}

/** Those the system of that name has shown, by name. */
export async function seenAt(connectorId: string): Promise<Map<string, Seen>> {
  const { items } = await api<{ items: Seen[] }>('GET', `/identities?connectorId=${connectorId}&limit=200`);
  return new Map(items.map((one) => [one.name, one]));
}

/** Waits until every identity it was made with is seen with its live sessions. */
export async function settledAt(connectorId: string, identities: string): Promise<Map<string, Seen>> {
  const wanted = identities.split(/,\s*/).map((text) => text.split(':') as [string, string]);
  await expect
    .poll(
      async () => {
        const seen = await seenAt(connectorId);
        return wanted.map(([name]) => `${name}:${seen.get(name)?.liveSessions}`).join(', ');
      },
      { timeout: 20_000 },
    )
    .toBe(identities);
  return seenAt(connectorId);
}

/** Connects one and waits until all of it is seen. */
export async function simulated(wanted: Wanted): Promise<{ connectorId: string; seen: Map<string, Seen> }> {
  const { name, identities, gaps = '', canary = '' } = wanted;
  const { id } = await api<{ id: string }>('POST', '/connectors', {
    vendor: 'simulator',
    name,
    values: { world: name, identities, gaps, canary },
  });
  return { connectorId: id, seen: await settledAt(id, identities) };
}

/** Forgets it again: what it showed stays. */
export async function forgotten(connectorId: string | undefined): Promise<void> {
  if (connectorId) await api('DELETE', `/connectors/${connectorId}`, { reason: 'the journey is over' });
}
