import { routeNotices as route } from '@/lib/notifications/route-notices';

/** What was announced → messages that wait for their channel. */
export const routeNotices = async (): Promise<void> => {
  await route();
};
