import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compiled } from '../scenario/workerFile.ts';
import { type Edit, patching } from './patch.ts';
import type { Answer, Ask } from './trial.ts';

/** How much longer than its limit a search may take before its process is taken for hung, in seconds. */
const GRACE = 60;

/** A process that searches scenarios with the program patched. One question at a time. */
export class Trial {
  private readonly child: ChildProcess;
  private said = '';

  constructor(edits: readonly Edit[]) {
    this.child = fork(fileURLToPath(compiled('canaries/trial.js')), {
      ...patching(edits),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.stderr!.on('data', (text) => {
      this.said += text;
    });
  }

  /** Throws where the process ends, or does not come back. */
  ask(ask: Ask): Promise<Answer> {
    const { child } = this;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          reject(new Error(`no answer after ${ask.seconds + ask.minimiseSeconds + GRACE} seconds`));
          this.close();
        },
        (ask.seconds + ask.minimiseSeconds + GRACE) * 1000,
      );
      const settle = (then: () => void) => {
        clearTimeout(timer);
        child.off('message', answered).off('close', ended);
        then();
      };
      const answered = (answer: Answer) => settle(() => resolve(answer));
      const ended = () => settle(() => reject(new Error(errorIn(this.said))));
      child.on('message', answered).on('close', ended);
      child.send(ask);
    });
  }

  close(): void {
    this.child.kill('SIGKILL');
  }
}

/** The line of a process's last words that says what was wrong. */
const errorIn = (text: string): string =>
  text.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? `the process ended: ${text.trim().split('\n').at(-1)}`;
