'use client';

import { TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import classes from '@/components/connectors/connectors.module.css';
import { byFamily, VISIBILITY, visibilityOf } from '@/lib/connectors/format';
import type { Capabilities, VendorCard } from '@/lib/connectors/model';

const has = (means: string | undefined) => means !== undefined && means !== 'none';

/** In a few words: what is seen, and how far access can be ended and proven. */
function inShort(capabilities: Capabilities): string {
  const ends = has(capabilities.revokeAll)
    ? `ends all access${has(capabilities.probe) ? ' and probes it' : ', but can’t be asked for proof'}`
    : has(capabilities.terminateOne)
      ? 'ends single sessions'
      : 'can’t end access';
  return `Sees ${VISIBILITY[visibilityOf(capabilities)]}; ${ends}.`;
}

const matches = (vendor: VendorCard, words: string): boolean =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => `${vendor.vendor} ${vendor.title} ${vendor.summary}`.toLowerCase().includes(word));

/** Which system: searched, by family. */
export function VendorChooser({ vendors, onChoose }: { vendors: VendorCard[]; onChoose: (vendor: string) => void }) {
  const [search, setSearch] = useState('');
  const found = vendors.filter((one) => matches(one, search.trim()));
  return (
    <>
      <TextInput
        label="Which system"
        placeholder={`Search ${vendors.length} systems`}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || found.length !== 1) return;
          event.preventDefault();
          onChoose(found[0]!.vendor);
        }}
        data-autofocus
      />
      {byFamily(found).map(([title, list]) => (
        <section key={title} className={classes.family}>
          <h3>{title}</h3>
          <div className={classes.vendors}>
            {list.map((one) => (
              <UnstyledButton key={one.vendor} className={classes.vendor} onClick={() => onChoose(one.vendor)}>
                <strong>{one.title}</strong>
                <span>{inShort(one.capabilities)}</span>
              </UnstyledButton>
            ))}
          </div>
        </section>
      ))}
      {found.length ? null : (
        <p className={classes.limits}>
          No connector of that name. The generic HTTP connector reaches what has an API; logs of anything can be
          imported.
        </p>
      )}
    </>
  );
}
