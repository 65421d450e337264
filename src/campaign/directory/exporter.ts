import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeAtomically } from '../../files/atomicWrite.ts';
import { errorCode } from '../../files/fileErrors.ts';
import { withChecksum } from '../../input/checksum.ts';
import { relativeTo } from '../../run/finding.ts';
import { modulesOf, withOrigin } from '../../run/origin.ts';
import type { CorpusSeed } from '../corpus/corpus.ts';
import type { CampaignState } from '../state/campaignState.ts';
import type { RecordedFinding } from '../state/findings.ts';
import { corpusFolder, entryFile, findingFile, findingsFolder } from './layout.ts';
import type { StrayFinding } from './strayFindings.ts';

/**
 * Writes corpus and findings as files for others. The campaign does not read them to go on, so what
 * a full disk has no room for is written later.
 */
export class Exporter {
  private readonly directory: string;
  private readonly state: CampaignState;
  /** Why something could not be written. Undefined if all is. */
  private behind: string | undefined;

  constructor(directory: string, state: CampaignState) {
    this.directory = directory;
    this.state = state;
  }

  exportSeeds(seeds: readonly CorpusSeed[]): void {
    this.tryWriting(() => {
      for (const seed of seeds) this.writeEntry(seed);
    });
  }

  exportFinding(finding: RecordedFinding): void {
    this.tryWriting(() => this.writeFinding(finding));
  }

  /** Why files are missing. Undefined if none is. */
  get error(): string | undefined {
    return this.behind;
  }

  /** Writes all files that are missing. */
  exportAll(): void {
    for (const seed of this.state.corpus.seeds) this.writeEntry(seed);
    for (const finding of this.state.findings.recorded)
      if (!existsSync(findingFile(this.directory, finding))) this.writeFinding(finding);
  }

  /** Writes, and also everything that could not be written before. Later it may be possible. */
  tryWriting(write: () => void): void {
    try {
      if (this.behind !== undefined) this.exportAll();
      else write();
      this.behind = undefined;
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      this.behind = (error as Error).message;
    }
  }

  private writeEntry({ entry, hash }: CorpusSeed): void {
    const file = entryFile(this.directory, hash);
    if (existsSync(file)) return;
    const scenario = relativeTo(corpusFolder(this.directory), entry.scenario);
    // Not durable, which is faster: a file that a power loss has torn is found and written again.
    writeAtomically(file, `${JSON.stringify(withChecksum({ ...entry, scenario }))}\n`, false);
  }

  private writeFinding(recorded: RecordedFinding): void {
    this.writeFindingFile(findingFile(this.directory, recorded), recorded);
  }

  /** Writes a finding of another campaign, under the name that it has there. */
  writeStray(stray: StrayFinding): void {
    const file = join(findingsFolder(this.directory), basename(stray.file));
    if (!existsSync(file)) this.writeFindingFile(file, stray);
  }

  private writeFindingFile(
    file: string,
    { finding, key, executionsBefore, base }: RecordedFinding | StrayFinding,
  ): void {
    const scenario = relativeTo(findingsFolder(this.directory), finding.scenario);
    const campaign = { key, base, executions: executionsBefore };
    writeAtomically(
      file,
      `${JSON.stringify(withOrigin(withChecksum({ ...finding, scenario, campaign }), modulesOf([finding.scenario])), null, 2)}\n`,
    );
  }
}
