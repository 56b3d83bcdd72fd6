'use client';

import { Alert, Button, Group, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import classes from '@/components/identities/identities.module.css';
import { useMay } from '@/components/shell/operator-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Identifier } from '@/components/ui/identifier';
import { When } from '@/components/ui/when';
import type { ActionResult } from '@/lib/http/model';
import type { Alias, IdentityDetail } from '@/lib/identities/model';

type Key = { id: string; issuer: string; type?: string; externalId: string };
export interface NamesActions {
  link: (input: Key & { reason: string }) => Promise<ActionResult<{ id: string }>>;
  unlink: (input: Key) => Promise<ActionResult<{ id: string }>>;
}

/** By which names systems and callers mean this identity, and why each does. */
export function Names({ identity, actions }: { identity: IdentityDetail; actions: NamesActions }) {
  const may = useMay('identity.annotate');
  const [leaving, setLeaving] = useState<Alias>();
  const systems = new Map(identity.systems.map((system) => [`connector:${system.connectorId}`, system.name]));
  return (
    <section>
      <Title order={3} fz={14} mb="xs">
        Names that mean it
      </Title>
      <table className={classes.aliases}>
        <thead>
          <tr>
            <th scope="col">Namespace</th>
            <th scope="col">Type</th>
            <th scope="col">Name</th>
            <th scope="col">Why</th>
            <th scope="col">Since</th>
            <th scope="col">
              <span className={classes.dim}>{may ? 'Unlink' : ''}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {identity.aliases.map((alias) => (
            <tr key={`${alias.issuer} ${alias.type} ${alias.externalId}`}>
              <td>{systems.get(alias.issuer) ?? alias.issuer}</td>
              <td>{alias.type === '*' ? 'any' : alias.type}</td>
              <td>
                <Identifier value={alias.externalId} max={40} />
              </td>
              <td className={classes.dim}>{alias.reason}</td>
              <td>
                <When at={alias.createdAt} />
              </td>
              <td>
                {may && !alias.issuer.startsWith('connector:') ? (
                  <Button size="compact-xs" onClick={() => setLeaving(alias)}>
                    Unlink…
                  </Button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {may ? <LinkForm identity={identity} link={actions.link} /> : null}
      <ConfirmDialog
        opened={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={`Unlink ${leaving?.externalId ?? ''}`}
        confirm="Unlink the name"
        onConfirm={async () =>
          leaving
            ? actions.unlink({
                id: identity.id,
                issuer: leaving.issuer,
                type: leaving.type,
                externalId: leaving.externalId,
              })
            : undefined
        }
      >
        Whoever uses this name next is an unknown, unmanaged identity. What was done under it so far stays here. No
        system brings the name back: only linking it again does.
      </ConfirmDialog>
    </section>
  );
}

function LinkForm({ identity, link }: { identity: IdentityDetail; link: NamesActions['link'] }) {
  const [issuer, setIssuer] = useState('default');
  const [externalId, setExternalId] = useState('');
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const result = await link({ id: identity.id, issuer, externalId, reason });
    setBusy(false);
    setError(result.error?.message);
    if (result.error) return;
    setExternalId('');
    setReason('');
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="xs" mt="sm">
        <TextInput
          label="Namespace"
          value={issuer}
          maxLength={200}
          w={130}
          required
          onChange={(event) => setIssuer(event.currentTarget.value)}
        />
        <TextInput
          label="Name"
          value={externalId}
          maxLength={2048}
          required
          style={{ flex: '1 1 160px' }}
          onChange={(event) => setExternalId(event.currentTarget.value)}
        />
        <TextInput
          label="Why it is the same"
          value={reason}
          maxLength={1000}
          minLength={3}
          required
          style={{ flex: '1 1 160px' }}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button type="submit" loading={busy}>
          Link name
        </Button>
      </Group>
      {error ? (
        <Alert color="red" variant="outline" role="alert" mt="xs">
          {error}
        </Alert>
      ) : null}
    </form>
  );
}
