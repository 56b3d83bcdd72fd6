import { describe, expect, it } from 'vitest';
import { signInHref, wayBack } from '@/components/ui/way-back';

const ORIGIN = 'https://braid.example';

describe('the way back after a sign-in', () => {
  it('leads to the page that was asked for, with its filters', () => {
    const href = signInHref({ pathname: '/decisions', search: '?verdict=deny&q=svc%20pay' });
    expect(wayBack(new URL(href, ORIGIN).search, ORIGIN)).toBe('/decisions?verdict=deny&q=svc%20pay');
    expect(signInHref({ pathname: '/', search: '' })).toBe('/login');
  });

  it.each([
    '',
    '?to=',
    '?to=https://elsewhere.example/',
    '?to=//elsewhere.example',
    '?to=/%5Celsewhere.example',
    '?to=/%09/elsewhere.example',
    '?to=/login?to=/login',
    '?to=/api/auth/signout',
    `?to=/${'a'.repeat(2001)}`,
  ])('leads nowhere else: %s', (search) => {
    expect(wayBack(search, ORIGIN)).toBe('/');
  });
});
