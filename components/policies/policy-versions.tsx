import Link from 'next/link';
import type { PolicyActions } from '@/components/policies/actions-model';
import classes from '@/components/policies/policies.module.css';
import { RollBack } from '@/components/policies/version-actions';
import { ReasonText } from '@/components/ui/reason-text';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import type { PolicySetRow } from '@/lib/policies/model';

interface PolicyVersionsProps {
  versions: PolicySetRow[];
  /** The version shown, and the one it is compared with. */
  shown: number;
  against: number | null;
  rollBack: PolicyActions['rollBack'];
}

/** Every version that ever was, newest first: look at it, or see what it changed. */
export function PolicyVersions({ versions, shown, against, rollBack }: PolicyVersionsProps) {
  const active = versions.find((row) => row.state === 'active') ?? null;
  return (
    <table className={classes.versions}>
      <tbody>
        {versions.map((row, at) => {
          const previous = versions[at + 1];
          const base = `/policies/${row.name}?version=${row.version}`;
          return (
            <tr key={row.id}>
              <td>
                <Link
                  href={base}
                  aria-current={row.version === shown ? 'page' : undefined}
                  style={{ fontWeight: row.version === shown ? 650 : 400 }}
                >
                  v{row.version}
                </Link>
              </td>
              <td>
                <StateBadge state={row.state} />
              </td>
              <td>
                <When at={row.activatedAt ?? row.createdAt} show="absolute" />
                <div className={classes.dim}>
                  {row.createdBy}
                  {row.reason ? <ReasonText>{` · ${row.reason}`}</ReasonText> : null}
                  {row.activatedFor ? (
                    <ReasonText>{` · made active by ${row.activatedBy}: ${row.activatedFor}`}</ReasonText>
                  ) : null}
                </div>
                {row.state === 'retired' && active?.hash !== row.hash ? (
                  <RollBack row={row} active={active?.version ?? null} rollBack={rollBack} />
                ) : null}
              </td>
              <td>
                {previous ? (
                  <Link
                    href={`${base}&against=${previous.version}`}
                    aria-current={row.version === shown && against === previous.version ? 'true' : undefined}
                    aria-label={`What version ${row.version} changed`}
                  >
                    changes
                  </Link>
                ) : (
                  <span className={classes.dim}>first</span>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
