'use client';

import { Text } from '@mantine/core';
import classes from '@/components/revocations/revocations.module.css';
import { useApi } from '@/components/ui/use-api';
import type { BulkResult, Hits } from '@/lib/revocations/bulk-model';

/** Identities the systems are asked about; of more, the first. */
const ASKED = 20;

type SystemHits = Hits['systems'][number]['hits'];

/** What is hit for one and the same reason is told together. */
function alike(all: SystemHits): { why: string; hits: SystemHits; sessions: number }[] {
  const by = new Map<string, SystemHits>();
  for (const hit of all) by.set(hit.why, [...(by.get(hit.why) ?? []), hit]);
  return [...by].map(([why, hits]) => ({
    why,
    hits,
    sessions: hits.reduce((sum, hit) => sum + (hit.sessions ?? 0), 0),
  }));
}

/** What else the systems say would be hit. Nothing waits for it; one that can't be asked says so. */
export function Hit({ identityIds }: { identityIds: string[] }) {
  const asked = identityIds.slice(0, ASKED);
  const { data, error } = useApi<Hits>(
    '/revocations/hits',
    { identityIds: asked.join(',') },
    { everyMs: false, enabled: asked.length > 0 },
  );
  if (asked.length === 0 || (!data && !error))
    return asked.length ? (
      <Text size="sm" c="dimmed">
        Asking the systems what else it would hit…
      </Text>
    ) : null;
  const systems = data?.systems ?? [];
  if (error)
    return (
      <Text size="sm" c="dimmed">
        The systems could not be asked what else it would hit: {error.message}
      </Text>
    );
  if (systems.length === 0) return null;
  return (
    <ul className={classes.also} aria-label="What else it would hit">
      {systems.map((system) => (
        <li key={system.connectorId}>
          <b>{system.name}</b>
          {system.why
            ? ` could not be asked: ${system.why}`
            : system.mute
              ? ' can’t tell what else is hit.'
              : system.hits.length === 0
                ? ' says that nothing else is hit.'
                : ' says that this is hit too:'}
          {alike(system.hits).map(({ why, hits, sessions }) => (
            <div key={why}>
              {hits.map((hit) => hit.what).join(', ')}
              {sessions ? ` (${sessions} ${sessions === 1 ? 'session' : 'sessions'})` : ''}. {why}
            </div>
          ))}
        </li>
      ))}
      {identityIds.length > ASKED ? <li>Asked for the first {ASKED} only.</li> : null}
    </ul>
  );
}

export const PredictedHits = ({ plan }: { plan: BulkResult }) =>
  plan.kind === 'terminate' ? null : (
    <Hit identityIds={plan.rows.filter((row) => row.eligible).flatMap((row) => row.identityId ?? [])} />
  );
