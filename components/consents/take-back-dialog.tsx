'use client';

import { notifications } from '@mantine/notifications';
import { systemName } from '@/components/sessions/system-name';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { ConsentRevoked, ConsentRow, RevokeConsent } from '@/lib/consents/model';
import { plural } from '@/lib/exposures/format';
import type { ActionResult } from '@/lib/http/model';

export type TakeBack = (input: RevokeConsent) => Promise<ActionResult<ConsentRevoked>>;

interface TakeBackDialogProps {
  /** undefined: closed. */
  consent: ConsentRow | undefined;
  onClose: () => void;
  revoke: TakeBack;
  onDone: () => void;
}

/** Asks before what an app was allowed is taken back, and says which sessions end with it. */
export function TakeBackDialog({ consent, onClose, revoke, onDone }: TakeBackDialogProps) {
  return (
    <ConfirmDialog
      opened={consent !== undefined}
      onClose={onClose}
      title={`Take back what ${consent?.app ?? ''} may`}
      confirm={`Revoke consent${consent?.liveSessions ? ` and end ${consent.liveSessions} ${plural(consent.liveSessions, 'session')}` : ''}`}
      reasons={{
        too_broad: 'Broader than needed',
        not_used: 'Not used',
        suspected_abuse: 'Suspected abuse',
        not_known: 'Nobody knows the app',
      }}
      onConfirm={async ({ reasonCode, reason }) => {
        const words = [reasonCode, reason].filter(Boolean).join(': ').slice(0, 500);
        const result = await revoke({ id: consent?.id ?? '', reason: words });
        if (result.data)
          notifications.show({
            title: result.data.taken ? 'Taken back' : 'Not taken back at its system',
            message: result.data.how,
            color: result.data.taken ? undefined : 'yellow',
            autoClose: 12_000,
          });
        if (!result.error) onDone();
        return result;
      }}
    >
      {consent?.revocableBy
        ? `${consent.revocableBy.name} takes back what ${consent.grantor} allowed.`
        : `No connected system can take it back: it has to be removed at ${systemName(consent?.source ?? '')} itself.`}{' '}
      {consent?.liveSessions
        ? `${consent.liveSessions} live ${plural(consent.liveSessions, 'session')} that rest on it end.`
        : 'No live session rests on it.'}
    </ConfirmDialog>
  );
}
