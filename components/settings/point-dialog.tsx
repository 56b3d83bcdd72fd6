'use client';

import { NumberInput, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { POINT_MODES, type PointMode, type SetPointInput, type TokenRow } from '@/lib/access/model';
import { MODE_WORDS } from '@/lib/allotments/format';
import type { ActionResult } from '@/lib/http/model';

interface PointDialogProps {
  token: TokenRow;
  onClose: () => void;
  onDone: () => void;
  set: (input: SetPointInput) => Promise<ActionResult<TokenRow>>;
}

/** How the enforcement point behind a token knows shared state, and from when what it is allowed is final. */
export function PointDialog({ token, onClose, onDone, set }: PointDialogProps) {
  const [mode, setMode] = useState<PointMode>(token.mode);
  const [stale, setStale] = useState<number | null>(token.staleSecs ?? 30);
  const [after, setAfter] = useState<number | null>(token.settleAfterSecs);
  const run = async () => {
    const staleSecs = mode === 'bounded' ? stale : null;
    const result = await set({ id: token.id, mode, staleSecs, settleAfterSecs: after });
    if (!result.error) onDone();
    return result;
  };
  const number = (change: (value: number | null) => void) => (value: string | number) =>
    change(value === '' ? null : Number(value));
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={`Enforcement point ${token.name}`}
      confirm="Save"
      danger={false}
      onConfirm={run}
    >
      <Stack gap="sm">
        <Radio.Group label="How it knows shared state" value={mode} onChange={(value) => setMode(value as PointMode)}>
          <Stack gap={8} mt={6}>
            {POINT_MODES.map((one) => (
              <Radio key={one} value={one} label={MODE_WORDS[one]} />
            ))}
          </Stack>
        </Radio.Group>
        {mode === 'bounded' ? (
          <NumberInput
            label="May act on an answer for (seconds)"
            description="Each allow says so. What several sessions do within this time is not seen together."
            min={1}
            max={86_400}
            allowDecimal={false}
            value={stale ?? ''}
            onChange={number(setStale)}
          />
        ) : null}
        <NumberInput
          label="What it is allowed is final after (seconds)"
          description="Delayed settlement: each allow carries it as an obligation, so that there is time to reconcile. Empty: at once."
          min={1}
          max={31_622_400}
          allowDecimal={false}
          value={after ?? ''}
          onChange={number(setAfter)}
        />
      </Stack>
    </ConfirmDialog>
  );
}
