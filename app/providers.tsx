'use client';

import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { type ReactNode, useState } from 'react';
import { cssVariables, theme } from '@/components/ui/theme';

const newClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        // What the server painted is believed this long; the live stream and the timer renew it afterwards.
        staleTime: 2_000,
        refetchInterval: 10_000,
        refetchOnWindowFocus: true,
        retry: 1,
      },
    },
  });

export function Providers({ nonce: given, children }: { nonce: string; children: ReactNode }) {
  const [nonce] = useState(given); // the document's: a refresh brings another, which its policy does not know
  const [client] = useState(newClient);
  setNonce(nonce); // the style tag of a dialog's scroll lock
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={client}>
        <NuqsAdapter>
          <ModalsProvider>
            <Notifications position="bottom-right" />
            {children}
          </ModalsProvider>
        </NuqsAdapter>
      </QueryClientProvider>
    </MantineProvider>
  );
}
