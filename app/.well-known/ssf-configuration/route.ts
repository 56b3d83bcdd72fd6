import { transmitterMetadata } from '@/lib/signals/describe';

export const dynamic = 'force-dynamic';

/** Public. */
export const GET = (): Response => Response.json(transmitterMetadata(), { headers: { 'Cache-Control': 'no-store' } });
