'use client';

import type { Ref } from 'react';
import type { Strand } from '@/components/decisions/path-state';

export interface PathEndProps {
  ref?: Ref<HTMLDivElement>;
  actions: unknown;
  focused: Strand | null;
  live: Strand[];
}

export function PathEnd({ ref, focused }: PathEndProps) {
  return <div ref={ref}>{focused?.label}</div>;
}
