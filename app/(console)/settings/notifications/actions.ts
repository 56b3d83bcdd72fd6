'use server';

import { operatorAction } from '@/lib/http/action';
import { createChannel as addChannel } from '@/lib/notifications/create-channel';
import { createRoute as addRoute } from '@/lib/notifications/create-route';
import {
  createChannelSchema,
  createRouteSchema,
  refSchema,
  removeChannelSchema,
  sendAgainSchema,
  testChannelSchema,
  updateChannelSchema,
  updateRouteSchema,
} from '@/lib/notifications/model';
import { removeChannel as forgetChannel } from '@/lib/notifications/remove-channel';
import { removeRoute as forgetRoute } from '@/lib/notifications/remove-route';
import { sendAgain as resend } from '@/lib/notifications/send-again';
import { showChannel as readChannel } from '@/lib/notifications/show-channel';
import { testChannel as tryChannel } from '@/lib/notifications/test-channel';
import { updateChannel as changeChannel } from '@/lib/notifications/update-channel';
import { updateRoute as changeRoute } from '@/lib/notifications/update-route';

const needs = 'notification.manage';

export const createChannel = operatorAction(needs, createChannelSchema, ({ ctx, input }) => addChannel(ctx, input));
export const updateChannel = operatorAction(needs, updateChannelSchema, ({ ctx, input }) => changeChannel(ctx, input));
export const removeChannel = operatorAction(needs, removeChannelSchema, ({ ctx, input }) => forgetChannel(ctx, input));
export const testChannel = operatorAction(needs, testChannelSchema, ({ ctx, input }) => tryChannel(ctx, input));
export const showChannel = operatorAction(needs, refSchema, ({ ctx, input }) => readChannel(ctx, input));
export const createRoute = operatorAction(needs, createRouteSchema, ({ ctx, input }) => addRoute(ctx, input));
export const updateRoute = operatorAction(needs, updateRouteSchema, ({ ctx, input }) => changeRoute(ctx, input));
export const removeRoute = operatorAction(needs, refSchema, ({ ctx, input }) => forgetRoute(ctx, input));
export const sendAgain = operatorAction(needs, sendAgainSchema, ({ ctx, input }) => resend(ctx, input));
