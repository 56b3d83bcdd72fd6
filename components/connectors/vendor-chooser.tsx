'use client';

import { TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import classes from '@/components/connectors/connectors.module.css';
import { byFamily, VISIBILITY, visibilityOf } from '@/lib/connectors/format';
import type { VendorCard } from '@/lib/connectors/model';

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
                <span>{one.summary}</span>
                <em>Sees {VISIBILITY[visibilityOf(one.capabilities)]}.</em>
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
