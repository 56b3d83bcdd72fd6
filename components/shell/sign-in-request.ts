/** Signs in at /api/auth. Resolves to what was wrong, in words, or to nothing when it worked. */
export async function signInRequest(email: string, password: string): Promise<string | undefined> {
  try {
    const { csrfToken } = (await (await fetch('/api/auth/csrf')).json()) as { csrfToken: string };
    const response = await fetch('/api/auth/callback/credentials', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrfToken, email, password, json: 'true', callbackUrl: '/' }),
    });
    const { url } = (await response.json()) as { url?: string };
    const error = url ? new URL(url, window.location.href).searchParams.get('error') : 'No answer.';
    return response.ok && !error ? undefined : (error ?? 'The sign-in was not accepted.');
  } catch {
    return 'Braid could not be reached.';
  }
}
