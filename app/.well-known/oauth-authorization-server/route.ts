import { serverMetadata } from '@/lib/signals/describe';

export const dynamic = 'force-dynamic';

/** Public. */
export const GET = (): Response => Response.json(serverMetadata(), { headers: { 'Cache-Control': 'no-store' } });
