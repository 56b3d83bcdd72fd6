'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { Fragment } from 'react';
import { CurlDoor, type FirstDecision } from '@/components/overview/curl-door';
import classes from '@/components/overview/overview.module.css';
import { UploadDoor } from '@/components/overview/upload-door';
import { systemName } from '@/components/sessions/system-name';
import { useMay } from '@/components/shell/operator-context';
import { PageHeader } from '@/components/ui/page-header';

const OTHERS = [
  'mysql',
  'redis',
  'rabbitmq',
  'kubernetes',
  'vault',
  'keycloak',
  'aws',
  'okta',
  'entra',
  'github',
  'google',
] as const;

/** What an empty console offers: three ways in, each of which shows something within a minute. */
export function Doors({ first }: { first: FirstDecision }) {
  const mayConnect = useMay('connector.manage');
  return (
    <>
      <PageHeader
        title="Braid sees nothing yet. Let it see one system, one log or one decision."
        sub="Each takes about a minute, and none excludes the others."
      />
      <div className={classes.doors}>
        <section className={classes.door}>
          <h2>Connect PostgreSQL</h2>
          <p>
            Its login roles become identities, its backends live sessions. A connection appears within two seconds, and
            can be ended from here with proof.
          </p>
          {mayConnect ? (
            <p>
              Or another one:{' '}
              {OTHERS.map((vendor) => (
                <Fragment key={vendor}>
                  <Link href={`/connectors?connect=${vendor}`}>{systemName(vendor)}</Link>,{' '}
                </Fragment>
              ))}
              <Link href="/connectors">all of them</Link>.
            </p>
          ) : null}
          <div className={classes.doorEnd}>
            {mayConnect ? (
              <Button component={Link} href="/connectors?connect=postgres" variant="filled" color="blue">
                Connect PostgreSQL
              </Button>
            ) : (
              <p>An operator with the admin role can connect systems.</p>
            )}
          </div>
        </section>
        <UploadDoor />
        <CurlDoor {...first} />
      </div>
    </>
  );
}
