'use server';

import { endCurrentSession } from '@/lib/access/operator';

export async function signOut(): Promise<void> {
  await endCurrentSession();
}
