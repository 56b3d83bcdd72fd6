'use client';

import { useOs } from '@mantine/hooks';
import { KeyHint } from '@/components/ui/key-hint';

/** A key with the one that makes it a command here: ⌘ on a Mac, Ctrl everywhere else. */
export function ModKey({ with: key }: { with: string }) {
  const os = useOs();
  return <KeyHint keys={os === 'macos' || os === 'ios' ? `⌘${key}` : `Ctrl ${key}`} />;
}
