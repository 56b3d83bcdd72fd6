'use client';

import { notifications } from '@mantine/notifications';
import { useRouter } from 'next/navigation';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react';
import { useNow } from '@/components/ui/browser-clock';
import { useApi } from '@/components/ui/use-api';
import { newsText } from '@/lib/access/grants/format';
import type { CurrentAccess, GrantRow } from '@/lib/access/grants/model';
import { type Permission, permissionsWith, ROLE_PERMISSIONS, type Role } from '@/lib/access/model';

interface Access {
  /** Their own. */
  role: Role;
  /** What this sign-in asked for last and is not over: it waits for an answer, or is held. */
  open: GrantRow | null;
  permissions: readonly Permission[];
}

const Current = createContext<Access>({ role: 'viewer', open: null, permissions: [] });

/** Says what became of what was asked for, and has the server draw again what it drew for another role. */
function useNews(grant: GrantRow | null): void {
  const router = useRouter();
  const known = useRef(grant);
  useEffect(() => {
    const before = known.current;
    known.current = grant;
    if (!grant || (before?.id === grant.id && before.state === grant.state)) return;
    const message = before?.id === grant.id ? newsText(grant) : null;
    if (message) notifications.show({ message, autoClose: 10_000 });
    router.refresh();
  }, [grant, router]);
}

/** Who is signed in and what they may do now: it follows a role that is granted, and ends with it to the second. */
export function OperatorAccess({ initial, children }: { initial: CurrentAccess; children: ReactNode }) {
  const { data = initial } = useApi<CurrentAccess>('/grants/current', {}, { initialData: initial });
  const now = useNow();
  const { role, grant } = data;
  useNews(grant);
  const over = grant?.until != null && now !== null && Date.parse(grant.until) <= now;
  const open = grant && !over && (grant.state === 'live' || grant.state === 'waiting') ? grant : null;
  const access = useMemo(() => {
    const held = open?.state === 'live' ? open.role : null;
    return { role, open, permissions: held ? permissionsWith(role, held) : ROLE_PERMISSIONS[role] };
  }, [role, open]);
  return <Current.Provider value={access}>{children}</Current.Provider>;
}

export const useAccess = (): Access => useContext(Current);

/** May the signed-in operator do this? Only decides what is drawn: every action checks again. */
export function useMay(permission: Permission): boolean {
  return useContext(Current).permissions.includes(permission);
}
