'use client';

import { createContext, type ReactNode, useContext } from 'react';
import { type Permission, ROLE_PERMISSIONS, type Role } from '@/lib/access/model';

const Current = createContext<Role>('viewer');

export function OperatorRole({ role, children }: { role: Role; children: ReactNode }) {
  return <Current.Provider value={role}>{children}</Current.Provider>;
}

/** May the signed-in operator do this? Only decides what is drawn: every action checks again. */
export function useMay(permission: Permission): boolean {
  return ROLE_PERMISSIONS[useContext(Current)].includes(permission);
}
