import { clock } from '@/lib/platform/clock';
import { KEPT_DAYS } from '@/lib/revocations/rotated/model';
import { forgetBefore } from '@/lib/revocations/rotated/store';

/** Destroys the new secrets nobody took in time. Returns how many. */
export const forgetSecrets = (): Promise<number> => forgetBefore(new Date(clock.ms() - KEPT_DAYS * 86_400_000));
