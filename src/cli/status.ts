/** Exit statuses of every command. */
export const STATUS = { nothingFound: 0, findings: 1, usage: 2, harness: 3, undecided: 4, interrupted: 130 } as const;

/** Their meanings, for help and documents. */
export const STATUS_MEANING: Readonly<Record<keyof typeof STATUS, string>> = {
  nothingFound: 'nothing found',
  findings: 'findings',
  usage: 'wrong usage',
  harness: 'the harness itself failed',
  undecided: 'undecided',
  interrupted: 'interrupted',
};
