'use client';

import { Select } from '@mantine/core';
import { optionsOf } from '@/components/responses/words';
import { useApi } from '@/components/ui/use-api';
import type { PolicySetRow } from '@/lib/policies/model';

const FORS = {
  '0': 'when somebody does it',
  '900': 'after 15 minutes',
  '3600': 'after an hour',
  '14400': 'after 4 hours',
  '86400': 'after a day',
  '604800': 'after a week',
};

interface EnforceFieldsProps {
  policySet: string | null;
  forSecs: number;
  set: (part: { policySet?: string | null; forSecs?: number }) => void;
}

/** Which policy set a rule puts in force, and for how long. */
export function EnforceFields({ policySet, forSecs, set }: EnforceFieldsProps) {
  const { data, error } = useApi<{ items: PolicySetRow[] }>('/policies');
  const names = [...new Set([...(data?.items ?? []).map((row) => row.name), ...(policySet ? [policySet] : [])])];
  const inShadow = data?.items.some((row) => row.name === policySet && row.state === 'shadow');
  const standing = !policySet || !data ? null : inShadow ? null : 'None of its versions is in shadow now.';
  return (
    <>
      <Select
        label="Policy set"
        placeholder={data ? 'choose one' : 'loading'}
        description={standing ?? 'Its version in shadow becomes the active one, for everybody.'}
        error={error ? 'Policy sets could not be read.' : undefined}
        data={names}
        value={policySet}
        onChange={(value) => set({ policySet: value })}
        searchable
        required
      />
      <Select
        label="Back into shadow"
        data={optionsOf(FORS, forSecs)}
        value={String(forSecs)}
        onChange={(value) => set({ forSecs: Number(value) })}
        description="Only if nobody has changed the set since."
        allowDeselect={false}
      />
    </>
  );
}
