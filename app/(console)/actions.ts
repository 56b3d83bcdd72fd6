'use server';

import { redirect } from 'next/navigation';
import { endCurrentSession } from '@/lib/access/operator';

export async function signOut(): Promise<void> {
  await endCurrentSession();
  redirect('/login');
}
