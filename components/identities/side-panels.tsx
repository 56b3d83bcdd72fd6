'use client';

import { Text } from '@mantine/core';
import Link from 'next/link';
import { ExposureBars } from '@/components/exposures/exposure-bars';
import classes from '@/components/identities/identities.module.css';
import { duration } from '@/components/ui/dates';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import type { IdentityDetail } from '@/lib/identities/model';
import type { Standing } from '@/lib/identities/standing-model';
import type { RevocationActions } from '@/lib/revocations/actions-model';

const BARS = 6;

interface ExposurePanelProps {
  identity: IdentityDetail;
  exposures: Standing['exposures'];
  giveBack: RevocationActions;
}

export function ExposurePanel({ identity, exposures, giveBack }: ExposurePanelProps) {
  return (
    <Panel title="Exposure" note="settled + held / limit">
      {exposures.length === 0 ? (
        <Text size="sm" c="dimmed">
          No metered action yet. Policies say what is metered; the decision point keeps count over all sessions.
        </Text>
      ) : (
        <ExposureBars
          exposures={exposures.slice(0, BARS)}
          names={{ [identity.id]: identity.name }}
          giveBack={giveBack}
        />
      )}
      {exposures.length > BARS ? (
        <Text size="xs" c="dimmed" mt="sm">
          {exposures.length - BARS} more, further from their limits
        </Text>
      ) : null}
    </Panel>
  );
}

/** How its access would end, system by system: what can be done and how long it takes, measured here or as declared. */
export function EndsPanel({ identity, standing }: { identity: IdentityDetail; standing: Standing }) {
  if (identity.protected)
    return (
      <Panel title="Ends how fast">
        <Text size="sm" c="dimmed">
          Protected: Braid never ends superusers, replication or its own roles. The decision point can still refuse it
          by a policy.
        </Text>
      </Panel>
    );
  return (
    <Panel title="Ends how fast">
      <table className={classes.ends}>
        <thead>
          <tr>
            <th scope="col">System</th>
            <th scope="col">Can</th>
            <th scope="col">To verified</th>
          </tr>
        </thead>
        <tbody>
          {standing.systems.map((system) => (
            <tr key={`${system.connectorId} ${system.name}`}>
              <td>{system.name}</td>
              <td className={classes.dim}>{system.can}</td>
              <td title={system.measured ? 'Measured here, median' : 'Declared by the connector; nothing measured yet'}>
                {duration(system.propagationMs)}
                {system.measured ? '' : ' *'}
              </td>
            </tr>
          ))}
          {standing.cannotEnd.map((one) => (
            <tr key={one.what}>
              <td>{one.what}</td>
              <td className={classes.dim}>{one.why}</td>
              <td>can’t end</td>
            </tr>
          ))}
        </tbody>
      </table>
      {standing.systems.some((system) => !system.measured) ? (
        <Text size="xs" c="dimmed" mt={8}>
          * as declared: not measured here yet
        </Text>
      ) : null}
    </Panel>
  );
}

export function FindingsPanel({ identity, standing }: { identity: IdentityDetail; standing: Standing }) {
  const { findings } = standing;
  return (
    <Panel
      title="Findings"
      note={
        findings.length > 3 ? (
          <Link href={`/findings?identityId=${identity.id}&state=active`}>all {findings.length}</Link>
        ) : null
      }
    >
      {findings.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing open. Detectors look at what its sessions do together.
        </Text>
      ) : (
        <ul className={classes.findings}>
          {findings.slice(0, 3).map((finding) => (
            <li key={finding.id}>
              <StateBadge state={finding.severity} /> <Link href={`/findings/${finding.id}`}>{finding.title}</Link>
              <p>
                <When at={finding.lastSeenAt} /> · {finding.summary}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
