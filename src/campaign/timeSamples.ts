import { closeSync, constants, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../files/fileErrors.ts';
import { readText } from '../files/readInput.ts';
import { BadInput } from '../input/badInput.ts';
import { openOwnFile } from './directory/openOwnFile.ts';
import type { CoverageSample } from './state/campaignState.ts';

/**
 * The coverage of a campaign at one moment. The file `clock` has one sample a line, for reports.
 * The campaign itself never reads it.
 */
export interface TimeSample extends CoverageSample {
  /** Identifies one run of the campaign: when it began, in milliseconds since 1970. */
  readonly run: number;
  /** Seconds since the run began. */
  readonly seconds: number;
  readonly findings: number;
}

const fileIn = (directory: string): string => join(directory, 'clock');

/** Appends a sample. A sample that cannot be written is dropped. */
export function appendTimeSample(directory: string, sample: TimeSample): void {
  try {
    const fd = openOwnFile(fileIn(directory), constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
    try {
      writeSync(fd, `${JSON.stringify(sample)}\n`);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof BadInput)) throw error;
  }
}

/**
 * The samples of a campaign, in order. Their `seconds` count all runs, one after the other. A torn
 * line is skipped.
 */
export function readTimeSamples(directory: string): TimeSample[] {
  let before = 0;
  let last: TimeSample | undefined;
  return (readText(fileIn(directory)) ?? '').split('\n').flatMap((line) => {
    const sample = parseSample(line);
    if (sample === undefined) return [];
    if (last !== undefined && last.run !== sample.run) before += last.seconds;
    last = sample;
    return [{ ...sample, seconds: before + sample.seconds }];
  });
}

const NUMBERS = ['run', 'seconds', 'executions', 'pairs', 'states', 'transitions', 'entries', 'findings'] as const;

function parseSample(line: string): TimeSample | undefined {
  try {
    const sample = JSON.parse(line) as TimeSample | null;
    return NUMBERS.every((name) => Number.isFinite(sample?.[name])) ? sample! : undefined;
  } catch {
    return undefined;
  }
}
