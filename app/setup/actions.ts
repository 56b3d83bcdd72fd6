'use server';

import type { FirstOperatorInput } from '@/lib/access/model';
import { useSetupLink as spendSetupLink } from '@/lib/access/use-setup-link';
import { publicAction } from '@/lib/http/action';

/** Without a signed-in operator: the one-time link is the permission, and is spent by the verb. */
export const createFirstOperator = publicAction((input: FirstOperatorInput) => spendSetupLink({ input }));
