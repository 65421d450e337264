import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compiledUrl } from '../compiled.ts';
import { type Edit, patching } from '../patch/patch.ts';
import type { Answer, Ask } from './trialProcess.ts';

/** A process that searches scenarios with a canary in the program, one search at a time. */
export class Trial {
  private readonly child: ChildProcess;
  private readonly graceSeconds: number;
  private said = '';

  /**
   * Its process ends with this one at the latest.
   *
   * @param graceSeconds seconds beyond its limit after which a search counts as hung.
   */
  constructor(edits: readonly Edit[], graceSeconds = 60) {
    this.graceSeconds = graceSeconds;
    this.child = fork(fileURLToPath(compiledUrl('subjects/trialProcess.js')), {
      ...patching(edits),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    process.once('exit', this.kill);
    this.child.stderr!.on('data', (text) => {
      this.said += text;
    });
  }

  /** Throws if the process ends, or does not answer in time. */
  ask(ask: Ask): Promise<Answer> {
    const { child } = this;
    const most = ask.seconds + ask.minimiseSeconds + this.graceSeconds;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        settle(() => reject(new Error(`no answer after ${most} seconds`)));
        this.close();
      }, most * 1000);
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
    process.off('exit', this.kill);
    this.kill();
  }

  private readonly kill = (): void => {
    this.child.kill('SIGKILL');
  };
}

/** The line of a process's standard error that says what was wrong. */
export const errorIn = (text: string): string =>
  text.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? `the process ended: ${text.trim().split('\n').at(-1)}`;
