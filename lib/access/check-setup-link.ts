import { usableSetupLink } from '@/lib/access/store';
import { clock } from '@/lib/platform/clock';
import { sha256Hex } from '@/lib/platform/ids';

/** Can this one-time link still be used? Only to show the right page: using it checks again. */
export const checkSetupLink = (token: string): Promise<boolean> => usableSetupLink(sha256Hex(token), clock.now());
