'use client';

import { Text } from '@mantine/core';
import classes from '@/components/revocations/revocations.module.css';
import { useApi } from '@/components/ui/use-api';
import type { BulkResult, Hits } from '@/lib/revocations/bulk-model';

/** Identities the systems are asked about; of more, the first. */
const ASKED = 20;

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
            : system.hits.length === 0
              ? ' says that nothing else is hit.'
              : ' says that this is hit too:'}
          {system.hits.map((hit) => (
            <div key={`${hit.what}${hit.externalId ?? ''}`}>
              {hit.what}
              {hit.sessions ? `, ${hit.sessions} sessions` : ''}. {hit.why}
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
