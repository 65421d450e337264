import type { Mistake } from './mistake.ts';

const files = 'test/files/readInput.test.ts';
const attacks = 'test/campaign/attacks.slow.test.ts';
const trust = 'test/cli/trust.slow.test.ts';
const messages = 'test/campaign/signedMessage.test.ts';
const supervision = 'test/cli/supervise.slow.test.ts';
const fullDisk = 'test/campaign/fullDisk.slow.test.ts';

const needsConsent =
  'the module of a finding or of a campaign needs consent if the finding was forged, moved, or is only a reference';

const notFollowed = 'links, FIFOs and folders in the place of its files are replaced or refused, and not followed';

/** In what survives hostile files, hostile modules and full disks. */
export const robustness: readonly Mistake[] = [
  {
    name: 'link-followed-by-read',
    part: 'files',
    testFile: files,
    expectedBy: ['a link in a directory of the program is not followed'],
    edits: [{ file: 'files/readInput', from: 'followLinks ? 0 : O_NOFOLLOW', to: '0' }],
  },
  {
    name: 'device-is-read',
    part: 'files',
    testFile: files,
    expectedBy: ['what is no regular file is refused at once'],
    edits: [{ file: 'files/readInput', from: 'if (kind !== undefined)', to: 'if (false)' }],
  },
  {
    name: 'file-of-any-size-is-read',
    part: 'files',
    testFile: files,
    expectedBy: ['a large file is refused without being read'],
    edits: [
      {
        file: 'files/readInput',
        from: 'const { size } = fstatSync(fd); if (size > bytesMax) throw tooLarge(file, input);',
        to: 'const { size } = fstatSync(fd);',
      },
      {
        file: 'files/readInput',
        from: 'end += count; if (end > bytesMax) throw tooLarge(file, input);',
        to: 'end += count;',
      },
    ],
  },
  {
    name: 'link-followed-by-write',
    part: 'campaign directories',
    testFile: attacks,
    expectedBy: [notFollowed],
    edits: [
      {
        file: 'campaign/directory/openOwnFile',
        from: 'flags | O_NOFOLLOW | O_NONBLOCK',
        to: 'flags | O_NONBLOCK',
      },
    ],
  },
  {
    name: 'linked-folder-accepted',
    part: 'campaign directories',
    testFile: attacks,
    expectedBy: [notFollowed],
    edits: [
      {
        file: 'campaign/directory/openOwnFile',
        from: 'stats !== undefined && !stats.isDirectory()',
        to: 'false',
      },
    ],
  },
  {
    name: 'linked-folder-read',
    part: 'campaign directories',
    testFile: attacks,
    expectedBy: ['whatever reads a campaign refuses a link in the place of a folder'],
    edits: [{ file: 'campaign/directory/readSettings', from: 'checkFolders(directory);', to: '' }],
  },
  {
    name: 'hard-link-written-through',
    part: 'campaign directories',
    testFile: attacks,
    expectedBy: [notFollowed],
    edits: [{ file: 'campaign/directory/openOwnFile', from: 'fstatSync(fd).nlink <= 1', to: 'true' }],
  },
  {
    name: 'damaged-file-named-twice',
    part: 'campaign directories',
    testFile: attacks,
    expectedBy: ['what is in the place of its state, or no finding, is named once'],
    edits: [
      {
        file: 'campaign/directory/strayFindings',
        from: 'unreadable.push(error.message)',
        to: 'unreadable.push(`${file}: ${error.message}`)',
        scope: ['const file = join(findingsFolder(directory), name);'],
      },
    ],
  },
  {
    name: 'error-of-a-timer-ignored',
    part: 'workers',
    testFile: 'test/campaign/workers.slow.test.ts',
    expectedBy: ['a module that does this to its thread is bad input: setTimeout(() => { throw new Error("late"); });'],
    edits: [{ file: 'campaign/executors/moduleFaults', from: 'await nextTurn();', to: '' }],
  },
  {
    name: 'unminimised-failure-not-printed',
    part: 'campaigns',
    testFile: fullDisk,
    expectedBy: ['a campaign on a full disk prints a failure that is not minimised, and all say the same'],
    edits: [{ file: 'campaign/state/findings', from: 'return !isRecorded && first === i;', to: 'return false;' }],
  },
  {
    name: 'findings-of-the-folder-ignored',
    part: 'campaign directories',
    testFile: 'test/campaign/checksums.slow.test.ts',
    expectedBy: ['files of the folder findings count if the state does not have them'],
    edits: [
      {
        file: 'campaign/directory/strayFindings',
        from: "if (!name.endsWith('.json') || recorded.has(file)) continue;",
        to: 'continue;',
      },
    ],
  },
  {
    name: 'consent-is-not-needed',
    part: 'consent',
    testFile: trust,
    expectedBy: [needsConsent],
    edits: [{ file: 'run/consent', from: 'if (!consent(module, file))', to: 'if (false)' }],
  },
  {
    name: 'origin-ignores-modules',
    part: 'consent',
    testFile: trust,
    expectedBy: [needsConsent],
    edits: [
      {
        file: 'run/origin',
        from: '.update(JSON.stringify([contentChecksum(document), modules]))',
        to: '.update(JSON.stringify([contentChecksum(document)]))',
      },
    ],
  },
  {
    name: 'origin-ignores-content',
    part: 'consent',
    testFile: trust,
    expectedBy: [needsConsent],
    edits: [
      {
        file: 'run/origin',
        from: '.update(JSON.stringify([contentChecksum(document), modules]))',
        to: '.update(JSON.stringify([modules]))',
      },
    ],
  },
  {
    name: 'signature-not-compared',
    part: 'the queue',
    testFile: messages,
    expectedBy: ['a changed message is refused'],
    edits: [
      {
        file: 'campaign/executors/signedMessage',
        from: 'if (mac === undefined || !timingSafeEqual(Buffer.from(mac), Buffer.from(expected)))',
        to: 'if (mac === undefined)',
      },
    ],
  },
  {
    name: 'signature-of-another-job-accepted',
    part: 'the queue',
    testFile: messages,
    expectedBy: ['a message is accepted from the secret, and for the job, that it was signed for'],
    edits: [
      {
        file: 'campaign/executors/signedMessage',
        from: '.update(`${about}\\n${body}`)',
        to: '.update(body)',
      },
    ],
  },
  {
    name: 'time-limit-ends-nothing-in-time',
    part: 'supervision',
    testFile: supervision,
    expectedBy: ['what a module does outside of its operations is its own fault, with status 2 for (;;);'],
    edits: [
      {
        file: 'cli/supervise',
        from: 'deadline: performance.now() + message.seconds * 1000',
        to: 'deadline: performance.now() + message.seconds * 20000',
      },
    ],
  },
  {
    name: 'module-chooses-the-exit-status',
    part: 'supervision',
    testFile: supervision,
    expectedBy: ['what a module does outside of its operations is its own fault, with status 2 process.exit(0);'],
    edits: [
      {
        file: 'cli/supervise',
        from: "if (this.module !== undefined) this.end(STATUS.usage, '', `gfnring: ${this.module} ${mustNotCall(call)}\\n`);",
        to: 'if (this.module !== undefined) this.end(0);',
      },
    ],
  },
  {
    name: 'module-kills-the-process',
    part: 'supervision',
    testFile: 'test/campaign/workers.slow.test.ts',
    expectedBy: ["a module that calls this is to blame: process.kill(process.pid, 'SIGKILL')"],
    edits: [
      {
        file: 'process/forbidEnding',
        from: '[process.pid, -process.pid, 0].includes(Number(pid))',
        to: 'Number(pid) === 0',
      },
    ],
  },
  {
    name: 'late-timer-blamed-on-the-next-module',
    part: 'campaigns',
    testFile: 'test/campaign/moduleFaults.test.ts',
    expectedBy: ['a timer that throws after its task is the fault of its own module, and not of the next one'],
    edits: [{ file: 'campaign/executors/moduleFaults', from: 'moduleOfTask.getStore() ?? last', to: 'last' }],
  },
  {
    name: 'open-timers-of-threads-forgotten',
    part: 'campaigns',
    testFile: 'test/campaign/workers.slow.test.ts',
    expectedBy: ['a timer that has not fired when the campaign ends is named'],
    edits: [
      {
        file: 'campaign/executors/threadPoolExecutor',
        from: 'noteLeftOpen([...this.open.values()].flat());',
        to: '',
      },
    ],
  },
  {
    name: 'no-document-at-an-interruption',
    part: 'supervision',
    testFile: supervision,
    expectedBy: ['a signal while a module loads: with --json, there is a document'],
    edits: [{ file: 'cli/supervise', from: 'else if (isJson && isShort)', to: 'else if (false)' }],
  },
  {
    name: 'finding-left-out-is-green',
    part: 'reports',
    testFile: 'test/cli/exitStatus.slow.test.ts',
    expectedBy: ['report: the report is written, but a finding of the campaign cannot be read: 2'],
    edits: [{ file: 'cli/commands/report', from: 'if (leftOut.size > 0) process.exitCode = STATUS.usage;', to: '' }],
  },
  {
    name: 'processes-of-modules-live-on',
    part: 'supervision',
    testFile: supervision,
    expectedBy: ['no process that a module has started outlives the command'],
    edits: [{ file: 'cli/supervise', from: 'killDescendants(process.pid);', to: '' }],
  },
  {
    name: 'searched-although-nothing-can-be-written',
    part: 'findings',
    testFile: fullDisk,
    expectedBy: ['explore and check search nothing if findings cannot be written: a file'],
    edits: [
      {
        file: 'files/checkWritable',
        from: 'throw new BadInput(`cannot write ${what} to ${directory}: ${errorCode(error) ?? error}`);',
        to: '',
      },
    ],
  },
  {
    name: 'unwritten-findings-forgotten',
    part: 'findings',
    testFile: fullDisk,
    expectedBy: ['a campaign on a full disk prints what it has found, with status 1'],
    edits: [
      {
        file: 'campaign/unwrittenFindings',
        from: 'const findings = [...known, ...more];',
        to: 'const findings = known;',
      },
    ],
  },
];
