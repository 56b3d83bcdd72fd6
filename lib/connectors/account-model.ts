const MARK =
  '(?:svc|srv|service|svcacct|robot|bot|automation|automated|daemon|cron|cicd|ci|deploy|pipeline|app|api|sync|integration)';
const AUTOMATION = new RegExp(
  `^${MARK}[-_.]|[-_.](?:svc|srv|bot|robot|svcacct|automation|daemon|cicd|ci)$|\\[bot\\]$`,
  'i',
);

/**
 * Whether the name of an account says that a program acts through it (`svc-backup@example.org`, `deploy-bot`): systems
 * without an account type of their own show service accounts as users. Whatever says nothing of the kind is a human's.
 */
export const isAutomationName = (name: string | null): boolean =>
  name !== null && AUTOMATION.test(name.slice(0, 320).split('@')[0] as string);
