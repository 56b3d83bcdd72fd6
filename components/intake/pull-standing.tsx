'use client';

import { spanText } from '@/components/intake/intake-words';
import { Badge } from '@/components/ui/badge';
import { useNow } from '@/components/ui/browser-clock';
import { When } from '@/components/ui/when';
import type { Pull } from '@/lib/connectors/pull-model';

export const PULLED = { events: 'Audit log', changes: 'Changes of identities' } as const;
const HELD = { limited: 'asked for patience', inbox_full: 'inbox full', failing: 'failing' } as const;
/** A system that has not answered for so long is not followed any more, seconds. */
const QUIET_SECS = 120;

function Standing({ pull, disabled }: { pull: Pull; disabled: boolean }) {
  if (disabled) return <Badge>disabled</Badge>;
  if (pull.heldFor)
    return (
      <Badge tone={pull.heldFor === 'failing' ? 'red' : 'amber'} title={pull.heldReason ?? undefined}>
        {HELD[pull.heldFor]}
      </Badge>
    );
  if (pull.ageSecs === null || pull.ageSecs > QUIET_SECS) return <Badge tone="amber">no answer lately</Badge>;
  return pull.behind ? <Badge tone="blue">catching up</Badge> : <Badge tone="green">up to date</Badge>;
}

/** Whether a pull goes on, and where it does not, why and until when. */
export function PullStanding({ pull, disabled }: { pull: Pull; disabled: boolean }) {
  return (
    <>
      <Standing pull={pull} disabled={disabled} />
      {pull.heldReason ? <div style={{ maxWidth: '46ch' }}>{pull.heldReason}</div> : null}
      {pull.heldUntil ? (
        <div>
          asked again <When at={pull.heldUntil} />
        </div>
      ) : null}
    </>
  );
}

/** How far what Braid has lies behind what its system has. */
export function PullLag({ pull }: { pull: Pull }) {
  const now = useNow();
  if (!pull.answeredAt) return 'not known';
  if (!pull.behind) return pull.ageSecs === null ? 'not known' : `up to ${spanText(pull.ageSecs)}`;
  if (!pull.eventAt || now === null) return 'more waits there';
  return `${spanText(Math.max(0, Math.round((now - Date.parse(pull.eventAt)) / 1000)))} of log`;
}
