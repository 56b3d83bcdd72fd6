import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Door } from '@/components/shell/door';
import { LoginForm } from '@/components/shell/login-form';
import { hasOperators } from '@/lib/access/has-operators';
import { operatorIfAny } from '@/lib/access/operator';

export const metadata: Metadata = { title: 'Sign in' };

export default async function LoginPage() {
  if (await operatorIfAny()) redirect('/');
  if (!(await hasOperators()))
    return (
      <Door
        title="Nobody can sign in yet"
        sub="Open the one-time link that Braid printed when it started (First operator): there you create the first operator. A restart prints a new one."
      />
    );
  return (
    <Door title="Sign in to Braid" sub="Every session of every non-human identity, seen and decided together.">
      <LoginForm />
    </Door>
  );
}
