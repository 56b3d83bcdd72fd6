import { Badge, type Tone } from '@/components/ui/badge';
import type { Verdict } from '@/lib/decisions/model';

const TONE: Record<Verdict, Tone> = { allow: 'green', step_up: 'amber', pause: 'violet', deny: 'red' };

/** null: there was nothing to judge (no session, so no verdict alone). */
export function VerdictBadge({ verdict }: { verdict: Verdict | null }) {
  if (!verdict) return <Badge title="No session was named, so there is no verdict alone">–</Badge>;
  return <Badge tone={TONE[verdict]}>{verdict.replace('_', ' ')}</Badge>;
}
