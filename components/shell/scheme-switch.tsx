'use client';

import { ActionIcon, useMantineColorScheme } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';

const NEXT = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const ICON = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon };
const WORD = { auto: 'as the system', light: 'light', dark: 'dark' };

/** Light, dark, or as the system is. */
export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const mounted = useMounted();
  const shown = mounted ? colorScheme : 'auto'; // the server does not know it
  const Icon = ICON[shown];
  return (
    <ActionIcon
      size={28}
      aria-label={`Colours: ${WORD[shown]}. Change to ${WORD[NEXT[shown]]}`}
      title={`Colours: ${WORD[shown]}`}
      onClick={() => setColorScheme(NEXT[shown])}
    >
      <Icon size={15} aria-hidden />
    </ActionIcon>
  );
}
