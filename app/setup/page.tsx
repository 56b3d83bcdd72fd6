import type { Metadata } from 'next';
import { createFirstOperator } from '@/app/setup/actions';
import { Door } from '@/components/shell/door';
import { SetupForm } from '@/components/shell/setup-form';
import { checkSetupLink } from '@/lib/access/check-setup-link';

export const metadata: Metadata = { title: 'Set up', referrer: 'no-referrer' };

export default async function SetupPage({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  const { token } = await searchParams;
  const usable = typeof token === 'string' && token.length <= 200 && (await checkSetupLink(token));
  if (!usable)
    return (
      <Door
        title="This link does not work any more"
        sub="A set-up link works once, for 24 hours. Start Braid again to print a new one, or sign in if you have an account."
      >
        <a href="/login">Sign in</a>
      </Door>
    );
  return (
    <Door
      title="Create the first operator"
      sub="An administrator: you can add others, connect systems and set policies."
    >
      <SetupForm token={token} create={createFirstOperator} />
    </Door>
  );
}
