'use client';

import { UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, useState } from 'react';
import { NAVIGATION, SETTINGS, SETTINGS_PAGES } from '@/components/shell/navigation';
import classes from '@/components/shell/shell.module.css';
import { KeyHint } from '@/components/ui/key-hint';
import { useApi } from '@/components/ui/use-api';
import type { Page } from '@/lib/http/model';
import type { IdentityRow } from '@/lib/identities/model';

const PAGES = [...NAVIGATION.flatMap((group) => group.entries), SETTINGS, ...SETTINGS_PAGES];

/** ⌘K: to a page, or to an identity by its name. */
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
  /** Enter means the first hit as long as no other was chosen with the arrows. */
  const openFirst = (event: KeyboardEvent<HTMLInputElement>) => {
    const first = identities[0] ?? pages[0];
    const chosen = event.currentTarget.closest('[role="dialog"]')?.querySelector('[data-selected]');
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || chosen || !first?.id) return;
    event.preventDefault();
    router.push(identities[0] ? `/identities/${first.id}` : first.id);
    spotlight.close();
  };
  return (
    <>
      <UnstyledButton className={classes.live} onClick={spotlight.open} aria-label="Search or jump">
        Search or jump… <KeyHint keys="⌘K" />
      </UnstyledButton>
      <Spotlight
        query={query}
        onQueryChange={setQuery}
        filter={(_, actions) => actions}
        attributes={{ content: { 'aria-label': 'Search or jump' } }}
        shortcut={['mod + K']}
        tagsToIgnore={[]} // also out of a field: nobody types ⌘K
        scrollable
        maxHeight={420}
        nothingFound={found.isFetching ? 'Looking…' : 'Nothing of that name'}
        searchProps={{
          leftSection: <IconSearch size={18} aria-hidden />,
          placeholder: 'A page, or the name of an identity',
          'aria-label': 'Search or jump',
          onKeyDown: openFirst,
        }}
        actions={[
          ...(identities.length ? [{ group: 'Identities', actions: identities }] : []),
          ...(pages.length ? [{ group: 'Pages', actions: pages }] : []),
        ]}
      />
    </>
  );
}
