/** What opens more doors (requirement E15): secrets, code execution, new ways in, and the end of the log itself. */
const SENSITIVE: Record<string, RegExp> = {
  secrets:
    /getsecretvalue|getparameter(?:s|sbypath)?$|getpassworddata|secrets?[.:/ -](?:get|read|access|list)|read.{0,10}secret|accesssecretversion|vault\.secret/i,
  'code execution':
    /sendcommand|startsession$|pods?[/. ](?:exec|attach)|executecommand|updatefunctioncode|createfunction|runcommand|workflow.{0,10}dispatch|\.exec$|(?:^|[^a-z])ssh(?:[^a-z]|$)|ssh(?:public)?keys?/i,
  'a way in':
    /createaccesskey|createloginprofile|updateloginprofile|createuser|createserviceaccountkey|serviceaccountkeys?\.create|addmember|create.{0,12}(?:token(?!reviews?\b)|credential|api_?key)|updateassumerolepolicy|getsigninprofile|getfederationtoken|rolebindings?[. ]create/i,
  'the end of logging':
    /stoplogging|deletetrail|deleteflowlogs|puteventselectors|updatetrail|deletesink|disable.{0,12}(?:audit|log)|audit.{0,10}(?:disable|delete)|deletedetector|leaveorganization/i,
};

/** What an action opens; null: no more than others. */
export const sensitiveKind = (action: string): string | null =>
  Object.entries(SENSITIVE).find(([, pattern]) => pattern.test(action))?.[0] ?? null;
