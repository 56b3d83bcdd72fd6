import * as store from '@/lib/policies/store';

/** Whether a version of this set stands in shadow, so that it could be put in force. */
export const waitsInShadow = async (name: string): Promise<boolean> =>
  (await store.rows({ name, state: 'shadow' })).length > 0;
