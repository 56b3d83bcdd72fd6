import { useEffect, useState } from 'react';
import type { ActionError } from '@/lib/http/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { BulkResult } from '@/lib/revocations/bulk-model';
import type { IdentityKind, ReasonCode } from '@/lib/revocations/model';

export type BulkSubject = { kind: 'terminate'; sessionIds: string[] } | { kind: IdentityKind; identityIds: string[] };

const UNREACHABLE = {
  code: 'unreachable',
  message: 'Braid could not be reached. What was begun goes on; asked again, it is not done twice.',
};

/** What one action over many would do, and doing it: tried dry, done, or asked of a second operator. */
export function useBulk(
  actions: RevocationActions,
  subject: BulkSubject,
  why: { reasonCode: ReasonCode; reason: string },
  onDone: (result: BulkResult) => void,
) {
  const [plan, setPlan] = useState<BulkResult>();
  const [busy, setBusy] = useState<'do' | 'try' | null>(null);
  const [error, setError] = useState<ActionError>();
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    let gone = false;
    void actions.previewBulk(subject).then((answer) => {
      if (gone) return;
      setPlan(answer.data);
      setError(answer.error);
    });
    return () => {
      gone = true;
    };
  }, [actions, subject]);
  const run = async (mode: 'do' | 'try') => {
    setBusy(mode);
    const answer = await actions
      .bulk({ ...subject, ...why, dryRun: mode === 'try', ...(plan ? { actionId: plan.actionId } : {}) })
      .catch(() => ({ data: undefined, error: UNREACHABLE }));
    setBusy(null);
    setError(answer.error);
    if (!answer.data) return;
    if (mode === 'do') return onDone(answer.data);
    setPlan(answer.data);
    setSaid('Dry run: this is what would have been done. Nothing was changed; the audit log has it.');
  };
  const propose = async () => {
    setBusy('do');
    const answer = await actions.propose({ ...subject, ...why }).catch(() => ({ data: undefined, error: UNREACHABLE }));
    setBusy(null);
    setError(answer.error);
    if (!answer.data) return;
    const asked = 'A second operator was asked. It waits on the revocations page until somebody agrees.';
    setSaid(answer.data.warning ? `It waits on the revocations page. ${answer.data.warning}` : asked);
  };
  return { plan, busy, error, said, run, propose };
}
