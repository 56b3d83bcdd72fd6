import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Door } from '@/components/shell/door';
import { LoginForm } from '@/components/shell/login-form';
import { operatorIfAny } from '@/lib/access/operator';

export const metadata: Metadata = { title: 'Sign in' };

export default async function LoginPage() {
  if (await operatorIfAny()) redirect('/');
  return (
    <Door title="Sign in to Braid" sub="Every session of every non-human identity, seen and decided together.">
      <LoginForm />
    </Door>
  );
}
