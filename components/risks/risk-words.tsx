import Link from 'next/link';
import { Badge, type Tone } from '@/components/ui/badge';
import { When } from '@/components/ui/when';
import type { Risk } from '@/lib/risks/model';

const TONE: Record<NonNullable<Risk['level']>, Tone> = { HIGH: 'red', MEDIUM: 'amber', LOW: 'quiet' };

/** "high risk"; nothing where nothing speaks against it. */
export function RiskBadge({ risk }: { risk: Risk }) {
  return risk.level ? <Badge tone={TONE[risk.level]}>{risk.level.toLowerCase()} risk</Badge> : null;
}

/** The findings that say so. */
export function Because({ risk, most = 5 }: { risk: Risk; most?: number }) {
  const more = risk.because.length - most;
  return (
    <>
      {risk.because.slice(0, most).map((one) => (
        <div key={one.findingId}>
          <Link href={`/findings/${one.findingId}`}>{one.title}</Link> ({one.severity}), <When at={one.lastSeenAt} />
        </div>
      ))}
      {more > 0 ? <div>and {more} more</div> : null}
    </>
  );
}
