import { listSchedules } from '@/lib/drills/list-schedules';
import { doneSchema, scheduleListSchema, scheduleSchema } from '@/lib/drills/model';
import { setSchedule } from '@/lib/drills/set-schedule';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listDrillSchedules',
  summary: 'How often each system is drilled, and when next',
  permission: 'console.read',
  response: scheduleListSchema,
  handle: ({ ctx }) => listSchedules(ctx),
});

export const PUT = route({
  name: 'setDrillSchedule',
  summary: 'Says how often a system is drilled: off, daily or weekly',
  permission: 'connector.manage',
  body: scheduleSchema,
  response: doneSchema,
  handle: async ({ ctx, body }) => {
    await setSchedule(ctx, body);
    return { ok: true as const };
  },
});
