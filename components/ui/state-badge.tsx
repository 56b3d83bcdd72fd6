import { Badge, type Tone } from '@/components/ui/badge';

const TONE: Record<string, Tone> = {
  // identities
  active: 'green',
  paused: 'violet',
  revoked: 'red',
  // sessions
  live: 'green',
  idle: 'quiet',
  ended: 'quiet',
  // revocations and their steps
  requested: 'blue',
  accepted: 'blue',
  effective: 'blue',
  verified: 'green',
  residual: 'amber',
  unverifiable: 'amber',
  failed: 'red',
  regrown: 'red',
  // findings
  open: 'red',
  acknowledged: 'blue',
  suppressed: 'quiet',
  closed: 'quiet',
  // severities
  low: 'quiet',
  medium: 'amber',
  high: 'red',
  critical: 'red',
  // requests for approval
  pending: 'amber',
  approved: 'green',
  denied: 'red',
  cancelled: 'quiet',
  withdrawn: 'red',
  'used up': 'quiet',
  // responses and playbooks
  waiting: 'amber',
  proposed: 'amber',
  refused: 'red',
  undone: 'quiet',
  contained: 'green',
  waived: 'violet',
  skipped: 'quiet',
  // holds
  held: 'blue',
  settled: 'green',
  released: 'quiet',
  // connectors, imports, operators, tokens
  ok: 'green',
  degraded: 'amber',
  failing: 'red',
  unknown: 'quiet',
  enabled: 'green',
  disabled: 'quiet',
  running: 'blue',
  done: 'green',
  expired: 'quiet',
};

/** Any state or severity of Braid's vocabulary. One that is not known is shown quietly, as it is. */
export function StateBadge({ state, title }: { state: string; title?: string }) {
  return (
    <Badge tone={TONE[state] ?? 'quiet'} title={title}>
      {state.replaceAll('_', ' ')}
    </Badge>
  );
}
