'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconShieldUp } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { useAccess } from '@/components/shell/operator-context';
import classes from '@/components/shell/shell.module.css';
import { useNow } from '@/components/ui/browser-clock';
import { When } from '@/components/ui/when';
import { leftText, minutesText } from '@/lib/access/grants/format';
import type { EndGrantInput, GrantRow } from '@/lib/access/grants/model';
import type { ActionResult } from '@/lib/http/model';

type GiveBack = (input: EndGrantInput) => Promise<ActionResult<GrantRow>>;

function About({ grant }: { grant: GrantRow }) {
  const { about, reason } = grant;
  const where = about && (about.type === 'identity' ? `/identities/${about.id}` : `/findings/${about.id}`);
  return (
    <span className={classes.elevatedFor}>
      {about && where ? (
        <>
          for <Link href={where}>{about.name}</Link>:{' '}
        </>
      ) : null}
      {reason}
    </span>
  );
}

/** Stands over every page while the operator holds a role for a time, or waits for one. */
export function RoleForATime({ giveBack }: { giveBack: GiveBack }) {
  const { open } = useAccess();
  const queries = useQueryClient();
  const now = useNow();
  const [busy, setBusy] = useState(false);
  if (!open) return null;
  const live = open.state === 'live';
  const left = open.until && now !== null ? leftText(open.until, now) : null;
  const end = async () => {
    setBusy(true);
    const { error } = await giveBack({ id: open.id });
    if (error) notifications.show({ message: error.message, color: 'red' });
    await queries.invalidateQueries({ queryKey: ['api'] });
    setBusy(false);
  };
  return (
    <section className={classes.elevated} data-live={live || undefined} aria-label="Your role for a time">
      <IconShieldUp size={17} aria-hidden />
      <span>
        {live ? (
          <>
            You act as <strong>{open.role}</strong>,{' '}
            <span className={classes.left} title="Left until it ends by itself">
              {left ? `${left} left` : <When at={open.until} show="absolute" />}
            </span>
          </>
        ) : (
          <>
            You asked to be <strong>{open.askedRole}</strong> for {minutesText(open.askedMinutes)}: an administrator has
            to grant it
          </>
        )}
      </span>
      <About grant={open} />
      <Link href={`/settings/grants/${open.id}`}>{live ? 'What you did under it' : 'Your request'}</Link>
      <Button size="compact-sm" loading={busy} onClick={() => void end()}>
        {live ? 'Give back' : 'Withdraw'}
      </Button>
    </section>
  );
}
