'use client';

import { Select, Textarea } from '@mantine/core';
import { REASON_CODES, type ReasonCode } from '@/lib/revocations/model';

interface ReasonFieldsProps {
  /** null: it gives access back, which needs no code. */
  code: ReasonCode | null;
  onCode: (code: ReasonCode) => void;
  reason: string;
  onReason: (reason: string) => void;
  minRows: number;
}

/** Why, as every dialog asks it that ends access or gives it back. */
export function ReasonFields({ code, onCode, reason, onReason, minRows }: ReasonFieldsProps) {
  return (
    <>
      {code === null ? null : (
        <Select
          label="Reason"
          data={Object.entries(REASON_CODES).map(([value, label]) => ({ value, label }))}
          value={code}
          onChange={(value) => onCode((value as ReasonCode) ?? code)}
          allowDeselect={false}
        />
      )}
      <Textarea
        label="In your words (optional)"
        value={reason}
        onChange={(event) => onReason(event.currentTarget.value)}
        maxLength={2000}
        autosize
        minRows={minRows}
        maxRows={6}
      />
    </>
  );
}
