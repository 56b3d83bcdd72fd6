'use client';

import { Alert, Button, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import classes from '@/components/revocations/revocations.module.css';
import { useMay } from '@/components/shell/operator-context';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { Until, When } from '@/components/ui/when';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import type { RevocationDetail } from '@/lib/revocations/model';
import type { NewSecret, TakenSecret } from '@/lib/revocations/rotated/model';

type Take = RevocationActions['takeSecret'];
interface Given {
  revocation: Pick<RevocationDetail, 'id' | 'identityName'>;
  one: NewSecret;
  take: Take;
}

function Shown({ taken }: { taken: TakenSecret }) {
  return (
    <Stack gap="xs">
      {Object.entries(taken.secret).map(([name, value]) => (
        <div key={name}>
          <Text size="sm" fw={500}>
            {name}
          </Text>
          <Group gap="xs" wrap="nowrap" align="flex-start">
            <pre className={classes.secret} data-secret>
              {value}
            </pre>
            <CopyButton value={value}>
              {({ copied, copy }) => (
                <Button size="xs" onClick={copy} aria-label={`Copy ${name}`}>
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
          </Group>
        </div>
      ))}
      <Text size="sm" c="dimmed">
        Braid keeps no copy. Once this is closed it can’t be shown again; if it is lost, rotate again.
      </Text>
    </Stack>
  );
}

/** Taking is an act of its own: it is said what it means before, and shown once after. */
function TakeDialog({ revocation, one, take, opened, onClose }: Given & { opened: boolean; onClose: () => void }) {
  const [taken, setTaken] = useState<TakenSecret>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const run = async () => {
    setBusy(true);
    const answer = await take({ id: revocation.id, secretId: one.id }).catch(() => ({
      data: undefined,
      error: {
        code: 'unreachable',
        message: 'Braid could not be reached. Look at this page again: it says whether it was taken.',
      },
    }));
    setBusy(false);
    setError(answer.error?.message);
    setTaken(answer.data);
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={() => setTaken(undefined)}
      title={`New secret of ${one.externalId}`}
      size={560}
      closeOnClickOutside={!taken}
      closeOnEscape={!taken}
    >
      <Stack gap="sm">
        {taken ? (
          <Shown taken={taken} />
        ) : (
          <Text size="sm">
            Whoever has it acts as {revocation.identityName} in {one.system}. It is shown once and Braid keeps no copy;
            the audit log says that you took it. From then on this rotation ends nothing more in {one.system}: what is
            open may live by the new secret.
          </Text>
        )}
        {error ? (
          <Alert color="red" variant="outline" role="alert">
            {error}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button onClick={onClose}>{taken ? 'I have it' : 'Cancel'}</Button>
          {taken ? null : (
            <Button variant="filled" onClick={() => void run()} loading={busy} data-autofocus>
              Show it once
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Standing({ one }: { one: NewSecret }) {
  switch (one.state) {
    case 'making':
      return <>can be taken once {one.system} is proven</>;
    case 'ready':
      return (
        <>
          waits to be taken{one.until ? ', destroyed ' : ''}
          {one.until ? <Until at={one.until} /> : null}
        </>
      );
    case 'taken':
      return (
        <>
          taken by {one.takenBy} <When at={one.takenAt} />
        </>
      );
    case 'gone':
      return <>destroyed: nobody took it in time, or a later rotation took its place</>;
    default:
      return <>no secret there that Braid could change</>;
  }
}

function Row({ revocation, one, take, may }: Given & { may: boolean }) {
  const queries = useQueryClient();
  const [opened, setOpened] = useState(false);
  const close = () => {
    setOpened(false);
    void queries.invalidateQueries({ queryKey: ['api', `/revocations/${revocation.id}/secrets`] });
  };
  return (
    <li>
      <div>
        <span className="mono">{one.externalId}</span> in {one.system}
      </div>
      <Text size="sm" c="dimmed" component="div">
        <Standing one={one} />
      </Text>
      {one.state === 'ready' && may ? (
        <Button size="xs" mt={6} variant="filled" onClick={() => setOpened(true)}>
          Take the new secret…
        </Button>
      ) : null}
      {one.state === 'ready' && !may ? (
        <Text size="sm">An admin can take it: whoever has it acts as this identity.</Text>
      ) : null}
      <TakeDialog revocation={revocation} one={one} take={take} opened={opened} onClose={close} />
    </li>
  );
}

/** The secrets a rotation made: which can be taken, which were, by whom. */
export function NewSecrets({ revocation, take }: { revocation: Given['revocation']; take: Take }) {
  const may = useMay('secret.take');
  const { data } = useApi<{ items: NewSecret[] }>(`/revocations/${revocation.id}/secrets`, {}, { everyMs: 5_000 });
  return (
    <Panel title="New secret">
      {data?.items.length ? (
        <ul className={classes.left}>
          {data.items.map((one) => (
            <Row key={one.id} revocation={revocation} one={one} take={take} may={may} />
          ))}
        </ul>
      ) : (
        <Text size="sm" c="dimmed">
          {data ? 'None has been made yet.' : 'Looking…'}
        </Text>
      )}
    </Panel>
  );
}
