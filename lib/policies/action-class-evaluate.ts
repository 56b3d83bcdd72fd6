import { classOfAction } from '@/lib/findings/detect-read-change-split';

export type ActionClass = 'approval' | 'export' | 'change' | 'read' | 'action';

const APPROVES = /(^|[^a-z])approv/i;
const EXPORTS =
  /(^|[._:/\s-])(export|download|dump|unload|backup|extract)|(Export|Download|Dump|Unload|Backup|Extract)/;

/** What kind of action it is, by the words in its name; `action` when they do not say. Policies can aim at each. */
export function actionClass(name: string): ActionClass {
  if (APPROVES.test(name)) return 'approval';
  if (EXPORTS.test(name)) return 'export';
  const kind = classOfAction(name);
  return kind === 'other' ? 'action' : kind;
}
