'use client';

import { UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, useState } from 'react';
import { BESIDE, NAVIGATION, SETTINGS, SETTINGS_PAGES } from '@/components/shell/navigation';
import { SEARCHED, useHitById } from '@/components/shell/search-hits';
import classes from '@/components/shell/shell.module.css';
import { shortened } from '@/components/ui/identifier';
import { ModKey } from '@/components/ui/mod-key';
import { useApi } from '@/components/ui/use-api';
import type { Page } from '@/lib/http/model';
import type { IdentityRow } from '@/lib/identities/model';

const PAGES = [...NAVIGATION.flatMap((group) => group.entries), ...BESIDE, SETTINGS, ...SETTINGS_PAGES];

/** ⌘K, Ctrl K: to a page, to an identity by its name, to anything by its id, or on into a list with the words typed. */
export function Search() {
  const router = useRouter();
  const [query, setQuery] = useState('');
  const [q] = useDebouncedValue(query.trim().slice(0, 200), 200);
  const found = useApi<Page<IdentityRow>>('/identities', { q, limit: 8 }, { enabled: q.length > 0, everyMs: false });
  const go = (href: string) => () => router.push(href);
  const words = query.trim().toLowerCase();
  const pages: SpotlightActionData[] = PAGES.filter((page) => page.label.toLowerCase().includes(words)).map((page) => ({
    id: page.href,
    label: page.label,
    onClick: go(page.href),
  }));
  const identities: SpotlightActionData[] = (q ? (found.data?.items ?? []) : []).map((identity) => ({
    id: identity.id,
    label: identity.name,
    description: `${identity.kind.replaceAll('_', ' ')} · ${identity.liveSessions} live · ${identity.state}`,
    onClick: go(`/identities/${identity.id}`),
  }));
  const { hit, looking } = useHitById(q);
  const byId: SpotlightActionData[] = hit ? [{ id: hit.href, label: hit.label, onClick: go(hit.href) }] : [];
  const within: SpotlightActionData[] = (q ? SEARCHED : []).map(({ href, label }) => {
    const to = `${href}?q=${encodeURIComponent(q)}`;
    return { id: to, label: `${label} with “${shortened(q, 40)}”`, onClick: go(to) };
  });
  /** Enter means the first hit as long as no other was chosen with the arrows. */
  const openFirst = (event: KeyboardEvent<HTMLInputElement>) => {
    const first = byId[0] ?? identities[0] ?? pages[0] ?? within[0];
    const chosen = event.currentTarget.closest('[role="dialog"]')?.querySelector('[data-selected]');
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || chosen || !first?.id) return;
    event.preventDefault();
    router.push(first === identities[0] ? `/identities/${first.id}` : first.id);
    spotlight.close();
  };
  return (
    <>
      <UnstyledButton className={classes.live} onClick={spotlight.open} aria-label="Search or jump">
        Search or jump… <ModKey with="K" />
      </UnstyledButton>
      <Spotlight
        query={query}
        onQueryChange={setQuery}
        filter={(_, actions) => actions}
        attributes={{ content: { 'aria-label': 'Search or jump' } }}
        shortcut={['mod + K']}
        tagsToIgnore={[]} // also out of a field: nobody types ⌘K
        scrollable
        maxHeight={480}
        transitionProps={{ duration: 0 }} // the first letter typed is not lost
        nothingFound={found.isFetching || looking ? 'Looking…' : 'Nothing of that name'}
        searchProps={{
          leftSection: <IconSearch size={18} aria-hidden />,
          placeholder: 'A page, the name of an identity, or any id',
          'aria-label': 'Search or jump',
          onKeyDown: openFirst,
        }}
        actions={[
          ...(byId.length ? [{ group: 'By id', actions: byId }] : []),
          ...(identities.length ? [{ group: 'Identities', actions: identities }] : []),
          ...(pages.length ? [{ group: 'Pages', actions: pages }] : []),
          ...(within.length ? [{ group: 'Search in', actions: within }] : []),
        ]}
      />
    </>
  );
}
