import Link from 'next/link';
import classes from '@/components/audit/audit.module.css';
import { Identifier } from '@/components/ui/identifier';
import { When } from '@/components/ui/when';
import type { AuditRow } from '@/lib/audit/model';

/** One entry in full. */
export function AuditDetail({ row }: { row: AuditRow }) {
  const facts = [
    ['Time', <When key="at" at={row.at} show="absolute" />],
    ['Actor', `${row.actorName} (${row.actorKind})`],
    ['Actor id', row.actorId ? <Identifier key="actor" value={row.actorId} max={40} /> : '–'],
    ...(row.grantId
      ? [
          [
            'Acted under',
            <Link key="grant" href={`/settings/grants/${row.grantId}`}>
              a role for a time
            </Link>,
          ] as const,
        ]
      : []),
    ['Target', [row.targetType, row.targetName].filter(Boolean).join(' · ') || '–'],
    ['Target id', row.targetId ? <Identifier key="target" value={row.targetId} max={40} /> : '–'],
    ['Reason', row.reason ?? '–'],
    ['Request', row.requestId ? <Identifier key="request" value={row.requestId} max={40} /> : '–'],
    ['Sealed', row.sealedAs ? `as record ${row.sealedAs} of the audit’s chain` : 'in a few seconds'],
    ['Entry', <Identifier key="id" value={row.id} max={40} />],
  ] as const;
  const changed = Object.keys(row.detail).length > 0;
  return (
    <>
      <dl className={classes.facts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {changed ? (
        <>
          <h3 className={classes.heading}>What changed</h3>
          <pre className={classes.detail}>{JSON.stringify(row.detail, null, 2)}</pre>
        </>
      ) : null}
    </>
  );
}
