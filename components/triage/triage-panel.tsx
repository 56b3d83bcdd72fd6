'use client';

import { Text } from '@mantine/core';
import Link from 'next/link';
import { TerminateButton } from '@/components/revocations/terminate-button';
import { useMay } from '@/components/shell/operator-context';
import classes from '@/components/triage/triage.module.css';
import { duration } from '@/components/ui/dates';
import { Panel } from '@/components/ui/panel';
import { amountText } from '@/lib/exposures/format';
import type { IdentityDetail } from '@/lib/identities/model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { Ranked, Triage } from '@/lib/triage/model';

const SHOWN = 5;

interface TriagePanelProps {
  identity: Pick<IdentityDetail, 'id' | 'name'>;
  /** null: nothing of it lives, or it is protected. */
  triage: Triage | null;
  actions: RevocationActions;
}

/** Which of several live sessions to end first, and what passes until that binds. */
export function TriagePanel({ identity, triage, actions }: TriagePanelProps) {
  if (!triage || triage.order.length === 0) return null;
  return (
    <Panel title="End which first" note="room · reach · speed">
      <Order data={triage} identity={identity} actions={actions} />
    </Panel>
  );
}

function Order({ data, identity, actions }: Omit<TriagePanelProps, 'triage'> & { data: Triage }) {
  const may = useMay('session.terminate');
  const shown = data.order.slice(0, SHOWN);
  return (
    <>
      <Text size="sm" mb={8}>
        {sentence(data)}
      </Text>
      <ol className={classes.order}>
        {shown.map((one, at) => (
          <li key={one.sessionId}>
            <div className={classes.head}>
              <Link href={`/sessions/${one.sessionId}`}>{one.label}</Link>
              <span className={classes.score} title={parts(one)}>
                {one.score}
              </span>
            </div>
            <p>
              {one.headroom.why} {one.reach.why}
            </p>
            {at === 0 && one.canEnd ? (
              <TerminateButton
                actions={actions}
                may={may}
                named
                sessions={[{ id: one.sessionId, label: one.label, identityName: identity.name }]}
              />
            ) : null}
          </li>
        ))}
      </ol>
      {data.sessionsTotal > shown.length ? (
        <Text size="xs" c="dimmed" mt={6}>
          <Link href={`/sessions?identityId=${identity.id}&live=true`}>all {data.sessionsTotal} live sessions</Link>
        </Text>
      ) : null}
    </>
  );
}

const parts = ({ headroom, reach, speed }: Ranked): string =>
  `room ${headroom.points} of 50, reach ${reach.points} of 30, speed ${speed.points} of 20. ${speed.why}`;

function sentence({ inFlight, pace, minutes, bindsMs, bindsMeasured }: Triage): string {
  const binds = `${duration(bindsMs)}${bindsMeasured ? '' : ' as declared'}`;
  const [first] = inFlight.filter((one) => one.amount !== '0');
  if (!first) return `Nothing of value passed in the last ${minutes} min. A refusal binds in ${binds}.`;
  const rate = pace.find((one) => one.unit === first.unit && one.scale === first.scale)!;
  return `${amountText(rate.perMinute, rate.scale, rate.unit)} a minute passed over the last ${minutes} min. At that pace, until a refusal binds (${binds}), at most ${amountText(first.amount, first.scale, first.unit)} more.`;
}
