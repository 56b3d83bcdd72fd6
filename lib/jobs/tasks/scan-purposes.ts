import { systemCtx } from '@/lib/access/model';
import { scanPurposes as scan } from '@/lib/findings/scan-purposes';

/** Looks for identities that are not needed any more; asked for at the very moment one stops being needed. */
export async function scanPurposes(): Promise<void> {
  await scan(systemCtx('detection'));
}
