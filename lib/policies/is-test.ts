/** Whether a file of a policy folder holds fixtures (`payments.test.yaml`) and no policies. */
export const isTest = (name: string): boolean => /\.test\.ya?ml$/.test(name);
